"""What is peculiar to athenahealth: subscriptions, refusals in many shapes, new departments, hidden lists, merges."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from visitsync.connector_kit.conformance.instead import Instead
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, NeedsReconnect, TryAgainLater
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.athenahealth.across_rooms import WITHOUT_LIMITS
from visitsync.connectors.athenahealth.manifest import limits
from visitsync.connectors.athenahealth.simulator import Athenahealth
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.exchange import Response
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, a_patient

CHANGED = r"^GET /v1/195900/appointments/changed\?"
POLL = timedelta(minutes=5)


@contextmanager
def trying(
    variants: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    credentials: Mapping[str, str] | None = None,
) -> Iterator[Trial]:
    """A trial without the vendor's limits."""
    chosen = {**WITHOUT_LIMITS, **(variants or {})}
    with Trial("athenahealth", variants=chosen, settings=settings, credentials=credentials) as trial:
        yield trial


def app(trial: Trial) -> Athenahealth:
    assert isinstance(trial.app, Athenahealth)
    return trial.app


def asked(trial: Trial, pattern: str) -> list[dict[str, str]]:
    """The queries of all requests so far whose line matches."""
    lines = [request.line for request in list(trial.server.requests) if re.search(pattern, request.line)]
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(line.split(" ")[1]).query).items()} for line in lines
    ]


# --- subscriptions (section 7) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["none", "partial", "inactive", "active"])
def test_a_check_subscribes_to_both_feeds_where_that_is_missing(state: str) -> None:
    with trying({"subscription": state}) as trial:
        a_booking(trial.clinic)
        assert trial.connector().check().is_working
        assert {feed.status for feed in app(trial).feeds.values()} == {"ACTIVE"}


@pytest.mark.parametrize(
    ("state", "says"),
    [("none", "not active"), ("partial", "lacks CancelAppointment"), ("inactive", "not active")],
)
def test_where_we_may_not_subscribe_it_is_said_what_to_do(state: str, says: str) -> None:
    with trying({"subscription": state}, {"subscribe": "no"}) as trial:
        a_booking(trial.clinic)
        check = trial.connector().check()
        assert not check.is_working
        assert says in check.problems[0]
        assert "POST appointments/changed/subscription" in check.problems[0]
        assert asked(trial, "^POST .*subscription") == []


def test_a_subscription_that_stays_partial_is_no_success() -> None:
    with trying({"subscription": "partial", "subscribing": "stays partial"}) as trial:
        a_booking(trial.clinic)
        assert "API support" in trial.connector().check().problems[0]


def test_changes_without_a_subscription_say_so_and_do_not_pass_for_a_throttle() -> None:
    with trying(settings={"subscribe": "no"}) as trial, pytest.raises(NeedsPermission, match="do not reach this key"):
        trial.changes(None)


def test_a_subscription_that_somebody_ends_is_made_again() -> None:
    with trying() as trial:
        bookmark = trial.changes(None)
        app(trial).faults.switch_on("unsubscribed", match=CHANGED)
        trial.clock.advance(POLL)
        bookmark = trial.changes(bookmark)
        booked = a_booking(trial.clinic)
        trial.clock.advance(POLL)
        trial.changes(bookmark)
        assert str(booked.id) in trial.known.appointments


def test_a_subscription_that_got_smaller_is_found_within_hours_and_told_until_it_is_mended() -> None:
    with trying({"subscription": "active"}, {"subscribe": "no"}) as trial:
        bookmark = trial.changes(None)
        app(trial).feeds["appointments"].unsubscribe("CancelAppointment")
        trial.clock.advance(timedelta(hours=7))
        for _ in range(2):
            with pytest.raises(NeedsPermission, match="CancelAppointment"):
                trial.changes(bookmark)


def test_the_complete_list_of_departments_is_sent_where_one_is_set() -> None:
    with trying(settings={"departments": "11, 12"}) as trial:
        a_booking(trial.clinic)
        trial.clinic.add_location("North Annex")
        trial.connector().check()
        assert app(trial).feeds["appointments"].departments == {"11", "12"}
        trial.changes(None)
        assert asked(trial, CHANGED)[0]["departmentid"] == "11,12"


def test_the_first_load_subscribes_before_it_reads_what_is_booked() -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.changes(None)
        trial.sweep()
        lines = [request.line for request in list(trial.server.requests)]
        subscribed = next(number for number, line in enumerate(lines) if line.startswith("POST") and "subscr" in line)
        assert subscribed < next(number for number, line in enumerate(lines) if "/booked" in line)


# --- refusals (sections 2, 4 and 5) -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["429", "mashery"])
@pytest.mark.parametrize(("quota", "limit"), [("second", "per-second"), ("day", "per-day")])
def test_a_throttle_is_told_in_every_shape_and_is_no_lack_of_permission(form: str, quota: str, limit: str) -> None:
    with trying({"throttled_answer": form}) as trial:
        trial.changes(None)
        app(trial).faults.switch_on("throttled", match="booked", quota=quota)
        with pytest.raises(TryAgainLater) as told:
            trial.sweep()
        assert told.value.code == "emr-throttled"
        (names, _until) = trial.budget.refusals[0]
        assert f"athenahealth-{limit}" in names
        assert quota == "second" or names == ("athenahealth-per-day",)


def test_tokens_are_asked_for_once_an_hour_and_a_throttled_desk_is_waited_for() -> None:
    with trying({"token_calls_per_minute": "5"}) as trial:
        for _ in range(12):
            trial.changes(None)
            trial.clock.advance(POLL)
        assert len(asked(trial, "^POST /oauth2")) == 2
        app(trial).faults.switch_on("token_expires", match="booked")
        app(trial).faults.switch_on("token_throttled")
        with pytest.raises(TryAgainLater) as told:
            trial.sweep()
        assert told.value.until is not None
        assert told.value.until - trial.clock() <= timedelta(seconds=61)


def test_the_gateways_404_deletes_nothing() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        trial.sweep()
        gateway = Response(status=404, body=b"Service not registered with API gateway.")
        trial.server.app = Instead(trial.app, r"^GET /v1/195900/(appointments/\d|patients/)", gateway)
        with pytest.raises(AnswerUnreadable, match="gateway"):
            trial.fetch(str(booked.id))
        with pytest.raises(AnswerUnreadable):
            trial.read_patients([str(booked.patient_id)])
        assert str(booked.id) in trial.known.living()


def test_a_practice_that_the_key_does_not_reach_is_named() -> None:
    credentials = {"practice_id": "195917", "client_id": "example-client-id", "client_secret": "example-client-secret"}
    with trying(credentials=credentials) as trial:
        assert "does not reach practice 195917" in trial.connector().check().problems[0]


@pytest.mark.parametrize("practice_id", ["", "abc", "1/../2", "１９"])
def test_a_practice_id_that_is_no_number_asks_nothing(practice_id: str) -> None:
    with trying(credentials={"practice_id": practice_id, "client_id": "a", "client_secret": "b"}) as trial:
        with pytest.raises(NeedsReconnect, match="practice ID"):
            trial.changes(None)
        assert not trial.server.requests


def test_limits_are_what_the_portal_shows() -> None:
    told = {limit.name: limit.requests for limit in limits({"requests_per_day": "500000", "requests_per_second": "x"})}
    assert told["athenahealth-per-day"] == 500_000
    assert told["athenahealth-per-second"] == 5


# --- lists and rows (sections 6 and 9) --------------------------------------------------------------------------------


def test_cancelled_and_hidden_things_are_asked_for() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic, location_id=trial.clinic.add_location("Virtual Care").id)
        trial.clinic.cancel(booked.id)
        trial.sweep()
        assert trial.known.appointments[str(booked.id)].status is AppointmentStatus.CANCELLED
        assert str(booked.location_id) in trial.context.locations
        assert TELEMEDICINE in {entry.name for entry in trial.context.appointment_types.values()}


def test_an_appointment_in_a_new_department_is_understood_with_the_next_reading() -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.sweep()
        bookmark = trial.changes(None)
        there = trial.clinic.add_location("Cinder Mesa", zone="America/Phoenix")
        booked = a_booking(trial.clinic, location_id=there.id)
        trial.clock.advance(POLL)
        bookmark = trial.changes(bookmark)
        assert str(booked.id) not in trial.known.appointments  # set aside: its zone is not known yet
        assert asked(trial, "/departments")
        trial._context = None  # the house has taken in the list of departments by then
        trial.clock.advance(POLL)
        trial.changes(bookmark)
        assert trial.known.appointments[str(booked.id)].start.zone == "America/Phoenix"


def test_open_slots_among_the_changes_are_no_appointments() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        bookmark = trial.changes(None)
        trial.clinic.cancel(booked.id)
        held = trial.clinic.block(
            practitioner_id=booked.practitioner_id,
            location_id=booked.location_id,
            start=booked.start,
            minutes=60,
            why="",
        )
        trial.clock.advance(POLL)
        trial.changes(bookmark)
        assert set(trial.known.appointments) == {str(booked.id)}
        assert trial.fetch(str(held.id)) is None


@pytest.mark.parametrize("shape", ["open slot", "bare id"])
def test_a_deleted_row_in_any_shape_ends_what_was_known(shape: str) -> None:
    with trying({"deleted_rows": shape}) as trial:
        booked, kept = a_booking(trial.clinic), a_booking(trial.clinic)
        trial.sweep()
        bookmark = trial.changes(None)
        trial.clinic.archive(booked.id)
        trial.clock.advance(POLL)
        trial.changes(bookmark)
        assert set(trial.known.living()) == {str(kept.id)}
        assert trial.known.unreadable == []


def test_a_reschedule_is_two_appointments_and_the_first_names_the_second() -> None:
    with trying() as trial:
        old = a_booking(trial.clinic, note="zoom, please")
        bookmark = trial.changes(None)
        new = trial.clinic.rebook(old.id, start=old.start + timedelta(days=1))
        trial.clock.advance(POLL)
        trial.changes(bookmark)
        before, after = (trial.known.appointments[str(one)] for one in (old.id, new.id))
        assert (before.status, before.replaced_by_id) == (AppointmentStatus.CANCELLED, str(new.id))
        assert (after.status, after.video_words, before.video_words) == (AppointmentStatus.BOOKED, ("zoom",), ())


def test_marks_carry_ids_also_where_two_types_share_a_name() -> None:
    with trying() as trial:
        twins = [trial.clinic.add_type("Video Twin") for _ in range(2)]
        booked = [a_booking(trial.clinic, type_id=twin.id) for twin in twins]
        trial.sweep()
        ids = [trial.known.appointments[str(one.id)].marks[0].id for one in booked]
        assert ids == [str(twin.id) for twin in twins]
        assert trial.known.appointments[str(booked[0].id)].marks[1].kind is MarkKind.LOCATION


def test_a_past_appointment_that_nobody_checked_in_is_still_booked() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        trial.clinic.move(booked.id, start=trial.clinic.wall_time() - timedelta(hours=3))
        trial.sweep()
        assert trial.known.appointments[str(booked.id)].status is AppointmentStatus.BOOKED


# --- patients (section 8) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "status"), [("404", PatientStatus.GONE), ("survivor", PatientStatus.MERGED)])
def test_a_merged_chart_is_gone_or_points_at_its_survivor(answer: str, status: PatientStatus) -> None:
    with trying({"merged_patient": answer}) as trial:
        kept, gone = a_patient(trial.clinic), a_patient(trial.clinic)
        trial.clinic.merge_patients(kept=kept.id, gone=gone.id)
        found = trial.read_patients([str(gone.id)])[str(gone.id)]
        assert found.status is status
        assert found.merged_into_id == (str(kept.id) if answer == "survivor" else None)


def test_a_merge_shows_among_changed_patients_under_both_ids() -> None:
    with trying() as trial:
        kept, gone = a_patient(trial.clinic), a_patient(trial.clinic)
        connector = trial.connector()
        (first,) = connector.read_patient_changes(None)
        trial.clinic.merge_patients(kept=kept.id, gone=gone.id)
        trial.clock.advance(POLL)
        trial.take_in(connector.read_patient_changes(first.bookmark))
        assert trial.known.patients[str(gone.id)].merged_into_id == str(kept.id)
        assert trial.known.patients[str(kept.id)].status is PatientStatus.ACTIVE


def test_a_restricted_chart_is_told_apart_from_a_key_that_may_read_nobody() -> None:
    with trying() as trial:
        hidden, shown = a_patient(trial.clinic), a_patient(trial.clinic)
        app(trial).restricted.add(hidden.id)
        found = trial.read_patients([str(hidden.id), str(shown.id)])
        assert found[str(hidden.id)].status is PatientStatus.RESTRICTED
        assert found[str(shown.id)].status is PatientStatus.ACTIVE
        app(trial).faults.switch_on("forbidden", times=None, match="/patients")
        with pytest.raises(NeedsPermission, match="patients"):
            list(trial.connector().read_patients([str(hidden.id)], urgency=Urgency.SOON))


def test_restrictions_are_passed_over_only_where_a_setting_says_so() -> None:
    with trying(settings={"restricted_patients": "ignored"}) as trial:
        hidden = a_patient(trial.clinic)
        app(trial).restricted.add(hidden.id)
        assert trial.read_patients([str(hidden.id)])[str(hidden.id)].status is PatientStatus.ACTIVE


def test_changed_patients_are_wanted_in_full_because_their_row_says_nothing_of_insurance() -> None:
    with trying() as trial:
        patient = a_patient(trial.clinic)
        (first,) = trial.connector().read_patient_changes(None)
        trial.clinic.change_patient(patient.id, coverage=None)
        trial.clock.advance(POLL)
        trial.take_in(trial.connector().read_patient_changes(first.bookmark))
        told = trial.known.patients[str(patient.id)]
        assert (told.coverages, told.changed_at) == (None, trial.clock())


# --- the feed's timing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", ["300", "900"])
def test_changes_that_appear_minutes_later_are_read_when_they_do(seconds: str) -> None:
    with trying({"feed_delay_seconds": seconds}) as trial:
        bookmark = trial.changes(None)
        booked = a_booking(trial.clinic)
        for _ in range(3):
            trial.clock.advance(POLL)
            bookmark = trial.changes(bookmark)
        assert str(booked.id) in trial.known.appointments


def test_replays_are_asked_for_in_eastern_time_and_reading_never_by_offset() -> None:
    with trying({"most_rows": "3"}) as trial:
        bookmark = trial.changes(None)
        for _ in range(10):
            a_booking(trial.clinic)
        trial.clock.advance(timedelta(hours=2))  # 14:00 in New York
        trial.changes(bookmark)
        for query in asked(trial, CHANGED):
            assert "offset" not in query or "showprocessedstartdatetime" in query
        starts = {query["showprocessedstartdatetime"] for query in asked(trial, "showprocessedstart")}
        assert starts == {"11/09/2026 10:45:00"}


def test_a_feed_that_is_never_used_up_is_not_read_for_ever() -> None:
    clinic_rows = Response(body=b'{"totalcount":1,"appointments":[{"appointmentid":"1","appointmentstatus":"o"}]}')
    with trying({"subscription": "active"}) as trial:
        trial.connector().check()
        trial.server.app = Instead(trial.app, CHANGED, clinic_rows)
        with pytest.raises(AnswerUnreadable, match="again and again"):
            trial.changes(None)
        assert len(asked(trial, CHANGED)) <= 4
