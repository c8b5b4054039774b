"""What else pushed messages call the appointments of a connection."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from visitsync.storage.database import Transaction


def called(transaction: Transaction, connection_id: UUID, names: Collection[str]) -> Mapping[str, set[str]]:
    """Name → ids of the appointments that are called so."""
    found: dict[str, set[str]] = defaultdict(set)
    if not names:
        return found
    rows = transaction.execute(
        """select name, appointment_id from other_name
           where practice_id = %s and connection_id = %s and name = any(%s)""",
        (transaction.practice_id, connection_id, sorted(names)),
    )
    for name, appointment_id in rows.fetchall():
        found[name].add(appointment_id)
    return found


def note(transaction: Transaction, connection_id: UUID, pairs: Iterable[tuple[str, str]]) -> None:
    """These appointments are called so: pairs of a name and an appointment's id."""
    names, ids = [], []
    for name, appointment_id in sorted(set(pairs)):
        names.append(name)
        ids.append(appointment_id)
    if names:
        transaction.execute(
            """insert into other_name (practice_id, connection_id, name, appointment_id)
               select %s, %s, name, appointment_id from unnest(%s::text[], %s::text[]) as one (name, appointment_id)
               on conflict do nothing""",
            (transaction.practice_id, connection_id, names, ids),
        )
