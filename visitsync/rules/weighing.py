"""What do the findings amount to: one outcome, the leading finding first, and when to look again."""

from collections.abc import Iterable, Sequence

from visitsync.domain.decision import WITH_VISIT, Finding, Outcome
from visitsync.domain.reason import Precedence, Severity
from visitsync.domain.reasons import REASONS

_BY_PRIORITY = (Outcome.ON_HOLD, Outcome.NEEDS_FIX, Outcome.WAITING, Outcome.NEEDS_PROVIDER)
_DECIDES = {code: reason.outcome for code, reason in REASONS.items() if reason.outcome in _BY_PRIORITY}
_WEIGHTS = {Severity.BLOCKS: 1, Severity.WARNS: 2, Severity.INFORMS: 3}
_LAST = 4
_ORDER = {code: (_WEIGHTS[reason.severity], reason.rank) for code, reason in REASONS.items()}


def outcome_of(findings: Iterable[Finding], *, is_beyond_window: bool) -> Outcome:
    """Beyond the window time comes first; then what is unsafe, what a person must mend, what is still being read.

    Warnings and information take no visit away; a provider who is missing does not either.
    """
    if is_beyond_window:
        return Outcome.WAITING
    decided = {_DECIDES[finding.code] for finding in findings if finding.code in _DECIDES}
    return next((outcome for outcome in _BY_PRIORITY if outcome in decided), Outcome.READY)


def in_order(findings: Sequence[Finding], outcome: Outcome) -> tuple[Finding, ...]:
    """The one to lead with first: what makes the outcome, then what else blocks, warns, informs; by rank within each.

    Trouble of the connection leads where no visit exists, as nothing that is mended would be noticed; else it is last.
    """
    if len(findings) < 2:
        return tuple(findings)

    def place(finding: Finding) -> tuple[int, int]:
        weight, rank = _ORDER[finding.code]
        if rank < Precedence.TIMING:  # the connection as a whole
            return (_LAST if outcome in WITH_VISIT else 0), rank
        return (0 if _DECIDES.get(finding.code) is outcome else weight), rank

    return tuple(sorted(findings, key=place))
