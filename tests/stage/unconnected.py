"""A pretend EMR that no practice on stage has connected yet."""

from __future__ import annotations

from tests.stage.clinic import NOW
from visitsync.wiring.demo.stage import CASTS, SENDS_WITHIN_SECONDS, Set, set_up

__all__ = ["SENDS_WITHIN_SECONDS", "Set", "unconnected"]


def unconnected(emr: str, *, seed: int = 3) -> Set:
    """That of the demonstration, with its clinic; serve it with `with stage.server`."""
    return set_up(next(cast for cast in CASTS if cast.emr == emr), NOW, seed=seed)
