"""F. What state an appointment can be in, and what shape it can have."""

from __future__ import annotations

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.staging import (
    OFFICE_VISIT,
    TELEMEDICINE,
    a_booking,
    a_free_hour,
    a_patient,
    the_location,
    the_practitioner,
    the_type,
)


def _with_status(code: str, summary: str, status: str) -> Scenario:
    return Scenario(
        code=code,
        summary=summary,
        provoke=lambda clinic: clinic.set_status(a_booking(clinic).id, status).id,
        fix=lambda clinic, appointment_id: clinic.set_status(appointment_id, records.SCHEDULED),
    )


def _a_series(clinic: Clinic) -> int:
    practitioner, location = the_practitioner(clinic), the_location(clinic)
    series = clinic.book_series(
        count=8,
        patient_id=a_patient(clinic).id,
        practitioner_id=practitioner.id,
        location_id=location.id,
        type_id=the_type(clinic, TELEMEDICINE).id,
        start=a_free_hour(clinic, practitioner.id, location.id, 2),
    )
    return series[1].id


def _a_series_edited_back_to_the_office(clinic: Clinic) -> int:
    edited = _a_series(clinic)
    clinic.retype(edited, the_type(clinic, OFFICE_VISIT).id)
    return edited


def _make_telemedicine(clinic: Clinic, appointment_id: int) -> None:
    clinic.retype(appointment_id, the_type(clinic, TELEMEDICINE).id)


def _a_group(clinic: Clinic) -> int:
    others = (a_patient(clinic), a_patient(clinic, email=""), a_patient(clinic, email=""))
    return a_booking(clinic, other_patient_ids=tuple(patient.id for patient in others)).id


def _see_them_one_by_one(clinic: Clinic, appointment_id: int) -> None:
    clinic.change_appointment(appointment_id, other_patient_ids=())


def _cancelled_and_booked_anew(clinic: Clinic) -> int:
    old = a_booking(clinic)
    start = a_free_hour(clinic, old.practitioner_id, old.location_id, 4)
    return clinic.rebook(old.id, start=start).id


def _cancelled_before_anybody_saw_it(clinic: Clinic) -> int:
    return clinic.cancel(a_booking(clinic).id).id


def _deleted(clinic: Clinic) -> int:
    appointment = a_booking(clinic)
    clinic.delete(appointment.id)
    return appointment.id


def _on_top_of_another(clinic: Clinic) -> int:
    other = a_booking(clinic)
    return a_booking(clinic, start=other.start.replace(minute=15)).id


def _move_out_of_the_way(clinic: Clinic, appointment_id: int) -> None:
    appointment = clinic.appointments[appointment_id]
    clinic.move(appointment_id, start=a_free_hour(clinic, appointment.practitioner_id, appointment.location_id, 5))


SHAPE = {
    "F1": _with_status("F1", "Cancelled", records.CANCELLED),
    "F1-no-show": _with_status("F1", "The patient did not come", records.NO_SHOW),
    "F1-completed": _with_status("F1", "Already over", records.COMPLETED),
    "F2": _with_status("F2", "A status the practice invented", "Phoned-OK"),
    "F3": _with_status("F3", "Only a request so far", records.TENTATIVE),
    "F4": Scenario(code="F4", summary="The second of a series of eight", provoke=_a_series, fixed_by="nothing to fix"),
    "F5": Scenario(
        code="F5",
        summary="Editing the series took the video type away",
        provoke=_a_series_edited_back_to_the_office,
        fix=_make_telemedicine,
    ),
    "F6": Scenario(
        code="F6", summary="A group of four, two without e-mail", provoke=_a_group, fix=_see_them_one_by_one
    ),
    "F7": Scenario(
        code="F7",
        summary="Rescheduled as old entry and new entry",
        provoke=_cancelled_and_booked_anew,
        fixed_by="nothing to fix",
    ),
    "F8": Scenario(
        code="F8",
        summary="Booked and cancelled within one minute",
        provoke=_cancelled_before_anybody_saw_it,
        fixed_by="nothing to fix",
    ),
    "F9": Scenario(code="F9", summary="Deleted, not cancelled", provoke=_deleted, fixed_by="nothing to fix"),
    "F10": Scenario(
        code="F10",
        summary="Overlaps another appointment of the practitioner",
        provoke=_on_top_of_another,
        fix=_move_out_of_the_way,
    ),
}
