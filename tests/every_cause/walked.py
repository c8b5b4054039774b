"""Which reasons of the catalogue a test shows, so that it can be counted that none is left out."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., None])


def walks(*codes: str) -> Callable[[Test], Test]:
    """Says of a test that it asks about appointments with these reasons and reads the answers."""

    def note(test: Test) -> Test:
        test.__dict__["walks"] = codes
        return test

    return note


def walked_by(test: object) -> tuple[str, ...]:
    """What was said of a test; nothing of anything else."""
    codes: tuple[str, ...] = getattr(test, "walks", ())
    return codes
