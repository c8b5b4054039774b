"""What can be staged in a pretend athenahealth: the kit's scenarios that it can express, and its own."""

from __future__ import annotations

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.scenarios import Scenario
from visitsync.simulator_kit.staging import OFFICE_VISIT, TELEMEDICINE, a_booking, a_free_hour, the_type

NOT_EXPRESSED = {
    "A9": "nothing in athenahealth's answers tells of a video room that could be relied upon",
    "B10-work": "a chart has no second e-mail but the guarantor's",
    "B11-deceased": "a chart is active, inactive, prospective or deleted; nothing says that somebody died",
    "B13": "time that is kept free is a frozen slot, which is no appointment",
    "C4": "insurance packages are always picked from athenahealth's list",
    "D6": "a provider who is switched off is no longer listed at all",
    "E7": "a provider has no time zone",
    "F2": "a practice cannot make statuses of its own",
    "F3": "an appointment is booked or it is not there",
    "F6": "an appointment has one patient",
}
"""Shared scenarios that this vendor's records have no place for, and why."""


def _retyped_to_a_twin(clinic: Clinic) -> int:
    twin = clinic.add_type(TELEMEDICINE)
    return a_booking(clinic, type_id=twin.id).id


def _take_the_first(clinic: Clinic, appointment_id: int) -> None:
    clinic.retype(appointment_id, the_type(clinic, TELEMEDICINE).id)


def _nobody_checked_in(clinic: Clinic) -> int:
    appointment = a_booking(clinic)
    now = clinic.wall_time(zone=clinic.locations[appointment.location_id].zone)
    return clinic.move(appointment.id, start=now.replace(hour=0, minute=30, second=0, microsecond=0)).id


def _a_dummy_without_a_patient(clinic: Clinic) -> int:
    return clinic.change_appointment(a_booking(clinic).id, patient_id=None).id


def _rescheduled_into_the_office(clinic: Clinic) -> int:
    old = a_booking(clinic)
    office = the_type(clinic, OFFICE_VISIT)
    start = a_free_hour(clinic, old.practitioner_id, old.location_id, 4)
    return clinic.rebook(old.id, start=start, type_id=office.id).id


OWN = {
    "A5-twin": Scenario(
        code="A5",
        summary="Another appointment type ID with the name of an approved one",
        provoke=_retyped_to_a_twin,
        fix=_take_the_first,
    ),
    "B13-nobody": Scenario(
        code="B13",
        summary="A booked row without a patient",
        provoke=_a_dummy_without_a_patient,
        fixed_by="nothing to fix",
    ),
    "E5-still-f": Scenario(
        code="E5",
        summary="Past, and still marked as future: nobody checked the patient in",
        provoke=_nobody_checked_in,
        fix=lambda clinic, appointment_id: clinic.set_status(appointment_id, records.NO_SHOW),
    ),
    "F7-office": Scenario(
        code="A1",
        summary="Rescheduled as another appointment, which is no longer telemedicine",
        provoke=_rescheduled_into_the_office,
        fix=_take_the_first,
    ),
}
SCENARIOS = {name: scenario for name, scenario in SHARED.items() if name not in NOT_EXPRESSED} | OWN
