"""Prime Suite's own quirks over the wire: weeks, odd pages, restless lists, refusals in every shape, the check."""

import traceback
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors.greenway_prime_suite.on_trial import trying
from visitsync.connectors.greenway_prime_suite.simulator.settings import INSURANCE_METHOD
from visitsync.connectors.greenway_prime_suite.weeks import LONGEST_DAYS, windows
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.exchange import Request
from visitsync.simulator_kit.staging import a_booking, a_patient

LIST = "User/PatientListGet"


def test_windows_are_a_week_at_most_share_a_day_and_reach_a_day_further() -> None:
    for days in (1, 5, 7, 8, 31, 102):
        first = date(2026, 11, 9)
        last = first + timedelta(days=days - 1)
        cut = list(windows(first, last))
        assert (cut[0].first, cut[-1].last) == (first - timedelta(days=1), last + timedelta(days=1))
        assert all((each.last - each.first).days < LONGEST_DAYS for each in cut)
        assert all(before.last == after.first for before, after in pairwise(cut))


def test_the_second_page_begins_behind_the_last_row_counted_from_one() -> None:
    with trying(variants={"largest_page": "10"}, settings={"page_size": "10"}) as trial:
        for _ in range(25):
            a_booking(trial.clinic, in_days=1)
        asked = _asked(trial)
        trial.sweep()
        assert differences(trial) == []
    starts = [each["PageStart"] for each in asked]
    assert starts.count(11) >= 1
    assert {start % 10 for start in starts} <= {0, 1}


def test_a_last_page_that_is_full_is_not_followed_by_another_question() -> None:
    with trying(settings={"page_size": "10"}) as trial:
        for _ in range(10):
            a_booking(trial.clinic, in_days=1)
        (monday,) = {a.start.date() for a in trial.clinic.appointments}
        pages = list(trial.connector().read_window(monday, monday, None))
        assert len(pages) == 1


def test_rows_that_the_numbering_skips_are_missed_out_loud() -> None:
    with trying(variants={"page_start": "from 0", "largest_page": "10"}) as trial:
        for _ in range(25):
            a_booking(trial.clinic, in_days=1)
        with pytest.raises(AnswerUnreadable, match="page_numbering"):
            trial.sweep()
        trial.settings["page_numbering"] = "from 0"
        trial.sweep()
        assert differences(trial) == []


def test_a_week_is_read_again_when_its_number_of_rows_changes_between_two_pages() -> None:
    with trying(variants={"largest_page": "7"}) as trial:
        for _ in range(20):
            a_booking(trial.clinic, in_days=2)
        asked = _asked(trial)
        trial.app.faults.switch_on("row_inserted_between_pages", times=1, match=LIST, skip=1, rows=1, in_days=2)
        trial.sweep()
        assert differences(trial) == []
    assert len({each["FromDate"] for each in asked if each["PageStart"] == 0}) < sum(
        each["PageStart"] == 0 for each in asked
    )


def test_a_page_that_is_skipped_is_noticed() -> None:
    with trying(variants={"largest_page": "5"}) as trial:
        for _ in range(20):
            a_booking(trial.clinic, in_days=2)
        trial.app.faults.switch_on("dropped_page", times=None, match=LIST)
        with pytest.raises(TryAgainLater):
            trial.sweep()


@pytest.mark.parametrize(
    ("fault", "options"),
    [("null_list", {}), ("null_list", {"total": 0}), ("missing_list", {}), ("fault_page", {"status": 400})],
)
def test_what_is_no_list_is_never_read_as_no_appointments(fault: str, options: dict[str, int]) -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.sweep()
        before = dict(trial.known.appointments)
        trial.app.faults.switch_on(fault, times=None, match=LIST, **options)
        with pytest.raises((TryAgainLater, RequestRefused)):
            trial.sweep()
        assert trial.known.appointments == before


def test_a_site_that_shows_empty_weeks_as_null_is_found_out_by_the_check() -> None:
    with trying(variants={"empty_week": "null"}) as trial:
        a_booking(trial.clinic)
        check = trial.connector().check()
        assert not check.is_working
        assert any("null_list" in problem for problem in check.problems)
        trial.settings["null_list"] = "empty"
        assert trial.connector().check().is_working
        trial.sweep()
        assert differences(trial) == []


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("throttled", TryAgainLater, "emr-throttled"),
        ("over_quota", TryAgainLater, "emr-throttled"),
        ("key_inactive", NeedsReconnect, "connection-needs-reconnect"),
        ("unauthorized", NeedsReconnect, "connection-needs-reconnect"),
        ("forbidden", NeedsPermission, "connection-lacks-permission"),
        ("error_in_200", AnswerUnreadable, "emr-answer-unreadable"),
        ("fault_page", TryAgainLater, "emr-outage"),
    ],
)
def test_each_refusal_says_what_to_do_next(fault: str, error: type[ConnectorError], code: str) -> None:
    with trying() as trial:
        trial.app.faults.switch_on(fault, times=None)
        with pytest.raises(error) as told:
            trial.sweep()
        assert told.value.code == code


def test_the_gateways_two_kinds_of_too_many_are_waited_out_for_different_times() -> None:
    waits = []
    for fault in ("throttled", "over_quota"):
        with trying() as trial:
            trial.app.faults.switch_on(fault, times=None)
            with pytest.raises(TryAgainLater) as told:
                trial.sweep()
            assert told.value.until is not None
            waits.append(told.value.until - trial.clock())
    assert waits[0] < timedelta(minutes=1) < waits[1]


@pytest.mark.parametrize("field", ["site_id", "user_name", "user_password", "user_id", "api_key", "vendor_login"])
@pytest.mark.parametrize("refused", ["error in 200", "401"])
def test_each_wrong_credential_needs_a_reconnect(field: str, refused: str) -> None:
    with trying(variants={"refused_login": refused}) as trial:
        credentials = {**trial.credentials.read(), field: "77"}
        trial.credentials.renew(lambda _: credentials)
        with pytest.raises(NeedsReconnect):
            trial.connector().check()


def test_a_call_that_the_site_does_not_have_is_named_by_the_check() -> None:
    with trying(settings={"insurance_method": "Patient/NoSuchThing"}) as trial:
        a_booking(trial.clinic, in_days=1)
        check = trial.connector().check()
        assert not check.is_working
        assert "Patient/NoSuchThing" in check.problems[0]
    with trying(settings={"insurance_method": "https://elsewhere.example/x"}) as trial:
        a_booking(trial.clinic, in_days=1)
        with pytest.raises(RequestRefused):
            trial.read_patients([str(next(iter(trial.clinic.patients)).id)])


def test_a_number_of_a_state_that_is_not_set_is_named_by_the_check() -> None:
    with trying(settings={"state_codes": ""}) as trial:
        a_booking(trial.clinic, in_days=1)
        check = trial.connector().check()
        assert not check.is_working
        assert "state_codes" in check.problems[0]


def test_one_appointment_cannot_be_asked_for() -> None:
    with trying() as trial, pytest.raises(RequestRefused):
        list(trial.connector().read_appointment("700001", urgency=Urgency.PERSON_WAITS))


def test_answers_that_take_more_than_a_minute_are_waited_for() -> None:
    with trying() as trial:
        client = trial.connector()._asking._client  # type: ignore[attr-defined]
        assert client.total_seconds == 2 * PoliteClient.total_seconds == 120


def test_a_slow_site_is_only_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PoliteClient, "total_seconds", 5.0)
    with trying(variants={"answers_after_seconds": "1"}, settings={"horizon_days": "14"}) as trial:
        a_booking(trial.clinic)
        trial.changes(None)
        assert len(trial.server.requests) == 1


def test_policies_are_not_asked_for_where_nobody_named_the_call() -> None:
    with trying(settings={"insurance_method": ""}) as trial:
        patient = a_patient(trial.clinic)
        found = trial.read_patients([str(patient.id)])[str(patient.id)]
        assert found.coverages is None
        assert not trial.server.requests_matching(INSURANCE_METHOD)


def test_who_pays_alone_is_told_by_the_plan() -> None:
    with trying() as trial:
        patient = a_patient(trial.clinic, coverage=None, is_self_pay=True)
        found = trial.read_patients([str(patient.id)])[str(patient.id)]
        assert (found.is_self_pay, found.coverages) == (True, ())


def test_a_chart_that_was_merged_away_is_gone() -> None:
    with trying() as trial:
        kept, gone = a_patient(trial.clinic), a_patient(trial.clinic)
        trial.clinic.merge_patients(kept=kept.id, gone=gone.id)
        assert trial.read_patients([str(gone.id)])[str(gone.id)].status is PatientStatus.GONE


def test_an_empty_patient_is_a_failure_unless_the_site_means_nobody_by_it() -> None:
    for shape in ("null", "zeros"):
        with trying(variants={"unknown_patient": shape}) as trial:
            assert trial.read_patients(["4711"]) == {}
            assert "names nobody" in trial.known.unreadable[0].reason
            trial.settings["unknown_patient"] = "empty"
            assert trial.read_patients(["4711"])["4711"].status is PatientStatus.GONE


def test_the_catalog_is_gathered_once_and_only_from_pages_with_news() -> None:
    with trying() as trial:
        for week in range(8):
            a_booking(trial.clinic, in_days=2 + 7 * week)
        pages = list(trial.connector().read_catalog())
        assert sorted(page.kind for page in pages) == sorted(
            [RecordKind.APPOINTMENT_TYPE, RecordKind.LOCATION, RecordKind.PRACTITIONER]
        )
        entry = next(iter(trial.context.practitioners.values()))
        assert (entry.name, entry.npi) == ("Osei, Imara MD", "1000000004")


def test_what_was_used_some_weeks_ago_is_in_the_catalog_though_nothing_is_booked() -> None:
    with trying() as trial:
        with trial.clinic.editing(stamp=trial.clock() - timedelta(days=300)):
            trial.clinic.add_location("Old Mill")
            trial.clinic.add_type("Telehealth Intake")
            trial.clinic.add_practitioner("Imara", "Osei", npi="1000000004")
        assert {entry.name for entry in trial.context.locations.values()} == {"Old Mill"}
        assert "Telehealth Intake" in {entry.name for entry in trial.context.appointment_types.values()}


def test_no_social_security_number_leaves_the_connector() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        pages = [*trial.sweep(), *trial.connector().read_patients([str(booked.patient_id)], urgency=Urgency.SOON)]
        assert pages
        assert all(b"000-12-3456" not in page.body for page in pages)


def test_neither_key_nor_credentials_show_in_what_is_raised_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    with trying() as trial:
        secrets = [value for name, value in trial.credentials.read().items() if name not in ("site_id", "user_id")]
        said = []
        for fault in ("fault_page", "key_inactive", "error_in_200", "answer_lost"):
            trial.app.faults.switch_on(fault, times=None)
            with pytest.raises(ConnectorError) as told:
                trial.sweep()
            trial.app.faults.clear()
            said.append("".join(traceback.format_exception(told.value)))
        said += [caplog.text, *(request.line for request in trial.server.requests)]
        assert not [secret for secret in secrets for text in said if secret in text]


def _asked(trial: Trial) -> list[dict[str, Any]]:
    """What is asked from here on of the schedule."""
    asked: list[dict[str, Any]] = []

    def note(request: Request, response: object) -> None:
        if LIST in request.path:
            asked.append(msgspec.json.decode(request.body))

    trial.server.on_response.append(note)
    return asked
