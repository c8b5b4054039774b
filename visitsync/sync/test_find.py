"""One box: what is typed is understood, what fits is found, and what does not fit is answered as well."""

from datetime import timedelta

import pytest

from visitsync.domain.decision import Outcome
from visitsync.storage.practices import add_practice
from visitsync.sync.conftest import NOW, Front
from visitsync.sync.find import MOST_LINES, Found, find


@pytest.fixture
def booked(front: Front) -> Front:
    """Vikram today and tomorrow, Ottoline tomorrow, José in the office next week."""
    front.knows("p2", "Ottoline de la Varga")
    front.knows("p3", "José Nuñez", email="jose@mail.example.org")
    front.books("700001")
    front.books("700002", "2026-11-24T09:00")
    front.books("700003", "2026-11-24T11:00", "p2", practitioner="2")
    front.books("700004", "2026-11-30T11:00", "p3", kind="2")
    return front


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("700002", ["700002"]),
        ("Vikram Thorsen", ["700001", "700002"]),
        ("thorsen, vikram", ["700001", "700002"]),
        ("Thorsen", ["700001", "700002"]),
        ("Vik Thor", ["700001", "700002"]),
        ("varga", ["700003"]),
        ("de la Varga", ["700003"]),
        ("P1@Mail.Example.org", ["700001", "700002"]),
        ("p2", ["700003"]),
        ("tomorrow", ["700002", "700003"]),
        ("thorsen tomorrow", ["700002"]),
        ("vik thor on Nov 24", ["700002"]),
        ("11/24/2026 lindgren", ["700003"]),
        ("okafor", ["700001", "700002"]),
        ("p1@mail.example.org tomorrow", ["700002"]),
    ],
)
def test_what_is_typed_is_found_the_nearest_first(booked: Front, query: str, ids: list[str]) -> None:
    assert [line.appointment_id for line in seen(booked, query).lines] == ids


@pytest.mark.parametrize("query", ["Nuñez", "nunez", "jose@mail.example.org", "700004", "2026-11-30"])
def test_what_is_no_telemedicine_is_found_and_says_why_without_the_patients_name(booked: Front, query: str) -> None:
    if query == "nunez":
        booked.books("700005", "2026-11-30T12:00", "p3")  # parts of names are looked for where visits are
    found = seen(booked, query)
    [line] = found.not_telemedicine
    assert (line.appointment_id, line.outcome, line.patient_name) == ("700004", Outcome.NOT_TELEMEDICINE, "")
    assert line.reason is not None
    assert "Office Visit" in line.reason.sentence


def test_a_near_miss_is_among_what_may_become_a_visit(booked: Front) -> None:
    booked.books("700009", "2026-11-25T09:00", kind="3")
    [line] = seen(booked, "700009").lines
    assert line.is_near_miss
    assert line.reason is not None
    assert "Telemedicne Visit" in line.reason.sentence


@pytest.mark.parametrize(
    "query", ["Zebediah Quux", "thorsen 2026-12-24", "799999", "nobody@mail.example.org", "%", "'"]
)
def test_where_nothing_fits_every_connection_says_when_it_was_read(booked: Front, query: str) -> None:
    found = seen(booked, query)
    assert (found.lines, found.not_telemedicine) == ((), ())
    [absent] = found.not_received
    assert "DrChrono has never shown it. Last complete read today 8:57 AM" in absent.sentence


def test_what_is_left_out_is_counted_and_telemedicine_is_not(front: Front) -> None:
    for number in range(MOST_LINES + 3):
        front.books(f"a{number}", f"2026-11-24T{8 + number // 12:02}:{number % 12 * 5:02}", kind="2")
    front.books("z", "2026-11-24T23:00")
    found = seen(front, "tomorrow")
    assert ([line.appointment_id for line in found.lines], found.left_out) == (["z"], 4)


def test_no_question_takes_many_queries(booked: Front) -> None:
    def asking(query: str) -> int:
        return booked.queries_of(
            lambda transaction, vault, office: find(transaction, vault, office, query, next_reads={})
        )

    assert (
        max(map(asking, ("700002", "thorsen tomorrow", "Vik Thor", "okafor friday", "Zebediah Quux", "x" * 500))) <= 20
    )


def test_another_practice_is_not_found_in(booked: Front) -> None:
    assert seen(booked, "Thorsen").lines[0].start > NOW - timedelta(days=1)
    other = add_practice(booked.database, slug="other-practice", name="Other", zone="UTC")
    with booked.database.practice(other.practice_id) as transaction:
        office = booked.cache.office(transaction, booked.vault, NOW)
        found = find(transaction, booked.vault, office, "Thorsen", next_reads={})
    assert (found.lines, found.not_received) == ((), ())


def seen(front: Front, query: str) -> Found:
    with front.reading() as (transaction, vault, office):
        return find(transaction, vault, office, query, next_reads={})
