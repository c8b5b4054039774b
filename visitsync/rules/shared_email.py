"""2. Is the e-mail unique in the practice, and is there only one chart of this person?"""

from collections.abc import Sequence

from visitsync.domain.decision import Finding
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import PracticeContext

_RETIRED = frozenset({PatientStatus.MERGED, PatientStatus.GONE})


def check(patient: Patient, canonical_email: str, practice: PracticeContext) -> tuple[Finding, ...]:
    """B4 and B5. Names the other chart's number only, and says the same whichever chart was read first.

    Nobody is merged or told apart by likeness: who has the same name, birth date and contact is only shown.
    """
    holders = practice.email_holders.get(canonical_email, ()) if canonical_email else ()
    twins = practice.duplicate_charts.get(patient.id, ())
    if len(holders) < 2 and not twins and (not holders or holders[0] == patient.id):
        return ()
    others = _other_people(patient, holders, practice)
    duplicates = _other_people(patient, twins, practice)
    findings = []
    if same := [chart for chart in others if chart in duplicates]:
        findings.append(Finding("duplicate-chart-same-email", _charts(same)))
    elif duplicates:
        findings.append(Finding("duplicate-chart", _charts(duplicates)))
    if different := [chart for chart in others if chart not in duplicates]:
        findings.append(Finding("email-shared", _charts(different)))
    return tuple(findings)


def _other_people(patient: Patient, charts: Sequence[str], practice: PracticeContext) -> list[str]:
    """The charts besides the patient's own, less the household's and those the EMR has retired; sorted."""
    household = practice.households.get(patient.id)
    return sorted(
        chart
        for chart in set(charts)
        if chart != patient.id
        and (household is None or practice.households.get(chart) != household)
        and not _is_retired(chart, practice)
    )


def _is_retired(chart: str, practice: PracticeContext) -> bool:
    known = practice.patients.get(chart)
    return known is not None and known.status in _RETIRED


def _charts(charts: Sequence[str]) -> dict[str, str]:
    more = len(charts) - 1
    return {"other_chart": charts[0], "and_more": f" (and {more} more)" if more else ""}
