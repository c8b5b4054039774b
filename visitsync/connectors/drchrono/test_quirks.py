"""What is peculiar to DrChrono, tried on the pretend one over HTTP."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.far_side import PacedBudget
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    NeedsPermission,
    NeedsReconnect,
    TryAgainLater,
)
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.drchrono import authorization_url, exchange_code
from visitsync.connectors.drchrono.api import DrchronoConnector
from visitsync.connectors.drchrono.manifest import limits
from visitsync.connectors.drchrono.simulator import VARIANTS
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Request, Response, as_html, as_json
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, a_patient, the_practitioner, the_type

QUICK = {"calls_per_second": "none", "hourly_quota": "none"}
LIST = r"^GET /api/appointments\?"


@contextmanager
def trying(
    *,
    variants: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    clinic: Clinic | None = None,
) -> Iterator[Trial]:
    with Trial("drchrono", variants={**QUICK, **(variants or {})}, settings=settings, clinic=clinic) as trial:
        yield trial


def asked(trial: Trial, pattern: str) -> list[dict[str, str]]:
    """The queries of all requests that match."""
    lines = [request.line for request in list(trial.server.requests) if re.search(pattern, request.line)]
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(line.split(" ")[1]).query).items()} for line in lines
    ]


class Instead(App):
    """A vendor that answers matching requests with something else."""

    def __init__(self, inner: App, match: str, response: Response) -> None:
        self.emr, self.clinic, self.clock = inner.emr, inner.clinic, inner.clock
        self.faults, self.variants = inner.faults, inner.variants
        self._inner, self._match, self._response = inner, match, response

    def answer(self, request: Request) -> Response:
        return self._response if re.search(self._match, request.line) else self._inner.answer(request)


# --- every uncertain fact, one at a time ---------------------------------------------------------------


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


# --- lists ------------------------------------------------------------------------------------------


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


# --- changes ----------------------------------------------------------------------------------------


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


# --- appointments -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", VARIANTS["virtual_id"])
def test_occurrences_that_nobody_touched_have_ids_of_their_own_and_can_be_fetched(form: str) -> None:
    with trying(variants={"virtual_id": form}) as trial:
        first = a_booking(trial.clinic)
        series = trial.clinic.book_series(
            count=4,
            patient_id=first.patient_id,
            practitioner_id=first.practitioner_id,
            location_id=first.location_id,
            type_id=first.type_id,
            start=first.start + timedelta(hours=3),
        )
        trial.sweep()
        ids = [trial.app.vendor_id(each.id) for each in series]
        assert len({trial.known.appointments[each].series_id for each in ids}) == 1
        assert "_" in ids[-1]
        assert trial.fetch(ids[-1]) is not None


def test_breaks_are_blocks_and_invented_statuses_are_kept_as_text() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        lunch = trial.clinic.block(
            practitioner_id=booked.practitioner_id,
            location_id=booked.location_id,
            start=booked.start.replace(hour=12),
            minutes=60,
            why="Lunch",
        )
        trial.clinic.set_status(booked.id, "Phoned-OK")
        trial.sweep()
        known = trial.known.appointments
        assert known[str(lunch.id)].is_block
        assert (known[str(booked.id)].status, known[str(booked.id)].status_text) == (None, "Phoned-OK")


def test_a_rescheduled_row_and_its_successor_are_linked() -> None:
    with trying() as trial:
        old = a_booking(trial.clinic)
        new = trial.clinic.rebook(old.id, start=old.start + timedelta(days=3))
        trial.sweep()
        known = trial.known.appointments
        assert known[str(old.id)].status is AppointmentStatus.CANCELLED
        assert known[str(new.id)].replaces_id == str(old.id)


def test_telehealth_rows_are_marks_where_they_are_read() -> None:
    with trying(settings={"telehealth_rows": "read"}) as trial:
        with_room, without = a_booking(trial.clinic), a_booking(trial.clinic, has_video_room=False)
        trial.sweep()
        kinds = {key: {mark.kind for mark in each.marks} for key, each in trial.known.appointments.items()}
        assert MarkKind.MODE in kinds[str(with_room.id)]
        assert MarkKind.MODE not in kinds[str(without.id)]


# --- patients and lists -----------------------------------------------------------------------------


def test_few_patients_are_read_one_by_one_and_many_through_the_list() -> None:
    with trying() as trial:
        ids = [str(a_patient(trial.clinic).id) for _ in range(120)]
        trial.read_patients(ids[:99])
        assert len(asked(trial, r"^GET /api/patients/\d+")) == 99
        before = len(trial.server.requests)
        assert set(trial.read_patients(ids)) == set(ids)
        assert len(trial.server.requests) - before == 3


def test_the_list_of_patients_is_never_dearer_than_twice_the_single_reads() -> None:
    with trying(variants={"verbose_patients_page_size": "2"}) as trial:
        strangers = [str(a_patient(trial.clinic).id) for _ in range(400)]
        wanted = strangers[-100:]
        connector = trial.connector()
        trial.take_in(connector.read_patients(wanted, urgency=Urgency.SOON))
        assert set(wanted) <= set(trial.known.patients)
        assert len(asked(trial, r"^GET /api/patients")) <= 200
        before = len(asked(trial, r"^GET /api/patients\?"))
        list(connector.read_patients(wanted, urgency=Urgency.SOON))
        assert len(asked(trial, r"^GET /api/patients\?")) == before


def test_patients_are_read_with_their_insurance() -> None:
    with trying() as trial:
        trial.read_patients([str(a_patient(trial.clinic).id)])
        assert {query["verbose"] for query in asked(trial, r"^GET /api/patients")} == {"true"}


def test_one_restricted_chart_is_that_patients_news_and_all_restricted_is_the_connections() -> None:
    with trying() as trial:
        first, second = a_patient(trial.clinic), a_patient(trial.clinic)
        trial.app.faults.switch_on("forbidden", times=None, match=rf"^GET /api/patients/{first.id}")
        found = trial.read_patients([str(first.id), str(second.id)])
        assert found[str(first.id)].status is PatientStatus.RESTRICTED
        assert found[str(second.id)].status is PatientStatus.ACTIVE
        trial.app.faults.clear()
        trial.app.faults.switch_on("forbidden", times=None, match=r"^GET /api/patients")
        with pytest.raises(NeedsPermission, match="Manage Patients"):
            trial.read_patients([str(first.id)])


def test_profiles_of_several_doctors_are_one_name_with_many_ids() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        trial.clinic.add_practitioner("Anselm", "Okoye")
        the_type(trial.clinic, TELEMEDICINE)
        profiles = [each for each in trial.context.appointment_types.values() if each.name == TELEMEDICINE]
        assert len({each.id for each in profiles}) == len({each.owner_id for each in profiles}) == 2


def test_a_desk_is_no_clinician_and_nobody_is_called_a_desk_where_users_may_not_be_read() -> None:
    for is_readable in (True, False):
        with trying() as trial:
            the_practitioner(trial.clinic)
            desk = trial.clinic.add_practitioner("Front", "Desk", is_provider=False)
            trial.clinic.add_staff("Verity", "Marsh", email="v.marsh@example.org")
            if not is_readable:
                trial.app.faults.switch_on("forbidden", times=None, match="^GET /api/users")
            people = trial.context.practitioners
            assert people[str(desk.id)].is_clinician is not is_readable
            assert all(each.is_clinician for key, each in people.items() if key != str(desk.id))


# --- limits and refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("Request was throttled. Expected available in 2295.0 seconds.", 2295),
        ("Request was throttled. Expected available in 17 seconds.", 17),
        ("Request was throttled. Expected available in 1 second.", 1),
        ("Request was throttled. Expected available in 999999999 seconds.", 3600),
        ("Request was throttled. Expected available in 0.0 seconds.", 1),
        ("Request was throttled.", 60),
        ("<html>Too many requests</html>", 60),
    ],
)
def test_the_wait_stands_in_the_text_and_is_obeyed_within_reason(told: str, seconds: int) -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.sweep()
        trial.server.app = Instead(trial.app, LIST, as_json({"detail": told}, 429))
        with pytest.raises(TryAgainLater) as error:
            trial.sweep()
        assert error.value.until == NOON + timedelta(seconds=seconds)
        assert error.value.code == "emr-throttled"
        assert trial.budget.refusals[-1][0] == ("drchrono-per-hour", "drchrono-per-second")


def test_every_request_counts_against_the_quota_that_all_practices_share() -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.connector().check()
        trial.sweep()
        assert len(trial.budget.taken) == len(trial.server.requests)
        assert {names for names, _ in trial.budget.taken} == {("drchrono-per-hour", "drchrono-per-second")}


def test_a_raised_quota_is_used() -> None:
    default, raised = limits({}), limits({"requests_per_hour": "5000", "requests_per_second": "50"})
    assert [(each.requests, each.seconds, each.scope) for each in default] == [
        (500, 3600, "application"),
        (8, 1, "application"),
    ]
    assert [each.requests for each in raised] == [5000, 50]
    assert [each.requests for each in limits({"requests_per_hour": "many"})] == [500, 8]


def test_a_throttled_token_endpoint_is_waited_for() -> None:
    with trying() as trial:
        trial.app.faults.switch_on("token_throttled")
        with pytest.raises(TryAgainLater) as error:
            trial.connector().check()
        assert error.value.code == "emr-throttled"


@pytest.mark.parametrize("body", VARIANTS["forbidden_body"])
def test_what_must_be_granted_is_named(body: str) -> None:
    with trying(variants={"forbidden_body": body}) as trial:
        the_practitioner(trial.clinic)
        trial.app.controls()["permissions"]({"access_scheduling": False, "share_patients": False})
        check = trial.connector().check()
        assert not check.is_working
        text = " ".join(check.problems)
        assert "Scheduling" in text
        assert "shared" in text
        assert "appointments" in text


def test_a_token_with_too_small_a_scope_names_what_is_missing() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        credentials = _signed_in(trial, scope="user:read calendar:read clinical:read")
        trial.credentials.renew(lambda before: credentials)
        check = trial.connector().check()
        assert [problem for problem in check.problems if "patients" in problem]
        assert [problem for problem in check.problems if "appointment profiles" in problem]
        assert not [problem for problem in check.problems if "offices" in problem]


def test_the_host_that_was_switched_off_is_refused_with_the_one_to_use() -> None:
    with trying() as trial, pytest.raises(ForbiddenAddress, match=r"app\.drchrono\.com"):
        trial.connector(base_url="https://www.drchrono.com")


# --- signing in ---------------------------------------------------------------------------------------


def test_signing_in_gives_credentials_that_work_and_ends_those_given_before() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        before = trial.connector()
        assert before.check().is_working
        credentials = _signed_in(trial)
        with pytest.raises(NeedsReconnect):
            before.check()
        trial.credentials.renew(lambda _: credentials)
        assert trial.connector().check().is_working


def test_a_code_that_was_used_needs_another_sign_in() -> None:
    with trying() as trial, pytest.raises(NeedsReconnect):
        _exchanged(trial, "no-such-code")


def test_access_that_was_withdrawn_in_drchrono_needs_a_reconnect() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        trial.connector().check()
        trial.app.controls()["deauthorise"]({})
        with pytest.raises(NeedsReconnect):
            trial.connector().check()


def test_an_idle_reading_of_changes_is_one_request() -> None:
    with trying() as trial:
        bookmark = trial.changes(trial.changes(None))
        before = len(trial.server.requests)
        connector = trial.connector()
        assert isinstance(connector, DrchronoConnector)
        list(connector.read_changes(bookmark))
        assert len(trial.server.requests) - before == 1


def _signed_in(trial: Trial, scope: str = "") -> dict[str, str]:
    """What a practice admin's browser does."""
    known = trial.credentials.read()
    url = authorization_url(
        trial.server.url, client_id=known["client_id"], redirect_uri=known["redirect_uri"], state="a state"
    )
    if scope:
        url = re.sub(r"scope=[^&]*", f"scope={scope.replace(' ', '+')}", url)
    back = parse_qs(urlsplit(call(url).headers["location"]).query)
    assert back["state"] == ["a state"]
    return _exchanged(trial, back["code"][0])


def _exchanged(trial: Trial, code: str) -> dict[str, str]:
    known = trial.credentials.read()
    return exchange_code(
        trial.config,
        trial.budget,
        trial.clock,
        client_id=known["client_id"],
        client_secret=known["client_secret"],
        redirect_uri=known["redirect_uri"],
        code=code,
    )


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).date()
