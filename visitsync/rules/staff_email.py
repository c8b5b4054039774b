"""3. Is the patient's e-mail free, or does somebody at this practice log in with it?"""

from visitsync.domain.decision import Finding
from visitsync.domain.practice import PracticeContext

_IN_USE = (Finding("email-is-staff"),)


def check(canonical_email: str, practice: PracticeContext) -> tuple[Finding, ...]:
    """B3. Test visits are not asked."""
    return _IN_USE if canonical_email in practice.staff_emails else ()
