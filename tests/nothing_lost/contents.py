"""What stands in a practice's tables: to see that nothing was written, or exactly what was."""

from collections.abc import Mapping

from tests.nothing_lost.house import House

ALWAYS_WRITTEN = frozenset({"connection", "bookmark", "intake", "sync_run", "last_reading"})
"""Tables that a turn writes although nothing is new: its claim, how far it came, the evidence of what it read."""


def contents(house: House) -> dict[str, str]:
    """Table → digest of its rows and of the transactions that wrote them."""
    return {table: str(house.query(_DIGEST.format(table=table))[0][0]) for table in _tables(house)}


def written(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Tables in which anything was written, even if it left the same values."""
    return {table for table in after if before.get(table) != after[table]}


def _tables(house: House) -> list[str]:
    rows = house.query(
        """select table_name from information_schema.columns
           where table_schema = 'public' and column_name = 'practice_id' order by 1"""
    )
    return [str(row[0]) for row in rows]


_DIGEST = """select count(*) || ' ' || coalesce(md5(string_agg(line, '|' order by line)), '')
             from (select row.xmin::text || ' ' || row::text as line from {table} row) as lines"""
