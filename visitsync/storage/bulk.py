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
    What an earlier fill of the same transaction put there is gone.
    """
    connection = transaction.connection
    # Names and types are constants of this room, never input.
    if name in transaction.filled:
        connection.execute(f"delete from {name}".encode())
    else:
        definition = ", ".join(f"{column} {kind}" for column, kind in columns)
        connection.execute(f"create temporary table if not exists {name} ({definition}) on commit delete rows".encode())
        transaction.filled.add(name)
    target = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(name), sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns)
    )
    with connection.cursor().copy(target) as copy:
        copy.set_types([kind for _, kind in columns])
        write = copy.write_row
        for row in rows:
            write(row)


def each(keys: str, table: str, columns: str, condition: str) -> str:
    """The `from` part of a query that looks rows of a table up by their keys, one by one, through an index.

    `keys` is a parameter holding an array of text; the condition names the present one as `asked.key`. The planner
    knows nothing of a table that a first load is filling, and little of columns that go together (a connection implies
    its practice): left to itself it was seen to read a whole practice for each answer. The fence (offset 0) decides.
    """
    return f"""from unnest({keys}::text[]) as asked (key)
               cross join lateral (select {columns} from {table} where {condition} offset 0) as found"""


def column_names(columns: Sequence[tuple[str, str]]) -> str:
    """The names of the columns, for use in a statement."""
    return ", ".join(name for name, _ in columns)
