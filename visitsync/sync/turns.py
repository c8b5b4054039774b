"""Working beside a sync: whoever finds that it has begun anew meanwhile simply begins anew, too."""

import time
from collections.abc import Callable
from typing import TypeVar

from visitsync.storage.practices import LostTheConnection

Result = TypeVar("Result")

TRIES = 8
PAUSE_SECONDS = 0.25


def in_turn(work: Callable[[], Result]) -> Result:
    """Does it, again where another run has claimed the connection in between. Raises LostTheConnection in the end."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except LostTheConnection:
            time.sleep(PAUSE_SECONDS)
    return work()
