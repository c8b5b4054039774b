"""2, 3 and 5. What the patient's record says: the e-mail, who else has it, the state of the chart, the demographics."""

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding
from visitsync.domain.email_address import canonical
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import PracticeContext
from visitsync.rules import demographics, patient_state, shared_email, staff_email
from visitsync.rules.demographics import DemographicsLookup

_CONTENT_UNKNOWN = frozenset({PatientStatus.GONE, PatientStatus.RESTRICTED, PatientStatus.MERGED})
"""Charts that we could not read, or that are no longer the patient's: nothing is concluded from what they lack."""


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
    chart = patient_state.check(patient, appointment.start.wall, is_test=is_test)
    if patient.status in _CONTENT_UNKNOWN:
        return chart
    found = (*chart, *demographics.check(patient, appointment, required))
    if is_test:
        return found
    address = canonical(patient.email)
    return (*found, *staff_email.check(address, practice), *shared_email.check(patient, address, practice))
