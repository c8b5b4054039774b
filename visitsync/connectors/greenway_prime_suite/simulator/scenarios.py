"""What can be staged in a pretend Prime Suite: the kit's scenarios it can express, and its own."""

from __future__ import annotations

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.scenarios import Scenario
from visitsync.simulator_kit.staging import a_booking, the_practitioner

NOT_EXPRESSED = {
    "B10": "no e-mail address of a guarantor shows",
    "C3": "a state is picked from a table of the site",
    "C4": "a policy hangs on a plan of the site's list",
    "D6": "whether a provider works no longer shows nowhere",
    "E7": "providers have no zone",
    "F6": "a row has one patient",
}
"""Shared scenarios that these answers have no place for, and why."""


def _at_a_location_in_another_zone(clinic: Clinic) -> int:
    west = clinic.add_location("Mesa Branch", zone="America/Los_Angeles")
    return a_booking(clinic, location_id=west.id).id


def _in_a_room(clinic: Clinic) -> int:
    room = clinic.add_practitioner("Infusion", "Room", is_provider=False, suffix="")
    return a_booking(clinic, practitioner_id=room.id).id


def _move_to_a_provider(clinic: Clinic, appointment_id: int) -> None:
    clinic.move(appointment_id, practitioner_id=the_practitioner(clinic).id)


def _bumped(clinic: Clinic) -> int:
    return clinic.set_status(a_booking(clinic).id, records.NEEDS_RESCHEDULE).id


def _book_it_again(clinic: Clinic, appointment_id: int) -> None:
    clinic.set_status(appointment_id, records.SCHEDULED)


OWN = {
    "D2-room": Scenario(
        code="D2", summary="Booked in the column of a room", provoke=_in_a_room, fix=_move_to_a_provider
    ),
    "E7-location": Scenario(
        code="E7",
        summary="At a location in another zone, which nobody has set here",
        provoke=_at_a_location_in_another_zone,
        fixed_by="settings",
    ),
    "F1-bumped": Scenario(code="F1", summary="The practice took the time away", provoke=_bumped, fix=_book_it_again),
}
SCENARIOS = {name: scenario for name, scenario in SHARED.items() if name not in NOT_EXPRESSED} | OWN
