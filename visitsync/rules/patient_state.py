"""Is this the right chart, and may a visit be made for it?"""

from datetime import date

from visitsync.domain.decision import Finding
from visitsync.domain.patient import Patient, PatientStatus

ADULT_AGE = 18

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
        and (born is None or day_of_visit.year - born.year > ADULT_AGE)
    ):
        return ()
    findings = list(_status_findings(patient))
    if patient.is_marked_as_test and not is_test:
        findings.append(Finding("test-patient"))
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


def _is_minor(born: date, day: date) -> bool:
    """Not yet 18 on that day; whoever was born on 29 February comes of age on 1 March."""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return 0 <= years < ADULT_AGE
