"""What can be staged in a pretend Intergy: what its messages and its FHIR server show, and its own."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.hl7v2.scenarios import NOT_TOLD
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.scenarios import Scenario
from visitsync.simulator_kit.staging import a_booking, the_practitioner

SHOWN_BY_FHIR = frozenset({"B10-work", "B11"})
"""What no message tells, and Greenway's FHIR server does."""
NOT_SHOWN: Mapping[str, str] = {name: why for name, why in NOT_TOLD.items() if name not in SHOWN_BY_FHIR}


def _in_a_room_only(clinic: Clinic) -> int:
    room = clinic.add_practitioner("Treatment Room", "3", is_provider=False, suffix="")
    return a_booking(clinic, practitioner_id=room.id).id


def _give_it_to_somebody(clinic: Clinic, appointment_id: int) -> None:
    clinic.move(appointment_id, practitioner_id=the_practitioner(clinic).id)


OWN = {
    "D2-room": Scenario(
        code="D2",
        summary="Booked in a room, with no staff member",
        provoke=_in_a_room_only,
        fix=_give_it_to_somebody,
    ),
}
SCENARIOS: Mapping[str, Scenario] = {name: each for name, each in SHARED.items() if name not in NOT_SHOWN} | OWN
