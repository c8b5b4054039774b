"""What each change of a practice's settings touched: how a thing stood before and after, and who touched it since."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from visitsync.storage.database import Transaction

State = Any
"""How a thing stands, as JSON; None: it is not there."""


class ThingKind(StrEnum):
    """What a practice's admin can change."""

    APPROVAL = "approval"
    """Name: the approved value; part: the kind of mark, and whether it is an id or a text."""
    STATUS_MEANING = "status meaning"
    ENTRY_CONNECTED = "entry connected"
    """Of an entry of the EMR's lists, like the three that follow. Name: its id; part: the list."""
    ENTRY_STAFF = "entry staff"
    ENTRY_ZONE = "entry zone"
    ENTRY_PREVIOUS_NAME = "entry previous name"
    HOUSEHOLD_MEMBER = "household member"
    """Name: the patient's id."""
    TEST_VISIT = "test visit"
    """Name: the appointment's id."""
    CONNECTION_SETTING = "connection setting"
    CONNECTION_STATE = "connection state"
    CLOSURE = "closure"
    """Name: the day, as in 2026-12-24."""
    STAFF_ACTIVE = "staff active"
    """Name: the staff member's id."""
    PRACTICE_NAME = "practice name"
    """Of the whole practice, like the one that follows. Name: "practice"."""
    PRACTICE_ZONE = "practice zone"


class Thing(msgspec.Struct, frozen=True):
    """One thing that a change can touch, and that another change may have touched since."""

    kind: ThingKind
    name: str
    part: str = ""
    connection_id: UUID | None = None
    """None: a thing of the whole practice."""


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """How a change found a thing, and how it left it."""

    thing: Thing
    before: State
    after: State

    @property
    def is_change(self) -> bool:
        return bool(self.before != self.after)


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the practice's settings."""

    change_id: int
    changed_at: datetime
    """Aware, UTC."""
    changed_by: str
    what: str
    before: str | None
    after: str | None
    undoes: int | None
    """The change that it takes back."""
    is_undone: bool = False
    """Whether it is taken back, as things stand."""
    can_be_undone: bool = False
    """Whether it noted what it touched, and is not taken back; something newer may still stand in the way."""


class NoSuchChange(LookupError):
    """The practice's settings were never changed under this number."""


def one_at_a_time(transaction: Transaction) -> None:
    """Whoever else changes this practice's settings waits until this transaction ends.

    An advisory lock, not the practice's row: a sync takes that one after its connection's, a change before it.
    """
    key = hashlib.blake2b(transaction.practice_id.bytes, digest_size=8, person=b"settings").digest()
    transaction.execute("select pg_advisory_xact_lock(%s)", [int.from_bytes(key, signed=True)])


def save(transaction: Transaction, change_id: int, touches: Sequence[Touch]) -> None:
    """Keeps what a change touched, in the transaction in which it was made."""
    with transaction.cursor() as cursor:
        cursor.executemany(
            """insert into setting_touch (practice_id, change_id, thing, name, part, connection_id, before, after)
               values (%s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                (
                    transaction.practice_id,
                    change_id,
                    one.thing.kind,
                    one.thing.name,
                    one.thing.part,
                    one.thing.connection_id,
                    _json(one.before),
                    _json(one.after),
                )
                for one in touches
            ],
        )


def of_change(transaction: Transaction, change_id: int) -> list[Touch]:
    """What a change touched; nothing for a change that noted nothing."""
    rows = transaction.execute(
        """select thing, name, part, connection_id, before, after from setting_touch
           where practice_id = %s and change_id = %s order by thing, name, part""",
        (transaction.practice_id, change_id),
    ).fetchall()
    return [
        Touch(thing=Thing(ThingKind(kind), name, part, connection_id), before=before, after=after)
        for kind, name, part, connection_id, before, after in rows
    ]


def find_change(transaction: Transaction, change_id: int) -> SettingChange:
    """Raises NoSuchChange."""
    found = _select(transaction, "change_id = %(change)s", {"change": change_id})
    if not found:
        raise NoSuchChange(f"There is no change {change_id}.")
    return found[0]


def latest(transaction: Transaction, *, at_most: int = 50) -> list[SettingChange]:
    """The practice's last changes, newest first."""
    return _select(transaction, "true", {}, at_most=at_most)


def newer(transaction: Transaction, thing: Thing, change_id: int) -> SettingChange | None:
    """The last change that touched the thing after this one and still stands; those taken back do not count."""
    where = """undoes is null and change_id in (
                   select change_id from setting_touch
                   where practice_id = %(practice)s and thing = %(thing)s and name = %(name)s and part = %(part)s
                     and connection_id is not distinct from %(connection)s and change_id > %(change)s
                     and before is distinct from after)"""
    found = _select(
        transaction,
        where,
        {
            "thing": thing.kind,
            "name": thing.name,
            "part": thing.part,
            "connection": thing.connection_id,
            "change": change_id,
        },
    )
    return next((one for one in found if not one.is_undone), None)


def authors(transaction: Transaction, change_ids: Sequence[int]) -> dict[int, str]:
    """Number of a change → who made it; one query, none where nothing is asked."""
    if not change_ids:
        return {}
    rows = transaction.execute(
        "select change_id, changed_by from setting_change where practice_id = %s and change_id = any(%s)",
        (transaction.practice_id, list(change_ids)),
    ).fetchall()
    return {int(change_id): str(name) for change_id, name in rows}


def _select(
    transaction: Transaction, where: str, parameters: Mapping[str, Any], *, at_most: int | None = None
) -> list[SettingChange]:
    rows = transaction.execute(
        f"""select change_id, changed_at, changed_by, what, before, after, undoes,
                   exists (select from setting_touch touch where touch.practice_id = setting_change.practice_id
                           and touch.change_id = setting_change.change_id
                           and touch.before is distinct from touch.after)
            from setting_change where practice_id = %(practice)s and {where}
            order by change_id desc limit %(most)s""",
        {"practice": transaction.practice_id, "most": at_most, **parameters},
    ).fetchall()
    undone = _undone(transaction)
    return [
        SettingChange(
            change_id=row[0],
            changed_at=row[1],
            changed_by=row[2],
            what=row[3],
            before=row[4],
            after=row[5],
            undoes=row[6],
            is_undone=row[0] in undone,
            can_be_undone=row[7] and row[0] not in undone,
        )
        for row in rows
    ]


def _undone(transaction: Transaction) -> set[int]:
    """Changes that are taken back, by a change that itself still stands."""
    rows = transaction.execute(
        """select change_id, undoes from setting_change
           where practice_id = %s and undoes is not null order by change_id desc""",
        (transaction.practice_id,),
    ).fetchall()
    undone: set[int] = set()
    for change_id, undoes in rows:
        if change_id not in undone:
            undone.add(undoes)
    return undone


def _json(state: State) -> Jsonb | None:
    return None if state is None else Jsonb(state)
