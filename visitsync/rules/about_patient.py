"""2, 3 and 5. What the patient's record says: the e-mail, who else has it, the state of the chart, the demographics."""

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding
from visitsync.domain.email_address import canonical
from visitsync.domain.patient import Patient
from visitsync.domain.practice import PracticeContext
from visitsync.rules import demographics, email, patient_state, shared_email, staff_email
from visitsync.rules.demographics import DemographicsLookup


def check(
    patient: Patient | None,
    appointment: Appointment,
    practice: PracticeContext,
    required: DemographicsLookup,
    *,
    is_test: bool,
) -> tuple[Finding, ...]:
    """Everything about the patient. A test visit may use an address that somebody else has."""
    if patient is None:
        return ()
    found = (
        *email.check(patient),
        *patient_state.check(patient, appointment.start.wall, is_test=is_test),
        *demographics.check(patient, appointment, required),
    )
    if is_test:
        return found
    address = canonical(patient.email)
    return (*found, *staff_email.check(address, practice), *shared_email.check(patient, address, practice))
