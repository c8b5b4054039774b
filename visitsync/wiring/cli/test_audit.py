"""The audit trail by command: verified, anchored, shown without patient data, resumed."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from visitsync.storage import audit
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.wiring.conftest import Visitsync
from visitsync.wiring.house import House

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
Record = Callable[[int], None]


@pytest.fixture
def lakeside(visitsync: Visitsync) -> UUID:
    added = visitsync("practice", "add", "lakeside", "--name", "Lakeside", "--zone", "America/Chicago", "--json")
    return UUID(added.json["practice_id"])


@pytest.fixture
def record(house: House, lakeside: UUID) -> Record:
    """Adds so many searches for somebody, a minute apart."""

    def add(count: int) -> None:
        for number in range(count):
            entry = Entry(
                at=NOW + timedelta(minutes=number),
                who=Who(WhoKind.STAFF, "6a0f7c1e", "Alma Brandt"),
                act="search" if number else "export",
                object_kind="appointment",
                object_id=f"a{number}",
                why="find",
                details={"searched": "Zebediah Quux"},
            )
            with house.database.practice(lakeside) as transaction:
                audit.record(transaction, house.vault, entry)

    return add


@pytest.fixture
def intruder(owner_url: str, postgres_url: str) -> Iterator[psycopg.Connection]:
    """Whom neither walls nor triggers stop."""
    url = make_conninfo(postgres_url, dbname=conninfo_to_dict(owner_url)["dbname"])
    with psycopg.connect(url, autocommit=True, options="-c session_replication_role=replica") as intruder:
        yield intruder


def test_an_untouched_trail_is_intact(visitsync: Visitsync, record: Record) -> None:
    record(3)
    told = visitsync("audit", "verify")
    assert (told.code, told.words) == (0, "lakeside: 3 entries, intact. ")
    assert visitsync("audit", "verify", "lakeside", "--json").json == [
        {"practice": "lakeside", "entries": 3, "is_intact": True, "findings": [], "further": 0}
    ]


def test_tampering_is_told_with_the_numbers(visitsync: Visitsync, record: Record, intruder: psycopg.Connection) -> None:
    record(5)
    intruder.execute("delete from audit_entry where number = 2")
    intruder.execute("update audit_entry set object_id = 'a9' where number = 4")
    told = visitsync("audit", "verify", "lakeside")
    assert told.code == 1
    for words in ("TAMPERED WITH", "Missing: entry 2.", "Changed since it was written: entry 4."):
        assert words in told.words


def test_a_tail_cut_off_with_its_head_is_found_by_the_anchors(
    visitsync: Visitsync, record: Record, intruder: psycopg.Connection, tmp_path: Path
) -> None:
    record(3)
    older = intruder.execute("select entry_count, hash, seal from audit_head").fetchone()
    assert older is not None
    record(2)
    kept = tmp_path / "anchors.jsonl"
    anchored = visitsync("audit", "anchor")
    assert anchored.code == 0
    assert json.loads(anchored.out)["count"] == 5
    kept.write_text(anchored.out + "\n")
    assert visitsync("audit", "verify", "--anchors", str(kept)).code == 0
    intruder.execute("delete from audit_entry where number > 3")
    intruder.execute("update audit_head set (entry_count, hash, seal) = (%s, %s, %s)", older)
    assert visitsync("audit", "verify").code == 0, "without an anchor nobody can know"
    told = visitsync("audit", "verify", "lakeside", "--anchors", str(kept))
    assert told.code == 1
    assert "kept elsewhere at entry 5: rewritten or cut." in told.words


def test_a_practice_that_vanished_is_missed(
    visitsync: Visitsync, record: Record, intruder: psycopg.Connection, tmp_path: Path
) -> None:
    record(1)
    kept = tmp_path / "anchors.jsonl"
    kept.write_text(visitsync("audit", "anchor").out)
    intruder.execute("delete from practice")
    intruder.execute("delete from tenant")
    told = visitsync("audit", "verify", "--anchors", str(kept), "--json")
    assert told.code == 1
    assert "no longer in the register" in told.json[0]["findings"][0]


NO_ANCHOR = {"practice": "l", "practice_id": str(UUID(int=7)), "count": 1, "hash": "no", "taken_at": NOW.isoformat()}


@pytest.mark.parametrize("text", ["not json\n", '{"practice": "lakeside"}\n', "\x00", json.dumps(NO_ANCHOR)])
def test_a_file_of_anything_else_is_refused(visitsync: Visitsync, lakeside: UUID, tmp_path: Path, text: str) -> None:
    (tmp_path / "anchors").write_text(text)
    refused = visitsync("audit", "verify", "--anchors", str(tmp_path / "anchors"))
    assert refused.code == 2
    assert "visitsync audit anchor" in refused.err


def test_entries_are_shown_in_the_practices_time_without_what_was_searched(
    visitsync: Visitsync, record: Record
) -> None:
    record(3)
    shown = visitsync("audit", "show", "lakeside")
    assert shown.code == 0
    assert "2026-11-23 08:02:00 Alma Brandt search appointment a2 find" in shown.words
    facts = visitsync("audit", "show", "lakeside", "--json")
    assert [one["number"] for one in facts.json] == [3, 2, 1]
    assert facts.json[0]["has_details"]
    assert "Quux" not in shown.out + facts.out


def test_entries_are_chosen(visitsync: Visitsync, record: Record) -> None:
    record(4)

    def numbers(*options: str) -> list[int]:
        return [one["number"] for one in visitsync("audit", "show", "lakeside", "--json", *options).json]

    assert numbers("--act", "export") == [1]
    assert numbers("--object", "a2") == [3]
    assert numbers("--who", "nobody") == []
    assert numbers("--since", "2026-11-24") == []
    assert numbers("--until", "2026-11-24", "--limit", "2", "--before", "4") == [3, 2]
    assert "No entry fits." in visitsync("audit", "show", "lakeside", "--who", "nobody").words


def test_a_changed_entry_is_marked(visitsync: Visitsync, record: Record, intruder: psycopg.Connection) -> None:
    record(2)
    intruder.execute("update audit_entry set who_name = 'Bob' where number = 1")
    shown = visitsync("audit", "show", "lakeside")
    assert shown.code == 1
    assert shown.words.count("CHANGED SINCE") == 1


def test_after_the_end_was_changed_it_goes_on_once_a_person_says_so(
    visitsync: Visitsync, record: Record, intruder: psycopg.Connection
) -> None:
    record(2)
    assert "nothing to resume" in visitsync("audit", "resume", "--why", "just so").words
    intruder.execute("delete from audit_head")
    broken = visitsync("audit", "anchor")
    assert (broken.code, broken.out) == (1, "")
    assert "lakeside" in broken.err
    assert visitsync("audit", "resume", "-p", "lakeside", "--why", "looked into by the board").code == 0
    newest = visitsync("audit", "show", "lakeside", "--json").json[0]
    assert (newest["number"], newest["act"], newest["who"]) == (3, "audit-resumed", "Alice")
    record(1)
    assert visitsync("audit", "verify").code == 0
