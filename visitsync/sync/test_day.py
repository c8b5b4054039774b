"""The days that pages list: whose, which, how many, and in how few queries."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from visitsync.domain.decision import Outcome
from visitsync.sync.conftest import NOW, Counted, Front
from visitsync.sync.day import Days, Filters, counts_by_day, days
from visitsync.sync.how_current import how_current
from visitsync.sync.lines import Line

MONDAY = date(2026, 11, 23)


def test_a_line_says_who_when_with_whom_how_it_stands_and_what_to_do(front: Front) -> None:
    front.knows("p2", "Ottoline Varga", email="")
    front.books("a1", "2026-11-23T10:30", "p2", location="2")
    [line] = seen(front).lines
    assert (line.start_text, line.day, line.minutes_to_start, line.other_zone) == ("10:30 AM", MONDAY, 90, "")
    assert (line.patient_name, line.provider, line.location) == ("Ottoline Varga", "Dr. Okafor", "Online")
    assert (line.outcome, line.needs_somebody, line.booked_as) == (Outcome.NEEDS_FIX, True, "Telemedicine Visit")
    assert line.reason is not None
    assert line.reason.title == "No e-mail on the record"
    assert "e-mail" in line.reason.fix


def test_a_ready_line_has_its_visit_and_nothing_to_do(front: Front) -> None:
    front.books("a1")
    [line] = seen(front).lines
    assert (line.outcome, line.visit_state, line.reason) == (Outcome.READY, "active", None)
    assert line.staff_id == front.logins["1"]


def test_a_day_is_the_practices_own_from_midnight_to_midnight(front: Front) -> None:
    for number, wall in enumerate(("2026-11-22T23:59", "2026-11-23T00:00", "2026-11-23T23:59", "2026-11-24T00:00")):
        front.books(f"a{number}", wall)
    assert ids(seen(front)) == ["a1", "a2"]


def test_what_is_no_telemedicine_is_not_listed_and_what_is_cancelled_is(front: Front) -> None:
    front.books("a1", kind="2")
    front.books("a2", is_deleted=True)
    assert [(line.appointment_id, line.outcome) for line in seen(front).lines] == [("a2", Outcome.CANCELLED)]


def test_clocks_that_differ_from_the_practices_are_named(front: Front) -> None:
    front.books("a1", "2026-11-23T10:30", zone="America/Chicago")
    [line] = seen(front).lines
    assert (line.start_text, line.other_zone, line.minutes_to_start) == ("10:30 AM", "America/Chicago", 150)


def test_filters_leave_only_what_fits(front: Front) -> None:
    front.books("a1", location="2")
    front.books("a2", "2026-11-23T11:30", practitioner="2")
    assert ids(seen(front, location_id="2")) == ["a1"]
    assert ids(seen(front, practitioner_id="2")) == ["a2"]
    assert ids(seen(front, connection_id=UUID(int=0))) == []


def test_a_provider_sees_only_visits_linked_to_them(front: Front) -> None:
    front.books("a1")
    front.books("a2", "2026-11-23T11:30", practitioner="2")
    assert ids(seen(front, staff_id=front.logins["1"])) == ["a1"]
    assert ids(seen(front, staff_id=UUID(int=7))) == []


def test_a_cancelled_visit_is_on_nobodys_day(front: Front) -> None:
    front.books("a1")
    with front.database.practice(front.practice_id) as transaction:
        transaction.execute("update visit set state = 'cancelled'")
    assert ids(seen(front, staff_id=front.logins["1"])) == []


def test_two_at_once_are_told_on_both(front: Front) -> None:
    front.knows("p2", "Ottoline Varga")
    front.books("a1", "2026-11-23T10:30")
    front.books("a2", "2026-11-23T10:45", "p2")
    front.books("a3", "2026-11-23T11:15", "p2")
    assert [line.codes for line in seen(front).lines] == [("overlaps-another",), ("overlaps-another",), ()]


@pytest.mark.parametrize("filters", [Filters(), Filters(practitioner_id="1"), Filters(location_id="1")])
def test_counts_by_day_are_those_of_the_lines(front: Front, filters: Filters) -> None:
    front.knows("p2", "Ottoline Varga", email="")
    for number in range(9):
        front.books(
            f"a{number}", f"2026-11-{23 + number % 3}T1{number}:00", f"p{1 + number % 2}", location=str(1 + number % 2)
        )
    with front.reading() as (transaction, vault, office):
        counted = counts_by_day(transaction, vault, office, MONDAY, MONDAY + timedelta(days=6), filters)
        listed = {
            day: days(transaction, vault, office, day, day, filters).counts
            for day in (MONDAY + timedelta(days=number) for number in range(7))
        }
    assert counted == listed
    assert sum(sum(one.values()) for one in counted.values()) >= 4


def test_a_provider_s_week_counts_only_visits_linked_to_them(front: Front) -> None:
    front.books("a1")
    front.books("a2", "2026-11-23T11:30", practitioner="2")
    with front.reading() as (transaction, vault, office):
        filters = Filters(staff_id=front.logins["1"])
        assert counts_by_day(transaction, vault, office, MONDAY, MONDAY, filters) == {MONDAY: {Outcome.READY: 1}}


def test_many_lines_of_two_connections_take_no_more_queries_than_one(front: Front) -> None:
    def today(transaction: Counted, vault: object, office: object) -> None:
        days(transaction, vault, office, MONDAY, MONDAY)  # type: ignore[arg-type]
        counts_by_day(transaction, vault, office, MONDAY, MONDAY + timedelta(days=6))  # type: ignore[arg-type]

    front.books("a1")
    few = front.queries_of(today)
    other = front.connect()
    front.knows("p1", "Vikram Thorsen", connection_id=other)
    for number in range(12):
        front.books(f"b{number}", f"2026-11-23T{10 + number}:00", connection_id=other if number % 2 else None)
    assert len(seen(front).lines) == 13
    assert front.queries_of(today) == few <= 8


def test_too_many_days_are_refused(front: Front) -> None:
    with front.reading() as (transaction, vault, office), pytest.raises(ValueError, match="days"):
        days(transaction, vault, office, MONDAY, MONDAY + timedelta(days=40))


def test_how_current_it_is_is_said_of_every_connection(front: Front) -> None:
    with front.reading() as (_, _, office):
        [line] = how_current(office, {front.connection_id: NOW + timedelta(minutes=2)})
    assert line.sentence == "DrChrono was read today 8:57 AM, next today 9:02 AM."
    assert line.troubles == ()


def seen(front: Front, **filters: object) -> Days:
    with front.reading() as (transaction, vault, office):
        return days(transaction, vault, office, MONDAY, MONDAY, Filters(**filters))  # type: ignore[arg-type]


def ids(found: Days) -> list[str]:
    lines: tuple[Line, ...] = found.lines
    return [line.appointment_id for line in lines]
