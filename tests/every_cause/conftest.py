"""Practices for these tests, each with a pretend EMR of its own, all of a file in one database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.every_cause.practice import Practice

HERE = Path(__file__).parent
OpenPractice = Callable[..., Practice]
_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One EMR's part of the walk stays together, so that one process walks through it, and not each."""
    walk = [place for place, item in enumerate(items) if item.path == HERE / "test_walk.py"]
    in_turn = sorted((items[place] for place in walk), key=_emr_of)
    for place, item in zip(walk, in_turn, strict=True):
        items[place] = item


def _emr_of(item: pytest.Item) -> str:
    return str(item.callspec.params["emr"]) if hasattr(item, "callspec") else ""


@pytest.fixture
def open_practice(module_database_url: str) -> Iterator[OpenPractice]:
    """Opens a practice on an EMR, by its name; closed when the test is done."""
    with ExitStack() as opened:
        yield lambda emr, **wishes: opened.enter_context(closing(a_practice(emr, module_database_url, **wishes)))


def a_practice(emr: str, database_url: str, **wishes: Any) -> Practice:
    """One more practice in that database; to be closed by whoever asked for it."""
    return Practice(emr, database_url, slug=f"practice-{next(_numbers)}", **wishes)
