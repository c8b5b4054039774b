"""Is this the right chart, and may a visit be made for it?"""

from datetime import date

from visitsync.domain.decision import Finding
from visitsync.domain.patient import Patient, PatientStatus

ADULT_AGE = 18

_TEST_WORDS = frozenset({"test", "testing", "tester", "zztest", "testpatient", "patient", "demo", "dummy", "fake"})

_CODES = {
    PatientStatus.DECEASED: "patient-deceased",
    PatientStatus.INACTIVE: "patient-inactive",
}


def check(patient: Patient, day_of_visit: date, *, is_test: bool) -> tuple[Finding, ...]:
    """B6, B9, B11 and B12."""
    born = patient.date_of_birth
    if (
        patient.status is PatientStatus.ACTIVE
        and not patient.is_marked_as_test
        and patient.last_name.casefold() not in _TEST_WORDS
        and (born is None or day_of_visit.year - born.year > ADULT_AGE)
    ):
        return ()
    findings = list(_status_findings(patient))
    if not is_test and (why := _looks_like_a_test(patient)):
        findings.append(Finding("test-patient", {"why": why}))
    if born is not None and _is_minor(born, day_of_visit) and not patient.has_responsible_contact:
        findings.append(Finding("minor-without-adult"))
    return tuple(findings)


def _status_findings(patient: Patient) -> tuple[Finding, ...]:
    if code := _CODES.get(patient.status):
        return (Finding(code),)
    if patient.status is PatientStatus.MERGED:
        into = f" into chart {patient.merged_into_id}" if patient.merged_into_id else ""
        return (Finding("chart-merged", {"into_chart": into}),)
    if patient.status is PatientStatus.GONE:
        return (Finding("chart-gone", {"chart": patient.id}),)
    if patient.status is PatientStatus.RESTRICTED:
        return (Finding("chart-restricted", {"chart": patient.id}),)
    return ()


def _looks_like_a_test(patient: Patient) -> str:
    """Why, if so. People are called Test, Demo and Null; hardly anybody is called Test Patient."""
    if patient.is_marked_as_test:
        return "as it is marked"
    names = {patient.first_name.strip().casefold(), patient.last_name.strip().casefold()}
    return "by its name" if names <= _TEST_WORDS else ""


def _is_minor(born: date, day: date) -> bool:
    """Not yet 18 on that day; whoever was born on 29 February comes of age on 1 March."""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return 0 <= years < ADULT_AGE
