"""A. Why an appointment is not taken for telemedicine."""

from __future__ import annotations

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.staging import OFFICE_VISIT, TELEMEDICINE, a_booking, the_type


def _make_telemedicine(clinic: Clinic, appointment_id: int) -> None:
    clinic.retype(appointment_id, the_type(clinic, TELEMEDICINE).id)


RECOGNITION = {
    "A1": Scenario(
        code="A1",
        summary="Booked as an office visit",
        provoke=lambda clinic: a_booking(clinic, type_id=the_type(clinic, OFFICE_VISIT).id).id,
        fix=_make_telemedicine,
    ),
}
