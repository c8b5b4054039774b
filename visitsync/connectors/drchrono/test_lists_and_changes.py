"""DrChrono's lists, its changes and its window, tried on the pretend one over HTTP."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.far_side import PacedBudget
from visitsync.connector_kit.conformance.instead import Instead
from visitsync.connector_kit.conformance.trial import NOON
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    TryAgainLater,
)
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.drchrono.api import DrchronoConnector
from visitsync.connectors.drchrono.on_trial import LIST, asked, trying
from visitsync.connectors.drchrono.simulator import VARIANTS
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Response, as_html, as_json
from visitsync.simulator_kit.staging import a_booking, the_practitioner


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in VARIANTS.items() for value in values])
def test_whatever_an_uncertain_fact_turns_out_to_be_the_schedule_is_understood(name: str, value: str) -> None:
    clinic = a_busy_clinic(5, NOON, appointments=60)
    with trying(variants={"appointments_page_size": "20", name: value}, clinic=clinic) as trial:
        trial.budget = PacedBudget(trial.clock, lambda seconds: trial.clock.advance(timedelta(seconds=seconds)))
        bookmark = trial.changes(None)
        moved = a_booking(clinic)
        trial.clock.advance(timedelta(minutes=5))
        trial.changes(bookmark)
        assert trial.app.vendor_id(moved.id) in trial.known.appointments
        trial.known.appointments.clear()
        trial.sweep()
        assert differences(trial) == []


def test_every_list_of_appointments_names_days_or_a_since_and_shows_deleted_rows() -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.changes(None)
        trial.sweep()
        queries = asked(trial, LIST)
        assert all("since" in query or "date_range" in query for query in queries)
        assert {query["show_archived"] for query in queries} == {"true"}
        assert "verbose" not in {name for query in queries for name in query}


@pytest.mark.parametrize("days", [90, 7])
def test_the_window_is_asked_for_in_pieces_without_a_gap(days: int) -> None:
    with trying(settings={"window_days": str(days)}) as trial:
        trial.sweep()
        pieces = [tuple(map(_day, query["date_range"].split("/"))) for query in asked(trial, LIST)]
        assert (pieces[0][0], pieces[-1][1]) == trial.window
        assert all(first <= last <= first + timedelta(days=days - 1) for first, last in pieces)
        assert all(after[0] == before[1] + timedelta(days=1) for before, after in pairwise(pieces))


def test_next_is_followed_word_for_word() -> None:
    with trying(variants={"appointments_page_size": "1"}) as trial:
        for _ in range(3):
            a_booking(trial.clinic)
        pages = trial.sweep()
        following = [msgspec.json.decode(page.body)["next"] for page in pages]
        lines = {request.line for request in list(trial.server.requests)}
        assert all(f"GET {address.removeprefix(trial.server.url)}" in lines for address in following if address)


@pytest.mark.parametrize(
    "link", ["https://app.drchrono.example/api/appointments?cursor=x", "http://127.0.0.1:9/x", "//evil.example/x"]
)
def test_next_on_another_host_is_refused_and_the_page_is_not_saved(link: str) -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.sweep()
        page = as_json({"previous": None, "results": [], "next": link})
        trial.server.app = Instead(trial.app, LIST, page)
        with pytest.raises(ForbiddenAddress):
            trial.sweep()


@pytest.mark.parametrize("body", [{"results": []}, {"next": None}, {"results": [], "data": [], "next": None}, {}])
def test_a_list_that_does_not_say_whether_it_is_whole_is_refused(body: dict[str, Any]) -> None:
    with trying() as trial:
        trial.server.app = Instead(trial.app, LIST, as_json(body))
        with pytest.raises(AnswerUnreadable):
            trial.sweep()


def test_a_bare_list_is_a_whole_list() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        (page,) = [page for page in trial.sweep() if len(page.body) > 100]
        rows = msgspec.json.decode(page.body)["results"]
        trial.server.app = Instead(trial.app, LIST, as_json(rows))
        trial.known.appointments.clear()
        trial.sweep()
        assert set(trial.known.appointments) == {str(booked.id)}


def test_one_row_with_half_a_character_does_not_stop_the_paging() -> None:
    with trying(variants={"appointments_page_size": "2"}) as trial:
        for _ in range(5):
            a_booking(trial.clinic)
        whole = trial.sweep()
        body = whole[0].body.replace(b'"reason":"Telemedicine Visit"', b'"reason":"\\ud800"', 1)
        trial.server.app = Instead(
            trial.app, rf"^GET /api/appointments\?date_range={trial.window[0]}", Response(body=body)
        )
        trial.known.appointments.clear()
        pages = trial.sweep()
        assert len(trial.known.appointments) == 5
        assert trial.known.unreadable == []
        assert b"ud800" in pages[0].body


def test_an_expired_cursor_begins_the_list_again() -> None:
    with trying(variants={"appointments_page_size": "2"}) as trial:
        for _ in range(6):
            a_booking(trial.clinic)
        bookmark = next(iter(trial.connector().read_window(*trial.window, None))).bookmark or ""
        expired = re.sub(r"cursor=[^&]*", "cursor=bm90aGluZw", bookmark)
        assert expired != bookmark
        trial.take_in(trial.connector().read_window(*trial.window, expired))
        assert differences(trial) == []


def test_since_is_asked_for_in_the_earliest_zone_of_all_doctors() -> None:
    with trying() as trial:
        far_west = trial.clinic.add_practitioner("Keoni", "Alana", zone="Pacific/Honolulu")
        place = trial.clinic.add_location("Hilo", zone="Pacific/Honolulu")
        bookmark = trial.changes(None)
        trial.clock.advance(timedelta(minutes=5))
        booked = a_booking(trial.clinic, practitioner_id=far_west.id, location_id=place.id)
        trial.clock.advance(timedelta(minutes=5))
        trial.changes(bookmark)
        assert str(booked.id) in trial.known.appointments
        # Noon in New York less 75 minutes, on Honolulu's clock.
        assert asked(trial, LIST)[-1]["since"] == "2026-11-09T05:45:00"


def test_the_doctors_zones_are_asked_for_once_a_day() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        bookmark = None
        for _ in range(30):
            bookmark = trial.changes(bookmark)
            trial.clock.advance(timedelta(hours=1))
        assert len(asked(trial, r"^GET /api/doctors")) == 2


def test_a_zone_that_is_set_needs_no_doctors() -> None:
    with trying(settings={"zone": "America/Denver", "doctor_zones": "301=US/Hawaii"}) as trial:
        trial.changes(None)
        assert asked(trial, r"^GET /api/doctors") == []
        assert asked(trial, LIST)[-1]["since"] == "2026-11-09T05:45:00"


def test_a_bookmark_goes_by_the_earlier_of_both_clocks() -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        ahead = VirtualClock(lambda: trial.clock() + timedelta(hours=3))
        connector = trial.module.open_connection(trial.config, trial.credentials, trial.budget, ahead)
        bookmark = [page.bookmark for page in connector.read_changes(None)][-1] or ""
        assert msgspec.json.decode(bookmark)["since"].startswith("2026-11-09T17:00")


def test_a_bookmark_in_the_future_misses_nothing() -> None:
    with trying() as trial:
        bookmark = trial.changes(None) or ""
        future = bookmark.replace('"since":"2026-11-09', '"since":"2026-12-24')
        assert future != bookmark
        booked = a_booking(trial.clinic)
        trial.changes(future)
        assert str(booked.id) in trial.known.appointments


def test_a_deletion_is_seen_as_a_change_where_drchrono_shows_it() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        bookmark = trial.changes(None)
        trial.clock.advance(timedelta(minutes=5))
        trial.clinic.archive(booked.id)
        trial.changes(bookmark)
        assert trial.known.appointments[str(booked.id)].is_deleted


def test_a_page_of_somebody_else_never_deletes_an_appointment() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        for page in (as_html("<h1>Not Found</h1>", 404), as_json(["gone"], 404), as_json({}, 404)):
            trial.server.app = Instead(trial.app, rf"^GET /api/appointments/{booked.id}", page)
            with pytest.raises(TryAgainLater):
                list(trial.connector().read_appointment(str(booked.id), urgency=Urgency.PERSON_WAITS))


def test_an_idle_reading_of_changes_is_one_request() -> None:
    with trying() as trial:
        bookmark = trial.changes(trial.changes(None))
        before = len(trial.server.requests)
        connector = trial.connector()
        assert isinstance(connector, DrchronoConnector)
        list(connector.read_changes(bookmark))
        assert len(trial.server.requests) - before == 1


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).date()
