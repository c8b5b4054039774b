"""The end of a trail is checked as the whole of it is, in bounded time."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from visitsync.storage import audit
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.storage.audit_tail import TailCheck, check_tail
from visitsync.storage.database import Database
from visitsync.storage.vault import Vault

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def trail(database: Database, vault: Vault, practice_id: UUID) -> UUID:
    with database.practice(practice_id) as transaction:
        for number in range(6):
            entry = Entry(at=NOW, who=Who(WhoKind.STAFF, "1", "Ana"), act="view-day", object_id=str(number))
            audit.record(transaction, vault, entry)
    return practice_id


def _checked(database: Database, vault: Vault, practice_id: UUID, at_most: int = 100) -> TailCheck:
    with database.practice(practice_id) as transaction:
        return check_tail(transaction, vault, at_most=at_most)


def test_a_trail_that_nobody_touched_is_intact(database: Database, vault: Vault, trail: UUID) -> None:
    assert _checked(database, vault, trail) == TailCheck(checked=6, is_whole=True, damaged=(), is_end_sound=True)


def test_a_trail_that_has_not_begun_is_intact(database: Database, vault: Vault, practice_id: UUID) -> None:
    assert _checked(database, vault, practice_id).is_intact


def test_only_so_many_are_checked_and_that_is_said(database: Database, vault: Vault, trail: UUID) -> None:
    assert _checked(database, vault, trail, at_most=4) == TailCheck(
        checked=4, is_whole=False, damaged=(), is_end_sound=True
    )
    assert _checked(database, vault, trail, at_most=6).is_whole


@pytest.mark.parametrize(
    ("tampering", "damaged", "is_end_sound"),
    [
        ("update audit_entry set who_name = 'Bob' where number = 4", (4,), True),
        ("delete from audit_entry where number = 4", (5,), True),
        ("delete from audit_entry where number = 1", (2,), True),
        ("delete from audit_entry where number = 6", (), False),
        ("delete from audit_head", (), False),
        ("update audit_head set entry_count = 5", (), False),
    ],
)
def test_whatever_was_done_to_it_shows(
    database: Database,
    vault: Vault,
    trail: UUID,
    superuser: psycopg.Connection,
    tampering: str,
    damaged: tuple[int, ...],
    is_end_sound: bool,
) -> None:
    superuser.execute("set session_replication_role = replica")
    superuser.execute(tampering.encode())
    found = _checked(database, vault, trail)
    assert (found.damaged, found.is_end_sound, found.is_intact) == (damaged, is_end_sound, False)
