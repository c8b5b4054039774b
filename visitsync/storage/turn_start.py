"""Everything that a turn of the engine must know before it asks the EMR anything, in one round trip."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState, NoSuchConnection


class TurnStart(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection stands at the beginning of a turn."""

    epoch: int
    state: ConnectionState
    trouble: str | None
    revision: int
    """Of everything the practice's context is made of; as long as it stays, a context loaded before is good."""
    bookmarks: Mapping[str, str]
    began_at: Mapping[str, datetime]
    """Kind of reading → when the last complete one began (aware, UTC)."""
    has_leftovers: bool
    """Answers that were kept and not taken in."""
    has_messages: bool
    """Pushed messages wait to be taken in."""
    has_wanted: bool
    """Something must be read, or was read and must be judged."""
    is_recheck_due: bool
    """Time has passed that may change a decision on some appointment of the practice."""
    has_quarantined: bool
    """Some record could not be read and still waits in quarantine."""
    has_notices: bool
    """Something showed while the EMR was asked that stops nothing."""


def start_turn(transaction: Transaction, connection_id: UUID, *, now: datetime, is_claim: bool) -> TurnStart:
    """Claims the connection (or, beside whoever holds it, only looks) and tells how it stands.

    Raises NoSuchConnection.
    """
    parameters = {"practice": transaction.practice_id, "connection": connection_id, "now": now}
    row = transaction.execute(_CLAIM if is_claim else _LOOK, parameters, binary=True).fetchone()
    if row is None:
        raise NoSuchConnection(f"No connection {connection_id}.")
    found = dict(zip(TurnStart.__struct_fields__, row, strict=True))
    found |= {"state": ConnectionState(found["state"]), "is_recheck_due": bool(found["is_recheck_due"])}
    return TurnStart(**found | {name: dict(found[name]) for name in ("bookmarks", "began_at")})


_THIS = "practice_id = %(practice)s and connection_id = %(connection)s"
_WHAT = f"""
    epoch, state, trouble,
    (select revision from practice where practice_id = %(practice)s),
    array(select row (stream, position) from bookmark where {_THIS}),
    array(select row (kind, began_at) from last_reading where {_THIS}),
    exists (select from intake where {_THIS} and taken_in_at is null and body is not null and sent_at is null),
    exists (select from intake where {_THIS} and taken_in_at is null and body is not null and sent_at is not null),
    exists (select from wanted where {_THIS} and (is_read or not_before is null or not_before <= %(now)s)),
    (select min(recheck_at) from appointment where practice_id = %(practice)s and recheck_at is not null) <= %(now)s,
    exists (select from quarantine where {_THIS} and resolved_at is null),
    exists (select from notice where {_THIS})
    """
_LOOK = f"select {_WHAT} from connection where {_THIS}".encode()
_CLAIM = f"update connection set epoch = epoch + 1 where {_THIS} returning {_WHAT}".encode()
