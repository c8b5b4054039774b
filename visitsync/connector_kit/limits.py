"""How often an EMR may be asked, and the budget that all workers share."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Protocol

import msgspec


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """At most `requests` in any window of `seconds` that is aligned to the clock, or evenly spaced where `is_spaced`.

    `scope` names who shares it: "application" (every practice of ours), "credential", or "connection".
    """

    name: str
    requests: int
    seconds: float
    scope: str
    is_spaced: bool = False
    """True: at least seconds / requests between two requests. False: a count per window of the vendor's clock."""
    operation: str | None = None
    """Only for this operation of the vendor; None: for all."""


class Urgency(IntEnum):
    """What a request is for; when the budget is short, the most urgent go first."""

    BACKGROUND = 0
    """Sweeps, patients of far-off appointments."""
    ROUTINE = 1
    """Changes of the schedule."""
    SOON = 2
    """A visit within the next business days."""
    PERSON_WAITS = 3
    """Somebody looks at the screen: check again, connect."""


class Budget(Protocol):
    """The shared count of requests against every limit of a connection. One request is counted against all at once."""

    def take(self, limits: Sequence[Limit], *, urgency: Urgency) -> None:
        """Returns once a request may be sent (waiting a few seconds at most). Raises TryAgainLater otherwise."""

    def refused(self, limits: Sequence[Limit], *, until: datetime) -> None:
        """The vendor itself said "too many": nobody asks again under these limits before that instant (aware)."""
