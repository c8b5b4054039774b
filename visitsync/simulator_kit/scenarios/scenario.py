"""A scenario: provokes exactly one cause in a clinic, and knows what repairs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from visitsync.simulator_kit.clinic import Clinic


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One cause, staged. `fix` is what staff do in the EMR; None when settings, time or nobody does it."""

    code: str
    summary: str
    provoke: Callable[[Clinic], int]
    """Makes it happen; gives the clinic's id of the appointment it happened to."""
    fixed_by: Literal["emr", "settings", "time", "nothing to fix"] = "emr"
    fix: Callable[[Clinic, int], object] | None = None
    wait: timedelta | None = None
    """How far to move the clock when time is the fix."""
