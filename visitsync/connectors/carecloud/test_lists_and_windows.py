"""CareCloud's lists and windows, tried on the pretend one over HTTP."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.far_side import PacedBudget
from visitsync.connector_kit.conformance.instead import Instead
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.errors import AnswerUnreadable, RequestRefused, TryAgainLater
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.carecloud.on_trial import LIST, asked, lines, trying
from visitsync.connectors.carecloud.simulator import VARIANTS
from visitsync.domain.appointment import AppointmentStatus
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.exchange import Response, as_html, as_json
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.staging import a_booking

DAY = timedelta(days=1)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in VARIANTS.items() for value in values])
def test_whatever_an_uncertain_fact_turns_out_to_be_the_schedule_is_understood(name: str, value: str) -> None:
    with trying(variants={"page_size": "20", "blocks": "rows", name: value}) as trial:
        trial.budget = PacedBudget(trial.clock, lambda seconds: trial.clock.advance(timedelta(seconds=seconds)))
        booked = [a_booking(trial.clinic, in_days=2 + number) for number in range(9)]
        cancelled = a_booking(trial.clinic)
        trial.clinic.cancel(cancelled.id)
        bookmark = trial.changes(None)
        trial.clinic.move(booked[0].id, start=booked[0].start + DAY)
        trial.changes(bookmark)
        known = trial.known.appointments
        assert known[trial.app.vendor_id(booked[0].id)].start.wall == booked[0].start + DAY
        assert {trial.app.vendor_id(one.id) for one in booked} <= set(known)
        assert trial.fetch(trial.app.vendor_id(cancelled.id)) is not None
        assert known[trial.app.vendor_id(cancelled.id)].status is AppointmentStatus.CANCELLED


def test_every_list_of_appointments_names_both_dates() -> None:
    with trying(variants={"page_size": "1", "link_header": "page alone"}) as trial:
        for number in range(5):
            a_booking(trial.clinic, in_days=2 + number)
        trial.changes(None)
        trial.sweep()
        assert differences(trial) == []
        assert all(query["start_date"] <= query["end_date"] for query in asked(trial))
        assert any(query.get("page") == "2" for query in asked(trial))


@pytest.mark.parametrize("days", [31, 7])
def test_the_window_is_asked_for_in_pieces_without_a_gap(days: int) -> None:
    with trying(settings={"window_days": str(days)}) as trial:
        trial.sweep()
        pieces = [tuple(map(date.fromisoformat, (one["start_date"], one["end_date"]))) for one in asked(trial)]
        assert (pieces[0][0], pieces[-1][1]) == trial.window
        assert all(last - first < days * DAY for first, last in pieces)
        assert all(after[0] == before[1] + DAY for before, after in pairwise(pieces))


def test_days_that_are_refused_as_too_many_are_halved_and_it_is_remembered() -> None:
    clinic = a_busy_clinic(5, NOON, appointments=60, zones=("America/New_York",))
    with trying(variants={"longest_span": "7", "blocks": "rows"}, clinic=clinic) as trial:
        trial.sweep()
        assert differences(trial) == []
        bookmark = trial.changes(None)
        before = len(trial.server.requests)
        trial.changes(bookmark)
        assert {request.status for request in list(trial.server.requests)[before:]} == {200}


def test_a_single_day_that_is_refused_is_told() -> None:
    with trying() as trial:
        trial.server.app = Instead(trial.app, LIST, as_json({"whatever": "it says"}, 422))
        with pytest.raises(RequestRefused):
            trial.sweep()
        assert len(asked(trial)) <= 6


@pytest.mark.parametrize("form", ["other host", "odd", "two lines", "page alone"])
def test_only_the_query_of_next_counts_and_the_token_goes_nowhere_else(form: str) -> None:
    with trying(variants={"page_size": "2", "link_header": form}) as trial:
        for _ in range(7):
            a_booking(trial.clinic)
        trial.sweep()
        assert differences(trial) == []
        assert all(line.startswith(("GET /v2/", "POST /oauth2/")) for line in lines(trial, ""))


@pytest.mark.parametrize(
    "link", ["nonsense", '<https://x.example/?page=2>; rel="next', '<https://x.example/>; rel="next"']
)
def test_a_link_header_that_cannot_be_understood_is_not_the_end_of_a_list(link: str) -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.server.app = Instead(trial.app, LIST, Response(body=b"[]", headers=(("Link", link),)))
        with pytest.raises(AnswerUnreadable):
            trial.sweep()


def test_a_full_page_whose_link_header_was_lost_is_not_the_end_of_a_list() -> None:
    clinic = a_busy_clinic(5, NOON, appointments=2200, patients=60, zones=("America/New_York",))
    with trying(variants={"blocks": "rows"}, clinic=clinic) as trial:
        trial.app.faults.switch_on("link_lost", times=None)
        trial.sweep()
        assert differences(trial) == []


def test_a_list_that_ignores_pages_and_sends_no_link_is_read_once() -> None:
    with trying() as trial:
        for _ in range(120):
            a_booking(trial.clinic)
        days = {"start_date": "2026-11-01", "end_date": "2026-12-31"}
        body = call(f"{trial.server.url}/v2/appointments", query=days, headers=_signed_in(trial)).body
        trial.server.app = Instead(trial.app, LIST, Response(body=body))
        pages = list(trial.connector().read_changes(None))
        assert len(pages) <= 2 * 5


def test_a_page_that_is_gone_by_now_begins_its_days_again() -> None:
    with trying(variants={"page_size": "2"}) as trial:
        for _ in range(6):
            a_booking(trial.clinic)
        bookmark = next(iter(trial.connector().read_changes(None))).bookmark
        gone = Instead(trial.app, r"^GET /v2/appointments\?.*page=2", as_json({}, 404))
        trial.server.app = gone
        with pytest.raises(TryAgainLater):
            trial.changes(bookmark)
        assert "page" not in asked(trial)[-2]
        trial.server.app = trial.app
        trial.changes(bookmark)
        assert len(trial.known.appointments) == 6


def test_far_weeks_wait_for_the_next_time_once_a_reading_has_cost_enough() -> None:
    with trying(variants={"page_size": "1"}, settings={"requests_per_reading": "5"}) as trial:
        for number in range(12):
            a_booking(trial.clinic, in_days=2 + 8 * number)
        bookmark = trial.changes(None)
        first = len(asked(trial))
        assert len(trial.known.appointments) < 12
        for _ in range(5):
            bookmark = trial.changes(bookmark)
        assert len(trial.known.appointments) == 12
        assert first < 12


def test_changes_may_be_read_for_some_visit_reasons_only_and_sweeps_never_are() -> None:
    with trying(settings={"changes_visit_reasons": "61, 63"}) as trial:
        trial.changes(None)
        assert {query["visit_reason_ids"] for query in asked(trial)} == {"61,63"}
        before = len(asked(trial))
        trial.sweep()
        assert not any("visit_reason_ids" in query for query in asked(trial)[before:])


@pytest.mark.parametrize("status", [429, 503, 504, 500])
@pytest.mark.parametrize("body", [as_json({"a": 1}), as_html("<h1>later</h1>"), Response(content_type=None)])
def test_slow_down_is_understood_whatever_its_body(status: int, body: Response) -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.server.app = Instead(trial.app, LIST, body.but(status=status, headers=(("Retry-After", "90"),)))
        with pytest.raises(TryAgainLater) as told:
            trial.sweep()
        assert told.value.until == trial.clock() + timedelta(seconds=90)


@pytest.mark.parametrize("status", [400, 404, 410, 418, 422])
@pytest.mark.parametrize("body", [as_json({"a": 1}), as_html("<p>no"), Response(content_type=None), as_json("no")])
def test_any_4xx_about_one_id_says_that_it_is_not_there(status: int, body: Response) -> None:
    with trying() as trial:
        identity = trial.app.vendor_id(a_booking(trial.clinic).id)
        trial.sweep()
        trial.server.app = Instead(trial.app, "^GET /v2/appointments/", body.but(status=status))
        assert trial.fetch(identity) is None


@pytest.mark.parametrize("status", [404, 400])
def test_a_404_from_somebody_in_careclouds_place_deletes_nothing(status: int) -> None:
    with trying() as trial:
        identity = trial.app.vendor_id(a_booking(trial.clinic).id)
        trial.sweep()
        trial.server.app = Instead(trial.app, "^GET /v2/", as_html("<h1>no such route</h1>", status))
        with pytest.raises((TryAgainLater, RequestRefused)):
            trial.fetch(identity)
        assert not trial.known.appointments[identity].is_deleted
        with pytest.raises((TryAgainLater, RequestRefused)):
            list(trial.connector().read_patients(["40001"], urgency=Urgency.SOON))


def _signed_in(trial: Trial) -> dict[str, str]:
    """The header with the token that the connection uses now."""
    trial.connector().check()
    return {"Authorization": f"Bearer {trial.credentials.read()['access_token']}"}
