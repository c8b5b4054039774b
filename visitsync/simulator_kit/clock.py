"""The simulators' clock: real, frozen or running from any moment, and always movable."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present moment, always aware, in UTC."""


class VirtualClock:
    """A clock that can be moved while a simulator runs; every call gives an aware UTC moment."""

    def __init__(self, source: Clock) -> None:
        """Follow `source`, which wiring gives (the real clock) or a test invents."""
        self._source = source
        self._shift = timedelta()

    @classmethod
    def frozen_at(cls, moment: datetime) -> VirtualClock:
        """A clock that stands still until somebody moves it."""
        start = moment.astimezone(UTC)
        return cls(lambda: start)

    @classmethod
    def running_from(cls, moment: datetime) -> VirtualClock:
        """A clock that starts at `moment` and runs as fast as real time does."""
        start, began = moment.astimezone(UTC), time.monotonic()
        return cls(lambda: start + timedelta(seconds=time.monotonic() - began))

    def __call__(self) -> datetime:
        return self._source() + self._shift

    def advance(self, by: timedelta) -> None:
        """Move on by `by`; a negative span sets the clock back."""
        self._shift += by

    def set(self, moment: datetime) -> None:
        """Make it `moment` (aware) now, and go on from there."""
        self._shift += moment.astimezone(UTC) - self()
