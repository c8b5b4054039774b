"""E. What can be the matter with when it is, or with when it was booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.staging import a_booking, a_free_hour, the_location, the_practitioner
from visitsync.simulator_kit.truth import wall_time_is


def _seen_late(clinic: Clinic) -> int:
    with clinic.editing(visible_after=timedelta(minutes=45)):
        return a_booking(clinic).id


def _seen_after_its_start(clinic: Clinic) -> int:
    with clinic.editing(visible_after=timedelta(minutes=8)):
        return a_booking(clinic, start=_minutes_from_now(clinic, 2)).id


def _booked_at_the_last_minute(clinic: Clinic) -> int:
    return a_booking(clinic, start=_minutes_from_now(clinic, 3)).id


def _minutes_from_now(clinic: Clinic, minutes: int) -> datetime:
    now = clinic.wall_time(zone=the_location(clinic).zone)
    return (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _move_to_later(clinic: Clinic, appointment_id: int) -> None:
    appointment = clinic.appointments[appointment_id]
    clinic.move(appointment_id, start=a_free_hour(clinic, appointment.practitioner_id, appointment.location_id, 1))


def _in_the_wrong_zone(clinic: Clinic) -> int:
    elsewhere = clinic.add_practitioner("Junia", "Moreau", zone="America/Chicago", npi="1000000061")
    return a_booking(clinic, practitioner_id=elsewhere.id).id


def _set_the_zone(clinic: Clinic, appointment_id: int) -> None:
    appointment = clinic.appointments[appointment_id]
    zone = clinic.locations[appointment.location_id].zone
    clinic.change_practitioner(appointment.practitioner_id, zone=zone)


def _at_a_wall_time_that_is(clinic: Clinic, kind: str) -> int:
    """Books at the next wall time of the clinic's zone that the change of clocks skips or repeats."""
    zone = ZoneInfo(the_location(clinic).zone)
    wall = clinic.wall_time(zone=zone.key).replace(hour=0, minute=30, second=0, microsecond=0)
    for _ in range(24 * 400):
        wall += timedelta(hours=1)
        if wall_time_is(wall, zone) == kind:
            return a_booking(clinic, start=wall).id
    raise ValueError(f"{zone.key} does not change its clocks within 400 days")


def _in_the_night(clinic: Clinic) -> int:
    start = a_free_hour(clinic, the_practitioner(clinic).id, the_location(clinic).id, 2)
    return a_booking(clinic, start=start.replace(hour=3)).id


def _make_it_longer(clinic: Clinic, appointment_id: int) -> None:
    clinic.change_appointment(appointment_id, minutes=15)


TIMING = {
    "E1": Scenario(
        code="E1",
        summary="Booked this minute",
        provoke=lambda clinic: a_booking(clinic).id,
        fixed_by="time",
        wait=timedelta(minutes=15),
    ),
    "E2": Scenario(
        code="E2",
        summary="The EMR shows it only 45 minutes after it was booked",
        provoke=_seen_late,
        fixed_by="time",
        wait=timedelta(minutes=46),
    ),
    "E3": Scenario(
        code="E3",
        summary="More than three months ahead",
        provoke=lambda clinic: a_booking(clinic, in_days=110).id,
        fixed_by="time",
        wait=timedelta(days=28),
    ),
    "E4": Scenario(
        code="E4",
        summary="More than seven business days ahead",
        provoke=lambda clinic: a_booking(clinic, in_days=25).id,
        fixed_by="time",
        wait=timedelta(days=1),
    ),
    "E5": Scenario(
        code="E5", summary="It had begun when it was first seen", provoke=_seen_after_its_start, fix=_move_to_later
    ),
    "E6": Scenario(
        code="E6",
        summary="Booked three minutes before it starts",
        provoke=_booked_at_the_last_minute,
        fix=_move_to_later,
    ),
    "E7": Scenario(
        code="E7",
        summary="The practitioner's zone is not the location's",
        provoke=_in_the_wrong_zone,
        fix=_set_the_zone,
    ),
    "E7-missing": Scenario(
        code="E7",
        summary="At a wall time that the change of clocks skips",
        provoke=lambda clinic: _at_a_wall_time_that_is(clinic, "missing"),
        fix=_move_to_later,
    ),
    "E7-repeated": Scenario(
        code="E7",
        summary="At a wall time that comes twice",
        provoke=lambda clinic: _at_a_wall_time_that_is(clinic, "repeated"),
        fix=_move_to_later,
    ),
    "E8": Scenario(code="E8", summary="At three in the morning", provoke=_in_the_night, fix=_move_to_later),
    "E10": Scenario(
        code="E10",
        summary="Five minutes long",
        provoke=lambda clinic: a_booking(clinic, minutes=5).id,
        fix=_make_it_longer,
    ),
}
