"""Whoever can write anything into the database is still found by `verify`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from visitsync.storage import audit
from visitsync.storage.audit_chain import Anchor, Damage, Verification
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.storage.database import Database
from visitsync.storage.practices import add_practice
from visitsync.storage.vault import Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LENGTH = 6

# For every column another value; the columns are asked of the database, so that one added later must be named here.
CHANGES = {
    "practice_id": "gen_random_uuid()",
    "number": "number + 100",
    "at": "'infinity'",
    "who_kind": "'process'",
    "who": "'somebody else'",
    "who_name": "who_name || ' '",
    "act": "'help'",
    "object_kind": "'patient'",
    "object_id": "'a2'",
    "why": "''",
    "details": "null",
    "request_id": "request_id || '1'",
    "address": "'198.51.100.1'",
    "previous_hash": "hash",
    "hash": "previous_hash",
}
TAMPERS: dict[str, tuple[str, set[Damage]]] = {
    "one removed": ("delete from audit_entry where {mine} and number = 3", {Damage.MISSING}),
    "the first removed": ("delete from audit_entry where {mine} and number = 1", {Damage.MISSING}),
    "all removed": ("delete from audit_entry where {mine}", {Damage.MISSING}),
    "removed and closed up": (
        """delete from audit_entry where {mine} and number = 3;
         update audit_entry set number = number - 1 where {mine} and number > 3""",
        {Damage.CHANGED, Damage.MISSING},
    ),
    "two swapped": (
        """update audit_entry set number = 100 + number where {mine} and number in (2, 4);
         update audit_entry set number = 106 - number where {mine} and number > 100""",
        {Damage.CHANGED, Damage.DETACHED},
    ),
    "one copied to the end": (
        """create temp table copied as select * from audit_entry where {mine} and number = 3;
         update copied set number = 7; insert into audit_entry select * from copied; drop table copied""",
        {Damage.CHANGED, Damage.HEAD},
    ),
    "replayed from another practice": (
        """create temp table copied as select * from audit_entry where not {mine} and number = 3;
         update copied set practice_id = {practice}; delete from audit_entry where {mine} and number = 3;
         insert into audit_entry select * from copied; drop table copied""",
        {Damage.CHANGED, Damage.DETACHED},
    ),
    "the tail cut": ("delete from audit_entry where {mine} and number > 4", {Damage.MISSING}),
    "the tail cut and the head moved": (
        """delete from audit_entry where {mine} and number > 4; update audit_head set entry_count = 4,
         hash = (select hash from audit_entry where {mine} and number = 4) where {mine}""",
        {Damage.HEAD},
    ),
    "the head removed": ("delete from audit_head where {mine}", {Damage.HEAD}),
    "the head of another practice": (
        """update audit_head set (entry_count, hash, seal) =
         (select entry_count, hash, seal from audit_head where not {mine}) where {mine}""",
        {Damage.HEAD},
    ),
}

Tamper = Callable[[str], Verification]


@pytest.fixture
def tamper(database: Database, vault: Vault, practice_id: UUID, superuser: psycopg.Connection) -> Tamper:
    """Two practices have a trail; somebody whom no wall and no trigger stops runs SQL; then the first is verified."""
    other = add_practice(database, slug="other", name="Other", zone="UTC").practice_id
    _record_some(database, vault, practice_id, "view-answer")
    _record_some(database, vault, other, "export")
    superuser.execute("set session_replication_role = replica")

    def run(statements: str) -> Verification:
        filled = statements.format(mine=f"practice_id = '{practice_id}'", practice=f"'{practice_id}'")
        superuser.execute(filled.encode())
        with database.practice(practice_id) as transaction:
            return audit.verify(transaction, vault)

    return run


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_any_column_is_found(tamper: Tamper, column: str) -> None:
    found = tamper(f"update audit_entry set {column} = {CHANGES[column]} where {{mine}} and number = 3")
    lost = column in {"practice_id", "number"}
    assert {(one.damage, one.first) for one in found.findings} >= {(Damage.MISSING if lost else Damage.CHANGED, 3)}


def test_no_column_is_left_out(superuser: psycopg.Connection) -> None:
    columns = superuser.execute(
        "select attname from pg_attribute where attrelid = 'audit_entry'::regclass and attnum > 0"
    )
    assert {name for (name,) in columns} == set(CHANGES)


@pytest.mark.parametrize("kind", TAMPERS)
def test_a_tampered_trail_is_found(tamper: Tamper, kind: str) -> None:
    statements, damages = TAMPERS[kind]
    found = tamper(statements)
    assert {one.damage for one in found.findings} == damages


def test_what_nobody_touched_is_intact(tamper: Tamper) -> None:
    assert tamper("update audit_entry set number = number where {mine}") == Verification(
        entries=LENGTH, findings=(), further=0
    )


def test_a_changed_entry_is_marked_where_entries_are_shown(
    tamper: Tamper, database: Database, vault: Vault, practice_id: UUID
) -> None:
    tamper("update audit_entry set at = 'infinity', details = 'x' where {mine} and number = 3")
    with database.practice(practice_id) as transaction:
        shown = {one.number: one for one in audit.entries(transaction, vault)}
    assert [number for number, one in shown.items() if not one.is_genuine] == [3]
    assert shown[3].entry.details == {}


def test_a_backup_put_back_is_found_by_an_anchor_alone(
    tamper: Tamper, database: Database, vault: Vault, practice_id: UUID
) -> None:
    tamper("create table kept_entries as table audit_entry; create table kept_heads as table audit_head")
    _record_some(database, vault, practice_id, "export")
    with database.practice(practice_id) as transaction:
        anchor = audit.anchor(transaction, vault)
    assert anchor.count == 2 * LENGTH
    found = tamper("delete from audit_entry; delete from audit_head; insert into audit_entry table kept_entries; "
                   "insert into audit_head table kept_heads; drop table kept_entries, kept_heads")  # fmt: skip
    assert found.is_intact
    with database.practice(practice_id) as transaction:
        told = audit.verify(transaction, vault, [anchor, Anchor.from_text("0:")]).findings
    assert [(one.damage, one.first) for one in told] == [(Damage.ANCHOR, 2 * LENGTH)]


def test_an_anchor_of_an_earlier_day_fits_as_long_as_nothing_is_rewritten(
    database: Database, vault: Vault, practice_id: UUID
) -> None:
    _record_some(database, vault, practice_id, "view-answer")
    with database.practice(practice_id) as transaction:
        anchor = audit.anchor(transaction, vault)
    _record_some(database, vault, practice_id, "export")
    with database.practice(practice_id) as transaction:
        assert audit.verify(transaction, vault, [anchor]).is_intact
        assert not audit.verify(transaction, vault, [Anchor(anchor.count - 1, anchor.hash)]).is_intact


def test_the_owner_who_disables_the_trigger_on_purpose_is_found(
    own_owner_url: str, own_database_url: str, vault: Vault
) -> None:
    with Database(own_database_url) as database:
        practice_id = add_practice(database, slug="one", name="One", zone="UTC").practice_id
        _record_some(database, vault, practice_id, "view-answer")
        with psycopg.connect(own_owner_url) as owner:
            owner.execute("select set_config('app.practice', %s, false)", [str(practice_id)])
            owner.execute("alter table audit_entry disable trigger only_added_to")
            assert owner.execute("update audit_entry set who_name = 'Somebody Else' where number = 2").rowcount == 1
            owner.execute("alter table audit_entry enable trigger only_added_to")
        with database.practice(practice_id) as transaction:
            [finding] = audit.verify(transaction, vault).findings
    assert finding.sentence == "Changed since it was written: entry 2."


def _record_some(database: Database, vault: Vault, practice_id: UUID, act: str) -> None:
    for number in range(1, LENGTH + 1):
        entry = Entry(
            at=NOW + timedelta(minutes=number),
            who=Who(WhoKind.STAFF, f"staff-{number}", "Alma Brandt"),
            act=act,
            object_kind="appointment",
            object_id="a1",
            why="find",
            details={"searched": "Zebediah Quux"},
            request_id=f"r{number}",
            address="192.0.2.7",
        )
        with database.practice(practice_id) as transaction:
            audit.record(transaction, vault, entry)
