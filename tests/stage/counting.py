"""Counts what a page asks of the database, by our own hands and by Django's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


class Statements(list[str]):
    """What was asked, in order; `len` is how many."""


@contextmanager
def counted_statements() -> Iterator[Statements]:
    """Every statement of this process until the end of the block; beginning and ending transactions do not count."""
    asked = Statements()
    execute = psycopg.Cursor.execute

    def counting(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        asked.append(str(query))
        return execute(cursor, query, *arguments, **options)

    with patch.object(psycopg.Cursor, "execute", counting):
        yield asked
