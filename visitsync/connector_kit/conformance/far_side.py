"""Stand-ins for what the house gives a connector: a budget and a credential store that live in memory."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.limits import Limit, Urgency


class MemoryBudget:
    """Counts what was taken under each limit; lets everything pass unless the vendor refused or `is_empty` is set."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.taken: list[tuple[tuple[str, ...], Urgency]] = []
        """For each request the names of the limits that count it, and its urgency."""
        self.refusals: list[tuple[tuple[str, ...], datetime]] = []
        self._refused_until: dict[str, datetime] = {}
        self.is_empty = False

    def take(self, limits: Sequence[Limit], *, urgency: Urgency) -> None:
        with self._lock:
            until = max(
                (self._refused_until[each.name] for each in limits if each.name in self._refused_until), default=None
            )
            if self.is_empty or (until is not None and self._clock() < until):
                raise TryAgainLater("Our own budget is used up.", until=until, code="emr-throttled")
            self.taken.append((tuple(each.name for each in limits), urgency))

    def refused(self, limits: Sequence[Limit], *, until: datetime) -> None:
        with self._lock:
            self.refusals.append((tuple(each.name for each in limits), until))
            for each in limits:
                self._refused_until[each.name] = max(until, self._refused_until.get(each.name, until))


class MemoryCredentials:
    """One connection's credentials; `renew` holds a lock, as the real store does across machines."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self._credentials = dict(credentials)
        self._lock = threading.Lock()
        self.renewals = 0
        """How often `renew` saved something new."""

    def __repr__(self) -> str:
        return f"MemoryCredentials({len(self._credentials)} fields)"

    def read(self) -> Mapping[str, str]:
        return dict(self._credentials)

    def renew(self, renewal: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Mapping[str, str]:
        with self._lock:
            renewed = dict(renewal(dict(self._credentials)))
            self.renewals += renewed != self._credentials
            self._credentials = renewed
            return dict(renewed)
