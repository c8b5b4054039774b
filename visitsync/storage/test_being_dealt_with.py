"""Who deals with what: one at a time, told to everybody, ended by a person or by its being mended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from visitsync.storage import being_dealt_with, staff
from visitsync.storage.database import Database, Transaction
from visitsync.storage.vault import Vault

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def transaction(database: Database, practice_id: UUID) -> Iterator[Transaction]:
    with database.practice(practice_id) as transaction:
        yield transaction


def test_who_deals_with_it_is_told_with_the_note(transaction: Transaction, vault: Vault) -> None:
    frida = _hire(transaction, vault, "Frida")
    _begin(transaction, vault, frida, note="calling\0 now \n at ten")
    [one] = being_dealt_with.current(transaction, vault).values()
    assert (one.subject, one.name, one.note, one.ended_at) == ("g1", "Frida", "calling now at ten", None)
    assert repr(one) == f"Dealing({one.dealing_id})"


def test_whoever_takes_over_is_the_only_one_and_the_history_keeps_both(transaction: Transaction, vault: Vault) -> None:
    frida, ana = _hire(transaction, vault, "Frida"), _hire(transaction, vault, "Ana")
    _begin(transaction, vault, frida)
    _begin(transaction, vault, ana, now=LATER)
    assert being_dealt_with.current(transaction, vault)["g1"].name == "Ana"
    newest, oldest = being_dealt_with.latest(transaction, vault, at_most=9)
    assert (newest.name, newest.ended_at) == ("Ana", None)
    assert (oldest.name, oldest.ended_at, oldest.ended_by) == ("Frida", LATER, "Ana")


def test_what_is_mended_ends_by_itself_and_names_nobody(transaction: Transaction, vault: Vault) -> None:
    frida = _hire(transaction, vault, "Frida")
    _begin(transaction, vault, frida)
    _begin(transaction, vault, frida, subject="g2")
    being_dealt_with.end_mended(transaction, {"g1"}, now=LATER)
    assert list(being_dealt_with.current(transaction, vault)) == ["g2"]
    ended = next(one for one in being_dealt_with.latest(transaction, vault, at_most=9) if one.subject == "g1")
    assert (ended.ended_at, ended.ended_by) == (LATER, None)


def test_putting_down_what_nobody_has_is_told(transaction: Transaction, vault: Vault) -> None:
    frida = _hire(transaction, vault, "Frida")
    assert not being_dealt_with.end(transaction, "g1", staff_id=frida, now=NOW)
    _begin(transaction, vault, frida)
    assert being_dealt_with.end(transaction, "g1", staff_id=frida, now=LATER)
    assert not being_dealt_with.current(transaction, vault)


def test_a_note_that_names_somebody_is_not_readable_in_the_database(
    database: Database, vault: Vault, practice_id: UUID, superuser: psycopg.Connection
) -> None:
    with database.practice(practice_id) as transaction:
        _begin(transaction, vault, _hire(transaction, vault, "Frida"), note="Zebediah Quux")
    [row] = superuser.execute("select note from being_dealt_with").fetchall()
    assert b"Quux" not in row[0]


def _hire(transaction: Transaction, vault: Vault, name: str) -> UUID:
    email = f"{name}@clinic.example".lower()
    return staff.add_staff(transaction, vault, name=name, email=email, role="front desk").staff_id


def _begin(
    transaction: Transaction,
    vault: Vault,
    staff_id: UUID,
    *,
    subject: str = "g1",
    note: str = "",
    now: datetime = NOW,
) -> None:
    being_dealt_with.begin(
        transaction, vault, subject=subject, title="7 patients have no e-mail", staff_id=staff_id, note=note, now=now
    )
