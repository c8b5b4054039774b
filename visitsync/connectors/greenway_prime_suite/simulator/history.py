"""What stood on the schedule three weeks ago: time kept free with everything that the practice has had for so long."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import zip_longest

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment, AppointmentType, Location, Practitioner

DAYS_AGO = 21
FIRST_ID = 500_001


def history(clinic: Clinic) -> list[Appointment]:
    """One entry for each type, location and practitioner of that time, on one day, with a spare place for none."""
    now = clinic.clock()
    then = now - timedelta(days=DAYS_AGO)
    places = [one for one in clinic.locations if one.is_active and _was_there(one, then)]
    people = [one for one in clinic.practitioners if one.is_enabled and _was_there(one, then)]
    types = [one for one in clinic.types if one.is_active and _was_there(one, then)]
    if not (places and people):
        return []
    day = datetime.combine(clinic.wall_time(then).date(), time(8))
    return [
        Appointment(
            id=FIRST_ID + number,
            patient_id=None,
            practitioner_id=(person or people[0]).id,
            location_id=(place or places[0]).id,
            type_id=None if kind is None else kind.id,
            start=day + timedelta(minutes=10 * number),
            minutes=10,
            is_block=True,
            created_at=then,
            changed_at=then,
        )
        for number, (kind, place, person) in enumerate(zip_longest(types, places, people))
    ]


def _was_there(one: AppointmentType | Location | Practitioner, then: datetime) -> bool:
    return min(one.created_at, one.changed_at) <= then
