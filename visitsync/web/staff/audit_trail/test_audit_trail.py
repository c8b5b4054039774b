"""Who did what, as an admin gets it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import psycopg
import pytest
from django.test import Client
from psycopg.conninfo import conninfo_to_dict

from tests.stage.clinic import NOW, Clinics
from tests.stage.counting import counted_statements
from visitsync.storage import audit
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.web.staff.audit_trail import views

TRAIL = "/p/larkspur/activity/trail"
AsPerson = Callable[[str], Client]


def test_who_did_what_when_is_told_newest_first(as_person: AsPerson, clinics: Clinics) -> None:
    as_person("front").get("/p/larkspur/today")
    _note(clinics, act="search", details={"query": "Percival Stokes"})
    words = _words(as_person("admin").get(TRAIL))
    assert "9:30:00 AM Ana Admin Searched for an appointment searched for Percival Stokes" in words
    assert "Frida Front Looked at a day: day 2026-11-24" in words
    assert words.index("Searched for an appointment searched") < words.index("Looked at a day: day")


def test_looking_is_an_entry_too(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("admin")
    client.get(TRAIL)
    assert "Looked at this trail" in _words(client.get(TRAIL)).partition("Only theirs")[0]


@pytest.mark.parametrize(("who", "status"), [("front", 403), ("reader", 403), ("operator", 403), ("other-admin", 404)])
def test_only_the_practices_admins_may_see_it(as_person: AsPerson, clinics: Clinics, who: str, status: int) -> None:
    assert as_person(who).get(TRAIL).status_code == status


@pytest.mark.parametrize(
    ("query", "told", "not_told"),
    [
        ("act=vote", "Said whether an answer helped No.", "Looked at an answer: "),
        ("who=b-2", "Bert Before", "Ana Admin Looked"),
        ("kind=appointment&id=700123", "Looked at an answer: appointment 700123", "Bert Before"),
        ("since=2026-11-20&until=2026-11-20", "Bert Before", "Looked at an answer: "),
        ("since=2027-01-01", "Nothing fits this choice", "Bert Before"),
        ("since=9999-99-99&before=-3&who=%00", "Bert Before", "Nothing fits"),
    ],
)
def test_it_may_be_narrowed(as_person: AsPerson, clinics: Clinics, query: str, told: str, not_told: str) -> None:
    _note(clinics, act="view-answer", object_kind="appointment", object_id="700123")
    _note(clinics, act="vote", who=Who(WhoKind.STAFF, "b-2", "Bert Before"), at=datetime(2026, 11, 20, 15, tzinfo=UTC))
    listed = _words(as_person("admin").get(f"{TRAIL}?{query}")).partition("Until")[2]
    assert told in listed
    assert not_told not in listed


def test_older_entries_are_led_to_page_by_page(
    as_person: AsPerson, clinics: Clinics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 4)
    first = len(_numbers(as_person("admin").get(TRAIL)))
    for _ in range(9):
        _note(clinics, act="vote")
    client, seen, address = as_person("admin"), [], "?act=vote"
    while address:
        answer = client.get(TRAIL + address)
        seen += _numbers(answer)
        older = re.search(r'href="([^"]*before=[^"]*)">Older', answer.content.decode())
        address = unescape(older[1]) if older else ""
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 9
    assert first <= 4


def test_it_says_that_nothing_was_changed(as_person: AsPerson, clinics: Clinics) -> None:
    _note(clinics, act="vote")
    assert re.search(r"Checked every entry \(\d+\): nothing was changed", _words(as_person("admin").get(TRAIL)))


def test_where_there_are_too_many_it_says_how_many_it_checked(
    as_person: AsPerson, clinics: Clinics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "CHECKED", 3)
    for _ in range(5):
        _note(clinics, act="vote")
    words = _words(as_person("admin").get(TRAIL))
    assert "Checked the latest 3 entries: nothing was changed. Whoever runs this installation checks the whole" in words


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update audit_entry set who_name = 'Nobody' where act = 'vote'", "Changed since it was written"),
        ("delete from audit_head", "Its end was changed or removed, so nothing is added to it any more"),
    ],
)
def test_tampering_shows_and_the_page_stays_readable(
    as_person: AsPerson, clinics: Clinics, postgres_url: str, tampering: str, told: str
) -> None:
    _note(clinics, act="vote")
    client = as_person("admin")
    name = str(conninfo_to_dict(clinics.database.url)["dbname"])
    with psycopg.connect(postgres_url, dbname=name, autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute(tampering.encode())
    answer = client.get(TRAIL)
    assert answer.status_code == 200
    assert "This trail is not what was written" in _words(answer)
    assert told in _words(answer)


def test_hostile_text_is_shown_as_text(as_person: AsPerson, clinics: Clinics) -> None:
    who = Who(WhoKind.STRANGER, "", "<script>alert(1)</script>")
    _note(clinics, act="sign-in-failed", who=who, object_id="\u202e" + "x" * 290, details={"query": "<b>&"})
    page = as_person("admin").get(TRAIL).content.decode()
    assert "<script>alert" not in page
    assert "<b>&" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_it_asks_little_of_the_database(as_person: AsPerson, clinics: Clinics) -> None:
    for _ in range(30):
        _note(clinics, act="vote")
    client = as_person("admin")
    client.get(TRAIL)
    with counted_statements() as asked:
        client.get(TRAIL)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


MOST_QUERIES = 16


def _note(
    clinics: Clinics,
    *,
    act: str,
    who: Who | None = None,
    at: datetime = NOW,
    object_kind: str = "",
    object_id: str = "",
    details: dict[str, str] | None = None,
) -> None:
    entry = Entry(
        at=at,
        who=who or Who(WhoKind.STAFF, "a-1", "Ana Admin"),
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        details=details or {},
    )
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        audit.record(transaction, clinics.vault, entry)


def _numbers(answer: Any) -> list[int]:
    return [int(number) for number in re.findall(r"<span>No\. (\d+)", answer.content.decode())]


def _words(answer: Any) -> str:
    page = re.sub(r"<(script|style|head|select).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
