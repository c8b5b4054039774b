"""Pausing, resuming and reading at once, as people with the right do it."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from tests.stage.clinic import Clinics
from visitsync.storage import audit, practices
from visitsync.storage.audit import Selection
from visitsync.storage.practices import ConnectionState, StoredConnection
from visitsync.sync.jobs import sync_is_due_at

AsPerson = Callable[[str], Client]


def address(clinics: Clinics, what: str = "") -> str:
    return f"/p/larkspur/connections/{clinics.opened['larkspur'].connection_id}{what}"


def test_who_pauses_says_why_and_everybody_sees_it_until_it_is_resumed(clinics: Clinics, as_person: AsPerson) -> None:
    admin = as_person("admin")
    answer = admin.post(address(clinics, "/pause"), {"reason": "New <b>building</b>"}, follow=True).content.decode()
    assert _connection(clinics).state is ConnectionState.PAUSED
    assert "“New &lt;b&gt;building&lt;/b&gt;”" in answer
    assert "Paused by <bdi>Ana Admin</bdi>" in as_person("front").get("/p/larkspur/connections").content.decode()
    admin.post(address(clinics, "/resume"))
    assert _connection(clinics).state is ConnectionState.ACTIVE
    assert "building" not in as_person("front").get("/p/larkspur/connections").content.decode()


def test_the_reason_stands_sealed_in_the_trail_and_nowhere_in_the_open(clinics: Clinics, as_person: AsPerson) -> None:
    as_person("admin").post(address(clinics, "/pause"), {"reason": "moving house"})
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        [entry] = audit.entries(transaction, clinics.vault, Selection(act="pause-connection"))
        kept = transaction.execute(
            "select string_agg(position, ' ') from bookmark where practice_id = %s", (transaction.practice_id,)
        ).fetchone()
    assert entry.entry.details == {"reason": "moving house"}
    assert kept is not None
    assert "moving house" not in kept[0]


def test_without_a_reason_nothing_is_paused(clinics: Clinics, as_person: AsPerson) -> None:
    answer = as_person("admin").post(address(clinics, "/pause"), {"reason": "  "}, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    assert _connection(clinics).state is ConnectionState.ACTIVE


def test_a_reading_is_put_in_at_once_and_not_again_within_a_minute(clinics: Clinics, as_person: AsPerson) -> None:
    admin = as_person("admin")
    assert "as soon as possible" in admin.post(address(clinics, "/read"), follow=True).content.decode()
    with clinics.database.shared() as shared:
        assert sync_is_due_at(shared, clinics.opened["larkspur"].connection_id) is not None
    assert "You can ask again at 9:31 AM" in admin.post(address(clinics, "/read"), follow=True).content.decode()
    clinics.clock.advance(timedelta(minutes=1))
    assert "as soon as possible" in admin.post(address(clinics, "/read"), follow=True).content.decode()


def test_what_is_paused_is_not_read_at_once(clinics: Clinics, as_person: AsPerson) -> None:
    admin = as_person("admin")
    admin.post(address(clinics, "/pause"), {"reason": "x"})
    assert "not being read at present" in admin.post(address(clinics, "/read"), follow=True).content.decode()


def _connection(clinics: Clinics) -> StoredConnection:
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        return practices.find_connection(transaction, opened.connection_id)
