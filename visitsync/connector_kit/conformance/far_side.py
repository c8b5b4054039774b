"""Stand-ins for what the house gives a connector: a budget and a credential store that live in memory."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.limits import Limit, Urgency

Clock = Callable[[], datetime]
Wait = Callable[[float], None]
CLOCK_STEP = 1e-6
"""In seconds: a clock that is moved on by less stands still."""


class MemoryBudget:
    """Lets everything pass unless the vendor refused, and remembers what was taken."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._refused_until: dict[str, datetime] = {}
        self.taken: list[tuple[tuple[str, ...], Urgency]] = []
        """For each request the names of the limits that count it, and its urgency."""
        self.refusals: list[tuple[tuple[str, ...], datetime]] = []
        """What the vendor refused: the limits it meant, and until when."""

    def take(self, limits: Sequence[Limit], *, urgency: Urgency) -> None:
        with self._lock:
            refused = [self._refused_until[limit.name] for limit in limits if limit.name in self._refused_until]
            until = max(refused, default=None)
            if until is not None and self._clock() < until:
                raise TryAgainLater("Our own budget is used up.", until=until, code="budget-used-up")
            self._pace(limits)
            self.taken.append((tuple(limit.name for limit in limits), urgency))

    def refused(self, limits: Sequence[Limit], *, until: datetime) -> None:
        with self._lock:
            self.refusals.append((tuple(limit.name for limit in limits), until))
            for limit in limits:
                self._refused_until[limit.name] = max(until, self._refused_until.get(limit.name, until))

    def _pace(self, limits: Sequence[Limit]) -> None:
        """Waits as the limits ask; here not at all."""


class PacedBudget(MemoryBudget):
    """Keeps to every limit by waiting, on a clock that `wait` moves on."""

    def __init__(self, clock: Clock, wait: Wait) -> None:
        super().__init__(clock)
        self._wait = wait
        self._sent: dict[str, list[float]] = {}

    def _pace(self, limits: Sequence[Limit]) -> None:
        for limit in limits:
            while (seconds := self._too_early_by(limit)) > CLOCK_STEP:
                self._wait(seconds)
        for limit in limits:
            self._sent.setdefault(limit.name, []).append(self._clock().timestamp())

    def _too_early_by(self, limit: Limit) -> float:
        now, sent = self._clock().timestamp(), self._sent.get(limit.name, [])
        if limit.is_spaced:
            return sent[-1] + limit.seconds / limit.requests - now if sent else 0.0
        window = now // limit.seconds * limit.seconds
        used = sum(at >= window for at in sent)
        return window + limit.seconds - now if used >= limit.requests else 0.0


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
