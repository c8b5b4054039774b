"""The answer to an appointment: one outcome, and every finding that led to it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """What became of an appointment; one at a time, always with reasons."""

    READY = "ready"
    """The visit exists and is linked to its provider."""
    WAITING = "waiting"
    """Time alone will do it."""
    NEEDS_FIX = "needs_fix"
    """A person must change something."""
    NEEDS_PROVIDER = "needs_provider"
    """Synced, but linked to nobody."""
    ON_HOLD = "on_hold"
    """Not safe to show; a person must look."""
    NOT_TELEMEDICINE = "not_telemedicine"
    """Nothing is wrong."""
    CANCELLED = "cancelled"
    OVER = "over"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One thing a rule found: the reason's code, and the evidence that fills its sentence.

    Evidence carries no patient name and no whole e-mail address: findings are kept and shown widely.
    """

    code: str
    evidence: Mapping[str, str] = {}


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A pure function's answer for one appointment at one time."""

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    """All of them, the one to lead with first."""
    expected_by: datetime | None = None
    """When the visit will be there at the latest, if time alone does it (aware, UTC).

    None where a person must act first; rules.reading.expected_after_fix says by when a fix shows.
    """
    recheck_at: datetime | None = None
    """When time alone may change this decision (aware, UTC); None: never."""
    practitioner_id: str | None = None
    """The EMR practitioner whom the visit links to; None: nobody."""
    staff_id: str | None = None
    """The staff member who sees the visit; None: nobody."""
    is_test: bool = False

    @property
    def wants_visit(self) -> bool:
        """Whether a visit must exist: linked, or waiting for its provider."""
        return self.outcome in WITH_VISIT


WITH_VISIT = frozenset({Outcome.READY, Outcome.NEEDS_PROVIDER})
