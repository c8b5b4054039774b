"""What is the matter with a practice's connections and next visits, from when it was first seen until it is over."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.storage.database import Transaction


class Concern(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is the matter. Holds no patient data. Times are aware."""

    concern_id: UUID
    kind: str
    subject: str
    """What it is about; one concern at a time is open about it."""
    code: str
    starts_at: datetime | None = None
    """Of a visit that is not ready."""
    title: str
    lines: tuple[str, ...] = ()
    began_at: datetime
    gone_at: datetime | None = None
    """Since when it is no longer seen."""
    ended_at: datetime | None = None


def unsettled(transaction: Transaction, ended_since: datetime) -> list[Concern]:
    """Those that are open, and those that ended since then."""
    rows = transaction.execute(
        f"""select {_COLUMNS} from concern
            where practice_id = %s and (ended_at is null or ended_at >= %s) order by began_at, concern_id""".encode(),
        (transaction.practice_id, ended_since),
    ).fetchall()
    return [_concern(row) for row in rows]


def save(transaction: Transaction, changed: Collection[Concern]) -> None:
    """New ones and those that changed."""
    with transaction.cursor() as cursor:
        cursor.executemany(
            """insert into concern (practice_id, concern_id, kind, subject, code, starts_at, title, lines, began_at,
                                    gone_at, ended_at)
               values (%(practice_id)s, %(concern_id)s, %(kind)s, %(subject)s, %(code)s, %(starts_at)s, %(title)s,
                       %(lines)s, %(began_at)s, %(gone_at)s, %(ended_at)s)
               on conflict (practice_id, concern_id) do update
               set code = excluded.code, title = excluded.title, lines = excluded.lines,
                   gone_at = excluded.gone_at, ended_at = excluded.ended_at""",
            [
                msgspec.structs.asdict(one) | {"practice_id": transaction.practice_id, "lines": list(one.lines)}
                for one in changed
            ],
        )


def forget_ended(transaction: Transaction, before: datetime) -> None:
    """Deletes what was over by then, with the keys of what was told of it."""
    transaction.execute(
        "delete from concern where practice_id = %s and ended_at < %s", (transaction.practice_id, before)
    )


_COLUMNS = ", ".join(Concern.__struct_fields__)


def _concern(row: Any) -> Concern:
    fields = dict(zip(Concern.__struct_fields__, row, strict=True))
    return Concern(**fields | {"lines": tuple(fields["lines"])})
