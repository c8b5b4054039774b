"""Connections, as people of the practice get it: who sees what, and in how few queries."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from visitsync.storage import practices
from visitsync.storage.practices import ConnectionState

OVERVIEW = "/p/larkspur/connections"


def test_the_overview_says_how_the_connection_fares(as_person: Callable[[str], Client]) -> None:
    page = as_person("front").get(OVERVIEW).content.decode()
    assert "DrChrono" in page
    assert "Fine" in page
    assert "Within 15 minutes, as DrChrono usually is; more than 30 is not normal" in page
    assert "Last read" in page
    assert "of 20,000 requests this hour" in page, "as granted to this practice"


@pytest.mark.parametrize("key", ["front", "reader"])
def test_who_only_looks_is_shown_nothing_to_do(clinics: Clinics, as_person: Callable[[str], Client], key: str) -> None:
    connection = clinics.opened["larkspur"].connection_id
    page = as_person(key).get(f"{OVERVIEW}/{connection}")
    text = page.content.decode()
    assert page.status_code == 200
    assert "/hooks/" not in text
    assert "Pause" not in text
    for path in ("new", f"{connection}/sign-in", f"{connection}/diagnostics", f"{connection}/set-up"):
        assert as_person(key).get(f"{OVERVIEW}/{path}").status_code == 403, path
    for path in ("pause", "resume", "read"):
        assert as_person(key).post(f"{OVERVIEW}/{connection}/{path}").status_code == 403, path


def test_a_connection_of_another_practice_is_not_there(clinics: Clinics, proven: Callable[[str], Client]) -> None:
    theirs = clinics.opened["juniper"].connection_id
    client = proven("admin")
    for path in ("", "/sign-in", "/leave", "/diagnostics", "/set-up", "/set-up/access"):
        assert client.get(f"{OVERVIEW}/{theirs}{path}").status_code == 404, path
    for path in ("/pause", "/resume", "/read", "/set-up/remove", "/sign-in"):
        assert client.post(f"{OVERVIEW}/{theirs}{path}", {"reason": "x"}).status_code == 404, path


def test_the_operator_runs_the_connections_of_several_practices(
    clinics: Clinics, as_person: Callable[[str], Client]
) -> None:
    client = as_person("operator")
    for slug in ("larkspur", "juniper"):
        connection = clinics.opened[slug].connection_id
        assert "Download diagnostics" in client.get(f"/p/{slug}/connections/{connection}").content.decode()


@pytest.mark.parametrize(
    ("state", "trouble", "word"),
    [
        (ConnectionState.NEEDS_RECONNECT, "connection-needs-reconnect", "Needs to be connected again"),
        (ConnectionState.PAUSED, None, "Paused"),
        (ConnectionState.PAUSED, "connection-being-set-up", "Being set up"),
        (ConnectionState.ACTIVE, "feed-too-quiet", "Too quiet"),
        (ConnectionState.ACTIVE, "emr-outage", "In trouble"),
    ],
)
def test_each_state_has_its_word(
    clinics: Clinics, as_person: Callable[[str], Client], state: ConnectionState, trouble: str | None, word: str
) -> None:
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        practices.change_state(transaction, opened.connection_id, state, trouble=trouble)
        if trouble == "connection-being-set-up":
            transaction.execute("delete from last_reading where practice_id = %s", (opened.practice_id,))
    assert f"</svg>{word}</span>" in as_person("admin").get(OVERVIEW).content.decode()


def test_a_connection_that_was_not_read_for_long_runs_late(
    clinics: Clinics, as_person: Callable[[str], Client]
) -> None:
    clinics.clock.advance(timedelta(minutes=31))
    page = as_person("front").get(OVERVIEW).content.decode()
    assert "Running late" in page
    assert "not been read completely for longer than is normal" in page


def test_the_part_that_refreshes_by_itself_is_only_the_cards(as_person: Callable[[str], Client]) -> None:
    part = as_person("front").get(OVERVIEW, headers={"HX-Request": "true", "X-By-Itself": "1"}).content.decode()
    assert "DrChrono" in part
    assert "<html" not in part


MOST_QUERIES = {"overview": 50, "one": 55}


def test_the_number_of_queries_does_not_grow_with_what_happened(
    clinics: Clinics, as_person: Callable[[str], Client]
) -> None:
    client = as_person("admin")
    opened = clinics.opened["larkspur"]
    client.get(OVERVIEW)
    with counted_statements() as overview:
        client.get(OVERVIEW)
    with counted_statements() as one:
        client.get(f"{OVERVIEW}/{opened.connection_id}")
    for _ in range(3):
        clinics.sync()
    with counted_statements() as later:
        client.get(OVERVIEW)
    assert len(later) <= len(overview)
    assert len(overview) <= MOST_QUERIES["overview"], "\n".join(overview)
    assert len(one) <= MOST_QUERIES["one"], "\n".join(one)


def test_the_day_is_told_in_numbers_beside_its_picture(clinics: Clinics, as_person: Callable[[str], Client]) -> None:
    opened = clinics.opened["larkspur"]
    now = clinics.clock()
    with clinics.database.practice(opened.practice_id) as transaction:
        transaction.execute(
            "update sync_run set finished_at = %s where practice_id = %s", (now - timedelta(days=2), opened.practice_id)
        )
        transaction.execute("update visit set booked_at = null where practice_id = %s", (opened.practice_id,))
        transaction.execute(
            "update visit set created_at = %s, booked_at = %s where practice_id = %s and visit_id = any("
            "select visit_id from visit where practice_id = %s and state = 'active' order by visit_id limit 3)",
            (now - timedelta(minutes=40), now - timedelta(minutes=85), opened.practice_id, opened.practice_id),
        )
    page = as_person("front").get(f"{OVERVIEW}/{opened.connection_id}").content.decode()
    assert "3 new visits in the last day: half were there within 45 minutes, 3 took longer than 30 minutes." in page
    row = re.search(r'<th scope="row">8:00 AM</th>.*?</tr>', page)
    assert row is not None
    assert re.findall(r">(\d+)(?: min)?</td>", row[0]) == ["3", "45", "45", "3"]
    assert page.count('class="mark-2"') == 1, "dots on one spot are one dot"
