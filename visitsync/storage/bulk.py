"""Many rows at once: binary COPY into a temporary table of the session, then one statement that merges them."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql

from visitsync.storage.database import Transaction


def fill(
    transaction: Transaction, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]
) -> None:
    """Puts rows into the session's temporary table of that name (made when first used, emptied at each commit).

    `columns` are (name, type) pairs. The table keeps no constraint: the merging statement meets those of its target.
    """
    connection = transaction.connection
    definition = ", ".join(f"{column} {kind}" for column, kind in columns)
    # Names and types are constants of this room, never input.
    connection.execute(f"create temporary table if not exists {name} ({definition}) on commit delete rows".encode())
    target = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(name), sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns)
    )
    with connection.cursor().copy(target) as copy:
        copy.set_types([kind for _, kind in columns])
        write = copy.write_row
        for row in rows:
            write(row)


def column_names(columns: Sequence[tuple[str, str]]) -> str:
    """The names of the columns, for use in a statement."""
    return ", ".join(name for name, _ in columns)
