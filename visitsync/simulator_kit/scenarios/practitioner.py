"""D. What can be wrong with whom the appointment is booked."""

from __future__ import annotations

from datetime import timedelta

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.staging import a_booking, the_practitioner


def _with_somebody_not_enabled_here(clinic: Clinic) -> int:
    with clinic.editing(stamp=clinic.clock() - timedelta(days=400)):
        practitioner = clinic.add_practitioner("Wren", "Abara", npi="1000000020")
    return a_booking(clinic, practitioner_id=practitioner.id).id


def _at_the_front_desk(clinic: Clinic) -> int:
    desk = clinic.add_practitioner("Front Desk", "2", is_provider=False, suffix="")
    return a_booking(clinic, practitioner_id=desk.id).id


def _move_to_a_practitioner(clinic: Clinic, appointment_id: int) -> None:
    clinic.move(appointment_id, practitioner_id=the_practitioner(clinic).id)


def _with_the_second_profile(clinic: Clinic) -> int:
    first = the_practitioner(clinic)
    second = clinic.add_practitioner(first.first_name, first.last_name, npi=first.npi, email=first.email)
    return a_booking(clinic, practitioner_id=second.id).id


def _with_somebody_hired_just_now(clinic: Clinic) -> int:
    practitioner = clinic.add_practitioner("Odalys", "Finch", npi="1000000038")
    return a_booking(clinic, practitioner_id=practitioner.id).id


def _with_somebody_suspended(clinic: Clinic) -> int:
    practitioner = clinic.add_practitioner("Cormac", "Adeyemi", npi="1000000046", is_enabled=False)
    return a_booking(clinic, practitioner_id=practitioner.id).id


def _enable_again(clinic: Clinic, appointment_id: int) -> None:
    clinic.enable(clinic.appointments[appointment_id].practitioner_id)


def _moved_to_a_colleague(clinic: Clinic) -> int:
    appointment = a_booking(clinic)
    others = [p for p in clinic.practitioners if p.is_provider and p.is_enabled]
    colleague = next((p for p in others if p.id != appointment.practitioner_id), None)
    colleague = colleague or clinic.add_practitioner("Halcyon", "Reyes", npi="1000000053")
    clinic.move(appointment.id, practitioner_id=colleague.id)
    return appointment.id


PRACTITIONER = {
    "D1": Scenario(
        code="D1",
        summary="The practitioner is not switched on for video",
        provoke=_with_somebody_not_enabled_here,
        fixed_by="settings",
    ),
    "D2": Scenario(
        code="D2",
        summary="Booked under a desk, not a clinician",
        provoke=_at_the_front_desk,
        fix=_move_to_a_practitioner,
    ),
    "D4": Scenario(
        code="D4",
        summary="The practitioner has a second profile, which is not connected",
        provoke=_with_the_second_profile,
        fixed_by="settings",
    ),
    "D5": Scenario(
        code="D5",
        summary="The practitioner was added a moment ago",
        provoke=_with_somebody_hired_just_now,
        fixed_by="settings",
    ),
    "D6": Scenario(
        code="D6",
        summary="The practitioner's account is suspended in the EMR",
        provoke=_with_somebody_suspended,
        fix=_enable_again,
    ),
    "D7": Scenario(
        code="D7",
        summary="Moved to another practitioner",
        provoke=_moved_to_a_colleague,
        fixed_by="nothing to fix",
    ),
}
