"""How a practice and its connections stand at this moment, in one query: what changes without a setting changing."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState, NoSuchPractice


class ConnectionNow(msgspec.Struct, frozen=True):
    """What comes and goes while a connection is in use."""

    connection_id: UUID
    state: ConnectionState
    trouble: str | None
    notices: tuple[str, ...]
    began_at: Mapping[str, datetime]
    """Kind of reading → when the last complete one began (aware, UTC)."""


class PresentState(msgspec.Struct, frozen=True):
    """The practice's revision, which moves with every setting and list, and its connections, oldest first."""

    revision: int
    connections: tuple[ConnectionNow, ...]


def present_state(transaction: Transaction) -> PresentState:
    """Raises NoSuchPractice."""
    rows = transaction.execute(_PRESENT, {"practice": transaction.practice_id}, binary=True).fetchall()
    if not rows:
        raise NoSuchPractice(f"No practice {transaction.practice_id}.")
    return PresentState(
        rows[0][0],
        tuple(
            ConnectionNow(connection_id, ConnectionState(state), trouble, tuple(codes), dict(began_at))
            for _, connection_id, state, trouble, codes, began_at in rows
            if connection_id is not None
        ),
    )


_PRESENT = b"""
    select practice.revision, connection.connection_id, connection.state, connection.trouble,
           array(select distinct code from notice
                 where practice_id = %(practice)s and connection_id = connection.connection_id order by code),
           array(select row (kind, began_at) from last_reading
                 where practice_id = %(practice)s and connection_id = connection.connection_id)
    from practice left join connection on connection.practice_id = practice.practice_id
    where practice.practice_id = %(practice)s
    order by connection.created_at, connection.connection_id"""
