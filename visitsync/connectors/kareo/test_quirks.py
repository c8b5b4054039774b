"""What bites with Kareo in particular, over real HTTP against the pretend one."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from lxml import etree

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.conformance.vendor import impatient
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    NeedsReconnect,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors.kareo import MANIFEST, TRANSLATOR
from visitsync.connectors.kareo.contract import ENDPOINT_PATH
from visitsync.connectors.kareo.simulator import KareoSimulator
from visitsync.domain.appointment import MarkKind
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Request, Response
from visitsync.simulator_kit.staging import a_booking

LISTS = r"GetAppointments$"
SINGLES = r"GetAppointment$"


def kareo(**given: Any) -> Trial:
    given["variants"] = {"throttle_percent": "0", **given.get("variants", {})}
    return Trial("kareo", path=ENDPOINT_PATH, **given)


def series(trial: Trial, count: int = 3) -> list[str]:
    first = a_booking(trial.clinic, in_days=2)
    trial.clinic.delete(first.id)
    booking = {
        name: getattr(first, name) for name in ("patient_id", "practitioner_id", "location_id", "type_id", "start")
    }
    booked = trial.clinic.book_series(count=count, **booking)
    return [f"{trial.app.vendor_id(each.id)}@{each.start.isoformat(timespec='minutes')}" for each in booked]


def asked(trial: Trial, operation: str) -> list[str]:
    return [request.line for request in list(trial.server.requests) if request.line.endswith(f" {operation}")]


def records(pages: list[FetchedPage]) -> list[RawRecord]:
    return [one for page in pages for one in TRANSLATOR.split(page) if isinstance(one, RawRecord)]


def filters(trial: Trial, operation: str) -> list[dict[str, str]]:
    """The criteria of every question of an operation from now on."""
    found: list[dict[str, str]] = []

    def note(request: Request, _: object) -> None:
        if request.operation == operation:
            criteria = next(each for each in etree.fromstring(request.body).iter() if each.tag.endswith("}Filter"))
            found.append({each.tag.rpartition("}")[2]: each.text or "" for each in criteria})

    trial.server.on_response.append(note)
    return found


# Windows and changes


def test_each_chunk_names_the_practice_and_the_offset_that_is_right_for_it() -> None:
    clinic = Clinic(clock=VirtualClock.frozen_at(datetime(2026, 10, 20, 15, tzinfo=UTC)), name="Ash & Oak <Clinic>")
    with kareo(clinic=clinic) as trial:
        criteria = filters(trial, "GetAppointments")
        list(trial.connector().read_window(date(2026, 10, 20), date(2026, 12, 20), None))
    assert [(each["StartDate"], each["EndDate"], each["TimeZoneOffsetFromGMT"]) for each in criteria] == [
        ("10/20/2026 12:00:00 AM", "11/1/2026 1:59:59 AM", "-4"),
        ("11/1/2026 1:00:00 AM", "11/30/2026 11:59:59 PM", "-5"),
        ("11/30/2026 12:00:00 AM", "12/21/2026 11:59:59 PM", "-5"),
    ]
    assert {each["PracticeName"] for each in criteria} == {"Ash & Oak <Clinic>"}
    assert all("Type" not in each for each in criteria)


def test_changes_are_asked_for_with_both_ends_and_room_for_any_zone() -> None:
    with kareo() as trial:
        criteria = filters(trial, "GetAppointments")
        bookmark = trial.changes(None)
        trial.clock.advance(timedelta(minutes=10))
        trial.changes(bookmark)
    # Noon in New York, read from 26 hours before the last reading to 26 hours from now.
    assert (criteria[1]["FromLastModifiedDate"], criteria[1]["ToLastModifiedDate"]) == (
        "11/8/2026 10:00:00 AM",
        "11/10/2026 2:10:00 PM",
    )
    assert "StartDate" not in criteria[1]


def test_changes_after_a_long_silence_are_asked_for_in_pieces() -> None:
    with kareo() as trial:
        bookmark = trial.changes(None)
        trial.clock.advance(timedelta(days=70))
        criteria = filters(trial, "GetAppointments")
        pages = list(trial.connector().read_changes(bookmark))
    assert len(pages) == len(criteria) == 3
    assert pages[-1].bookmark == "2027-01-18T17:00:00+00:00"
    assert sorted(page.bookmark or "" for page in pages) == [page.bookmark for page in pages]


def test_a_schedule_too_long_for_one_answer_comes_in_more() -> None:
    with kareo() as trial:
        for day in range(1, 25):
            a_booking(trial.clinic, in_days=day)
        whole = trial.sweep()
        most = max(len(page.body) for page in whole)
        with impatient(max_body_bytes=most // 2):
            parts = trial.sweep()
    assert len(parts) > len(whole)
    assert differences(trial) == []


# Single appointments


def test_occurrences_of_a_series_are_known_apart_and_share_one_question() -> None:
    with kareo(variants={"contract": "2021"}) as trial:
        ids = series(trial)
        trial.sweep()
        assert set(trial.known.living()) == set(ids)
        assert len({each.partition("@")[0] for each in ids}) == 1
        assert len(asked(trial, "GetAppointment")) == 1
        assert all(each.practitioner_id for each in trial.known.living().values())


def test_one_deleted_occurrence_is_gone_and_the_others_are_not() -> None:
    with kareo() as trial:
        ids = series(trial)
        trial.sweep()
        (second,) = [each for each in trial.clinic.appointments if each.start.isoformat().startswith(ids[1][-16:])]
        trial.clinic.delete(second.id)
        assert trial.fetch(ids[1]) is None
        assert trial.fetch(ids[0]) is not None
        assert trial.fetch(ids[2]) is not None


@pytest.mark.parametrize("unknown_id", ["error", "nil"])
@pytest.mark.parametrize("deleted", ["is_deleted", "error", "nil"])
def test_an_appointment_that_is_gone_is_told_so_in_every_way(deleted: str, unknown_id: str) -> None:
    with kareo(variants={"deleted": deleted, "unknown_id": unknown_id}) as trial:
        archived, removed = a_booking(trial.clinic), a_booking(trial.clinic)
        trial.clinic.archive(archived.id)
        trial.clinic.delete(removed.id)
        for identity in (str(archived.id), str(removed.id), "990001"):
            (record,) = records(list(trial.connector().read_appointment(identity, urgency=Urgency.SOON)))
            assert (record.kind, record.id, record.is_absent) == (RecordKind.APPOINTMENT, identity, True)


def test_a_moved_appointment_is_found_where_it_is_now() -> None:
    with kareo() as trial:
        booked = a_booking(trial.clinic, note="by video please")
        trial.sweep()
        trial.clinic.move(booked.id, start=booked.start + timedelta(days=40, hours=3))
        found = trial.fetch(str(booked.id))
        assert found is not None
        assert found.start.wall == booked.start + timedelta(days=40, hours=3)
        # It is told as lists tell it, with the reason's text, and with what only the single record says.
        assert {mark.kind for mark in found.marks} >= {MarkKind.REASON, MarkKind.MODE}
        assert found.video_words == ("video",)


def test_a_row_missing_from_its_day_is_no_deletion() -> None:
    with kareo() as trial:
        booked = a_booking(trial.clinic)
        trial.app.faults.switch_on("empty_list", match=LISTS)
        pages = trial.connector().read_appointment(str(booked.id), urgency=Urgency.SOON)
        with pytest.raises(AnswerUnreadable):
            TRANSLATOR.split(next(iter(pages)))


def test_one_record_on_which_kareo_breaks_does_not_keep_the_others_waiting() -> None:
    with kareo() as trial:
        ids = [str(a_booking(trial.clinic).id) for _ in range(4)]
        trial.app.faults.switch_on("internal_fault", match=SINGLES, skip=1)
        pages = trial.connector().read_details(ids, urgency=Urgency.SOON)
        read = [next(pages).asked["ids"] for _ in range(3)]
        with pytest.raises(TryAgainLater):
            next(pages)
        assert read == [ids[0], ids[2], ids[3]]


def test_when_kareo_breaks_on_everything_it_is_left_alone() -> None:
    with kareo() as trial:
        ids = [str(a_booking(trial.clinic).patient_id) for _ in range(9)]
        trial.app.faults.switch_on("internal_fault", times=None, match=r"GetPatient$")
        with pytest.raises(TryAgainLater):
            list(trial.connector().read_patients(ids, urgency=Urgency.SOON))
        assert len(asked(trial, "GetPatient")) == 3


def test_an_error_about_one_record_is_set_aside_with_that_record() -> None:
    with kareo() as trial:
        ids = [str(a_booking(trial.clinic).id) for _ in range(3)]
        trial.app.faults.switch_on("error_in_200", match=SINGLES, message="The schedule of this resource is locked.")
        found = [
            one for page in trial.connector().read_details(ids, urgency=Urgency.SOON) for one in TRANSLATOR.split(page)
        ]
        assert [one.id for one in found] == ids
        assert [isinstance(one, RawRecord) for one in found] == [False, True, True]


# Refusals with status 200


def test_a_window_that_kareo_finds_too_wide_is_ours_to_mend() -> None:
    with kareo() as trial:
        trial.app.faults.switch_on("error_in_200", match=LISTS, message="The date range cannot exceed 60 days.")
        with pytest.raises(RequestRefused):
            trial.sweep()


def test_an_answer_without_a_verdict_is_no_answer() -> None:
    with kareo() as trial:
        a_booking(trial.clinic)
        trial.app.faults.switch_on("security_missing", match=LISTS)
        with pytest.raises(AnswerUnreadable):
            trial.sweep()


@pytest.mark.parametrize("wrong_key", ["flagged", "null_list"])
def test_a_refused_customer_key_needs_a_reconnect(wrong_key: str) -> None:
    with kareo(variants={"wrong_key": wrong_key}) as trial:
        trial.app.faults.switch_on("key_refused", match=LISTS)
        with pytest.raises(NeedsReconnect):
            trial.sweep()


def test_missing_credentials_are_named_and_nobody_is_asked() -> None:
    with kareo(credentials={"customer_key": "k", "user": "u", "password": ""}) as trial:
        with pytest.raises(NeedsReconnect, match="password"):
            trial.sweep()
        assert not trial.server.requests


@pytest.mark.parametrize("shape", ["typed", "untyped"])
def test_after_throttling_no_operation_of_this_key_is_asked_for_a_while(shape: str) -> None:
    with kareo(variants={"throttled_answer": shape}) as trial:
        trial.app.faults.switch_on("throttled", match=LISTS)
        with pytest.raises(TryAgainLater) as told:
            trial.sweep()
        assert told.value.code == "emr-throttled"
        assert told.value.until == trial.clock() + timedelta(seconds=30)
        ((names, _),) = trial.budget.refusals
        assert set(names) == {"kareo", "kareo-GetAppointments"}


# Secrets


class Telling(KareoSimulator):
    """Sends social security numbers wherever it can."""

    def answer(self, request: Request) -> Response:
        response = super().answer(request)
        told = re.sub(rb'<(\w*(?:SSN|SocialSecurityNumber)) i:nil="true"/>', rb"<\1>900-00-0009</\1>", response.body)
        return replace(response, body=told)


def test_social_security_numbers_do_not_leave_the_connector() -> None:
    with kareo() as trial:
        app = trial.app
        trial.server.app = Telling(trial.clinic, clock=trial.clock, variants=app.variants, scenarios=app.scenarios())
        patient = str(a_booking(trial.clinic).patient_id)
        told: list[Response] = []
        trial.server.on_response.append(lambda _, response: told.append(response))
        connector = trial.connector()
        pages = list(connector.read_patients([patient], urgency=Urgency.SOON))
        pages += [*connector.read_catalog(), *connector.read_patient_changes(None)]
    assert sum(b"900-00-0009" in response.body for response in told) == 3
    assert not any(b"900-00-0009" in page.body for page in pages)
    assert patient in {one.id for one in records(pages)}


# Small things


def test_without_a_list_of_reasons_those_of_the_schedule_are_offered() -> None:
    with kareo(variants={"contract": "2021"}) as trial:
        a_booking(trial.clinic)
        kinds = [page.kind for page in trial.connector().read_catalog()]
        assert "Telemedicine Visit" in {entry.name for entry in trial.context.appointment_types.values()}
        assert set(kinds) == {RecordKind.APPOINTMENT_TYPE, RecordKind.LOCATION, RecordKind.PRACTITIONER}


def test_a_base_url_without_a_path_leads_to_the_service() -> None:
    with kareo() as trial:
        check = trial.connector(base_url=trial.server.url).check()
    assert check.is_working


def test_a_service_that_is_not_at_the_address_is_ours_to_mend() -> None:
    with kareo() as trial, pytest.raises(RequestRefused, match="not at this address"):
        trial.connector(base_url=f"{trial.server.url}/elsewhere").check()


def test_a_phantom_row_is_no_record() -> None:
    with kareo() as trial:
        a_booking(trial.clinic)
        trial.app.faults.switch_on("phantom_row", times=None, match=LISTS)
        trial.sweep()
        assert len(trial.known.living()) == 1
        assert trial.known.unreadable == []


def test_every_setting_has_a_use_and_every_known_gap_a_setting_that_exists() -> None:
    names = {setting.name for setting in MANIFEST.settings}
    assert {gap.setting for gap in MANIFEST.known_gaps if gap.setting} <= names
    assert len({limit.name for limit in MANIFEST.limits}) == len(MANIFEST.limits)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    assert msgspec.json.encode(MANIFEST)
