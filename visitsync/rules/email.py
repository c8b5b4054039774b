"""2. Can the patient log in with the e-mail on their record?"""

from visitsync.domain.decision import Finding
from visitsync.domain.email_address import EmailProblem, EmailVerdict, is_usable, verdict
from visitsync.domain.patient import Patient

_CODES = {
    EmailProblem.MISSING: "email-missing",
    EmailProblem.PLACEHOLDER: "email-placeholder",
    EmailProblem.TWO_ADDRESSES: "email-two-addresses",
    EmailProblem.MISTYPED: "email-mistyped",
}
"""All other problems are `email-invalid`."""


def check(patient: Patient) -> tuple[Finding, ...]:
    """B1, B2, and B10 where a good address stands in another field."""
    found = verdict(patient.email)
    if found.problem is None:
        return ()
    return (_finding(found.problem, found), *_address_elsewhere(patient))


def _finding(problem: EmailProblem, found: EmailVerdict) -> Finding:
    """The part before the @ is never repeated."""
    code = _CODES.get(problem, "email-invalid")
    if code == "email-invalid":
        return Finding(code, {"problem": problem.value})
    if problem is EmailProblem.MISTYPED:
        return Finding(code, {"domain": found.domain, "suggestion": found.suggested_domain})
    return Finding(code)


def _address_elsewhere(patient: Patient) -> tuple[Finding, ...]:
    slot = next((slot for slot, address in patient.other_emails if is_usable(address)), None)
    return (Finding("email-in-other-field", {"slot": slot}),) if slot else ()
