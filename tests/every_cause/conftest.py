"""Practices for these tests, each with a pretend EMR of its own, all of a file in one database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from typing import Any

import pytest

from tests.every_cause.practice import Practice

OpenPractice = Callable[..., Practice]
_numbers = count(1)


@pytest.fixture
def open_practice(module_database_url: str) -> Iterator[OpenPractice]:
    """Opens a practice on an EMR, by its name; closed when the test is done."""
    with ExitStack() as opened:
        yield lambda emr, **wishes: opened.enter_context(closing(a_practice(emr, module_database_url, **wishes)))


def a_practice(emr: str, database_url: str, **wishes: Any) -> Practice:
    """One more practice in that database; to be closed by whoever asked for it."""
    return Practice(emr, database_url, slug=f"practice-{next(_numbers)}", **wishes)
