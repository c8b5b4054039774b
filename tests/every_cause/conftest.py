"""Practices for these tests, each with a pretend EMR of its own, all of a file in one database."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests.every_cause.practice import Practice

OpenPractice = Callable[..., Practice]
_numbers = count(1)


@pytest.fixture(scope="module")
def open_practice(module_database_url: str) -> Iterator[OpenPractice]:
    """Opens a practice on an EMR, by its name; closed when the file's tests are done."""
    opened: list[Practice] = []

    def open_one(emr: str, **wishes: Any) -> Practice:
        practice = Practice(emr, module_database_url, slug=f"practice-{next(_numbers)}", **wishes)
        opened.append(practice)
        return practice

    yield open_one
    for practice in opened:
        practice.close()
