"""The audit trail: in order and without a gap, written with the act or not at all, and found again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from visitsync.storage import audit
from visitsync.storage.audit import AuditBroken, Selection
from visitsync.storage.audit_entry import LONGEST_DETAIL, LONGEST_TEXT, Entry, Who, WhoKind
from visitsync.storage.database import Database, Transaction
from visitsync.storage.keyring import Keyring
from visitsync.storage.practices import add_practice
from visitsync.storage.vault import Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ALMA = Who(WhoKind.STAFF, "6a0f7c1e", "Alma Brandt")
REWRITINGS = (
    "update audit_entry set who = who",
    "delete from audit_entry",
    "truncate audit_entry",
    "delete from audit_head",
    "truncate audit_head",
)
SEARCHED = {"searched": "Zebediah Quux"}


def an_entry(at: datetime = NOW, **more: Any) -> Entry:
    entry = Entry(at=at, who=ALMA, act="view-answer", object_kind="appointment", object_id="a1")
    return msgspec.structs.replace(entry, **more)


def record(database: Database, vault: Vault, practice_id: UUID, *entries: Entry) -> list[int]:
    numbers = []
    for entry in entries:
        with database.practice(practice_id) as transaction:
            numbers.append(audit.record(transaction, vault, entry))
    return numbers


def numbers_of(database: Database, vault: Vault, practice_id: UUID, **wanted: Any) -> list[int]:
    with database.practice(practice_id) as transaction:
        return [one.number for one in audit.entries(transaction, vault, Selection(**wanted))]


def is_intact(database: Database, vault: Vault, practice_id: UUID) -> bool:
    with database.practice(practice_id) as transaction:
        return audit.verify(transaction, vault).is_intact


def test_an_entry_comes_back_whole(database: Database, vault: Vault, practice_id: UUID) -> None:
    entry = an_entry(why="find", details=SEARCHED, request_id="r-1", address="2001:db8::7")
    assert record(database, vault, practice_id, entry) == [1]
    with database.practice(practice_id) as transaction:
        [found] = audit.entries(transaction, vault)
    assert (found.number, found.entry, found.is_genuine) == (1, entry, True)
    assert "Quux" not in repr(found) + repr(found.entry)


def test_what_staff_searched_for_is_nowhere_readable(
    database: Database, vault: Vault, practice_id: UUID, superuser: psycopg.Connection
) -> None:
    record(database, vault, practice_id, an_entry(details=SEARCHED))
    [row] = superuser.execute("select * from audit_entry").fetchall()
    assert b"Quux" not in b"".join(value for value in row if isinstance(value, bytes))
    assert "Quux" not in str(row)


def test_it_stands_only_if_the_act_does(database: Database, vault: Vault, practice_id: UUID) -> None:
    with pytest.raises(ZeroDivisionError), database.practice(practice_id) as transaction:  # noqa: PT012
        audit.record(transaction, vault, an_entry())
        raise ZeroDivisionError
    assert record(database, vault, practice_id, an_entry(), an_entry()) == [1, 2]
    assert is_intact(database, vault, practice_id)


def test_a_clock_set_back_changes_no_order(database: Database, vault: Vault, practice_id: UUID) -> None:
    times = [NOW, NOW - timedelta(days=400), NOW + timedelta(hours=1), NOW - timedelta(microseconds=1)]
    assert record(database, vault, practice_id, *map(an_entry, times)) == [1, 2, 3, 4]
    assert numbers_of(database, vault, practice_id) == [4, 3, 2, 1]
    assert is_intact(database, vault, practice_id)


def test_many_who_write_at_once_leave_no_gap(database_url: str, vault: Vault) -> None:
    with Database(database_url, connections=8) as database:
        practices = [add_practice(database, slug=slug, name=slug, zone="UTC").practice_id for slug in ("one", "other")]
        jobs = [practices[number % 2] for number in range(200)]
        with ThreadPoolExecutor(8) as threads:
            told = list(
                zip(jobs, threads.map(lambda one: record(database, vault, one, an_entry())[0], jobs), strict=True)
            )
        for practice_id in practices:
            assert sorted(number for owner, number in told if owner == practice_id) == list(range(1, 101))
            assert is_intact(database, vault, practice_id)


def test_while_others_write_the_trail_is_still_found_intact(database_url: str, vault: Vault) -> None:
    with Database(database_url, connections=4) as database, ThreadPoolExecutor(2) as threads:
        practice_id = add_practice(database, slug="one", name="one", zone="UTC").practice_id
        writing = threads.submit(record, database, vault, practice_id, *[an_entry()] * 150)
        looks = 0
        while not writing.done() or not looks:
            assert is_intact(database, vault, practice_id)
            looks += 1
        assert writing.result()[-1] == 150


def test_an_entry_costs_two_statements(database: Database, vault: Vault, practice_id: UUID) -> None:
    record(database, vault, practice_id, an_entry())
    with database.practice(practice_id) as transaction:
        counting = _Counting(transaction)
        audit.record(counting, vault, an_entry(details=SEARCHED))
    assert counting.statements == 2


class _Counting(Transaction):
    """The same transaction, counting what it asks of the server."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction.connection, transaction.practice_id)
        self.statements = 0

    def execute(self, query: Any, parameters: Any = None, *, binary: bool = False) -> psycopg.Cursor:
        self.statements += 1
        return super().execute(query, parameters, binary=binary)


@pytest.mark.parametrize(
    "statement", [*REWRITINGS, "alter table audit_entry disable trigger all", "drop table audit_head"]
)
def test_the_application_cannot_rewrite_it(database: Database, vault: Vault, practice_id: UUID, statement: str) -> None:
    record(database, vault, practice_id, an_entry())
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.practice(practice_id) as transaction:
        transaction.execute(statement.encode())
    assert numbers_of(database, vault, practice_id) == [1]


@pytest.mark.parametrize("statement", REWRITINGS)
def test_even_the_owner_cannot_by_mistake(owner_url: str, statement: str) -> None:
    with psycopg.connect(owner_url) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege, match="only ever"):
        owner.execute(statement.encode())


def test_nothing_is_recorded_for_another_practice(database: Database, vault: Vault, practice_id: UUID) -> None:
    other = add_practice(database, slug="other", name="Other", zone="UTC").practice_id
    record(database, vault, practice_id, an_entry())
    copy = """insert into audit_entry select %s, number + 1, at, who_kind, who, who_name, act, object_kind, object_id,
              why, details, request_id, address, previous_hash, hash from audit_entry"""
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.practice(practice_id) as transaction:
        transaction.execute(copy.encode(), [other])
    assert numbers_of(database, vault, other) == []


def test_entries_are_chosen_and_paged(database: Database, vault: Vault, practice_id: UUID) -> None:
    bob = Who(WhoKind.STRANGER, "somebody")
    later = NOW + timedelta(hours=1)
    record(database, vault, practice_id, an_entry(), an_entry(who=bob, act="refused"), an_entry(later, object_id="a2"),
           an_entry(later, object_kind="patient"))  # fmt: skip
    chosen: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [4, 3, 2, 1]),
        ({"who": "somebody"}, [2]),
        ({"act": "view-answer"}, [4, 3, 1]),
        ({"object_id": "a1"}, [4, 2, 1]),
        ({"object_kind": "appointment", "object_id": "a1"}, [2, 1]),
        ({"since": later}, [4, 3]),
        ({"until": later}, [2, 1]),
        ({"before": 3}, [2, 1]),
        ({"who": ALMA.id, "before": 4, "since": NOW}, [3, 1]),
        ({"who": "' or true --"}, []),
    ]
    for wanted, numbers in chosen:
        assert numbers_of(database, vault, practice_id, **wanted) == numbers, wanted
    with database.practice(practice_id) as transaction:
        assert [one.number for one in audit.entries(transaction, vault, limit=2)] == [4, 3]


def test_hostile_text_is_kept_as_far_as_it_can_be(database: Database, vault: Vault, practice_id: UUID) -> None:
    hostile = "\0\ud800'; drop table audit_entry; --\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 5000
    entry = an_entry(object_id=hostile, address=hostile, details={"searched": hostile})
    record(database, vault, practice_id, entry)
    with database.practice(practice_id) as transaction:
        [found] = audit.entries(transaction, vault)
    assert found.entry.object_id.startswith(
        "\N{REPLACEMENT CHARACTER}?'; drop table audit_entry; --\N{RIGHT-TO-LEFT OVERRIDE}x"
    )
    assert (len(found.entry.object_id), len(found.entry.details["searched"])) == (LONGEST_TEXT, LONGEST_DETAIL)
    assert is_intact(database, vault, practice_id)


@pytest.mark.parametrize("wrong", [{"at": datetime(2026, 11, 23)}, {"act": ""}])
def test_an_entry_without_time_zone_or_act_is_refused(
    database: Database, vault: Vault, practice_id: UUID, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="needs an act"):
        record(database, vault, practice_id, an_entry(**wrong))


@pytest.mark.parametrize("harm", ["update audit_head set entry_count = 0", "update audit_head set seal = hash",
                                  "delete from audit_head"])  # fmt: skip
def test_a_broken_end_takes_no_entry_until_a_person_resumes(
    database: Database, vault: Vault, practice_id: UUID, superuser: psycopg.Connection, harm: str
) -> None:
    record(database, vault, practice_id, an_entry(), an_entry())
    superuser.execute("set session_replication_role = replica")
    superuser.execute(harm.encode())
    with pytest.raises(AuditBroken):
        record(database, vault, practice_id, an_entry())
    with database.practice(practice_id) as transaction:
        assert audit.resume(transaction, vault, an_entry(act="audit-resumed")) == 3
    assert record(database, vault, practice_id, an_entry()) == [4]
    assert is_intact(database, vault, practice_id)


def test_resuming_hides_nothing_that_is_missing(
    database: Database, vault: Vault, practice_id: UUID, superuser: psycopg.Connection
) -> None:
    record(database, vault, practice_id, *[an_entry()] * 3)
    superuser.execute("set session_replication_role = replica")
    superuser.execute("delete from audit_entry where number >= 2")
    with database.practice(practice_id) as transaction:
        assert audit.resume(transaction, vault, an_entry(act="audit-resumed")) == 4
        [finding] = audit.verify(transaction, vault).findings
    assert finding.sentence == "Missing: entries 2 to 3."


def test_a_sealed_detail_survives_a_rotation_of_the_data_keys(database: Database, practice_id: UUID) -> None:
    rings = (Keyring(index_key=b"i" * 32, data_keys={key: bytes([key]) * 32}, sealing_key_id=key) for key in (1, 2))
    old, new = map(Vault, rings)
    record(database, old, practice_id, an_entry(details=SEARCHED))
    with database.practice(practice_id) as transaction:
        assert audit.entries(transaction, new)[0].entry.details == SEARCHED
        assert audit.verify(transaction, new).is_intact
