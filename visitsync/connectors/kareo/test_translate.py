"""What rows of the schedule and the lists around it mean."""

from datetime import UTC, datetime

import msgspec
import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors.kareo.fixtures import CONTEXT, SHIFTED, ZONE, appointments, records, row, saved, split
from visitsync.connectors.kareo.statuses import STATUS, status_named
from visitsync.connectors.kareo.translate import TRANSLATOR
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.practice import CatalogEntry

# Rows of the schedule


def test_a_row_of_2021_is_an_appointment() -> None:
    assert appointments(saved("getappointments_2021"))["90017"] == Appointment(
        id="90017",
        start=appointments(row(StartDate="11/18/2026 2:00:00 PM", EndDate="11/18/2026 2:01:00 PM"))["7"].start,
        duration_minutes=20,
        status=AppointmentStatus.BOOKED,
        status_text="Scheduled",
        marks=(
            Mark(MarkKind.REASON, None, "Nurse Check"),
            Mark(MarkKind.REASON, None, "Video Visit"),
            Mark(MarkKind.LOCATION, None, "Birch Lane Online"),
            Mark(MarkKind.RESOURCE, None, "Room 2"),
            Mark(MarkKind.RESOURCE, None, "Teodor Ashgrove, NP"),
        ),
        patient_id="31107",
        location_id="8",
        booked_at=datetime(2026, 11, 2, 14, 15, 9, tzinfo=UTC),
        changed_at=datetime(2026, 11, 3, 23, 40, 33, tzinfo=UTC),
        video_words=("zoom",),
        lacks_detail=True,
    )


def test_a_row_of_today_tells_ids_and_the_provider_in_any_slot() -> None:
    (found,) = appointments(saved("getappointments_today")).values()
    assert (found.practitioner_id, found.location_id, found.location_name) == ("27", "8", None)
    assert not found.lacks_detail
    assert Mark(MarkKind.REASON, "415", "Telehealth Intake") in found.marks
    assert found.status is AppointmentStatus.CHECKED_IN
    assert found.start.instant == datetime(2026, 11, 19, 19, tzinfo=UTC)
    assert found.duration_minutes == 45


def test_details_can_be_wanted_always() -> None:
    always = msgspec.structs.replace(CONTEXT, settings={"details": "always"})
    (found,) = appointments(saved("getappointments_today"), always).values()
    assert found.lacks_detail


def test_blocks_are_nobodys_appointment() -> None:
    block = appointments(saved("getappointments_2021"))["88200"]
    assert block.is_block
    assert block.patient_id is None
    assert not block.lacks_detail
    for nobody in ("", "0"):
        assert appointments(row(PatientID=nobody))["7"].is_block
    assert appointments(row(Type="Other"))["7"].is_block
    assert not appointments(row(Type="Patient"))["7"].is_block


def test_occurrences_that_share_an_id_are_told_apart_by_their_start() -> None:
    found = appointments(saved("getappointments_2021"))
    assert {"77001@2026-11-20T16:00", "77001@2026-11-27T16:00"} < set(found)
    assert found["77001@2026-11-20T16:00"].series_id == "77001"
    assert found["90017"].series_id is None


def test_a_row_of_nothing_is_no_appointment() -> None:
    assert split(saved("getappointments_phantom")) == []
    assert split(row(ID="", PatientID="", StartDate="", EndDate="", Recurring="False")) == []


@pytest.mark.parametrize("word", ["No-show", "No Show", "NoShow", "NO SHOW", "no-show"])
def test_statuses_are_the_same_in_every_spelling(word: str) -> None:
    assert status_named(word) is AppointmentStatus.NO_SHOW


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Scheduled Confirmed ReminderSent", AppointmentStatus.BOOKED),
        ("Check-in CheckedIn Roomed ReadyToBeSeen", AppointmentStatus.CHECKED_IN),
        ("Check-out CheckedOut", AppointmentStatus.FULFILLED),
        ("Cancelled Canceled Rescheduled NeedsReschedule", AppointmentStatus.CANCELLED),
        ("Tentative", AppointmentStatus.PENDING),
        ("Unknown Phoned-OK", None),
    ],
)
def test_both_vocabularies_are_known(words: str, status: AppointmentStatus | None) -> None:
    assert {status_named(word) for word in words.split()} == {status}


def test_a_status_of_the_practices_own_is_kept_in_its_words() -> None:
    found = appointments(row(ConfirmationStatus="Phoned-OK"))["7"]
    assert (found.status, found.status_text) == (None, "Phoned-OK")
    assert "unknown" not in STATUS


# Times of lists


@pytest.mark.parametrize(
    ("offset", "start", "end", "changed"),
    [
        ("-6", "12/1/2026 9:00:00 AM", "12/1/2026 9:30:00 AM", "11/30/2026 6:00:00 PM"),
        ("-5", "12/1/2026 10:00:00 AM", "12/1/2026 10:30:00 AM", "11/30/2026 7:00:00 PM"),
        ("0", "12/1/2026 3:00:00 PM", "12/1/2026 3:30:00 PM", "12/1/2026 12:00:00 AM"),
        ("0", "2026-12-01T15:00:00", "2026-12-01T15:30:00", "2026-12-01"),
    ],
)
def test_times_are_the_same_whichever_offset_was_asked_with(offset: str, start: str, end: str, changed: str) -> None:
    body = row(StartDate=start, EndDate=end, LastModifiedDate=changed, Recurring="True")
    (record,) = records(body, offset=offset, **SHIFTED)
    (as_asked_elsewhere,) = records(
        row(LastModifiedDate="11/30/2026 6:00 PM", Recurring="True"), offset="-6", **SHIFTED
    )
    assert record.body == as_asked_elsewhere.body
    found = TRANSLATOR.appointment(record, CONTEXT)
    assert found.id == "7@2026-12-01T09:00"
    assert (found.start.wall, found.start.instant) == (datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 15, tzinfo=UTC))
    assert found.duration_minutes == 30
    assert found.changed_at == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "clarity", "minutes"),
    [
        ("11/1/2026 1:30:00 AM", "11/1/2026 1:50:00 AM", Clarity.AMBIGUOUS, 20),
        ("11/1/2026 1:30:00 AM", "11/1/2026 1:00:00 AM", Clarity.AMBIGUOUS, 30),
        ("11/1/2026 12:30:00 AM", "11/1/2026 2:30:00 AM", Clarity.CERTAIN, 180),
        ("3/14/2027 2:30:00 AM", "3/14/2027 3:00:00 AM", Clarity.NONEXISTENT, 30),
        ("3/14/2027 3:00:00 AM", "3/14/2027 3:30:00 AM", Clarity.CERTAIN, 30),
    ],
)
def test_wall_times_of_the_practice_are_flagged_where_they_are_doubtful(
    start: str, end: str, clarity: Clarity, minutes: int
) -> None:
    asked = {"list_times": "practice_local", "zone": ZONE, "offset": "-5"}
    found = appointments(row(StartDate=start, EndDate=end), asked=asked)["7"]
    assert (found.start.clarity, found.duration_minutes) == (clarity, minutes)


def test_an_offset_leaves_no_doubt_in_the_hour_that_comes_twice() -> None:
    body = row(StartDate="11/1/2026 1:30 AM", EndDate="11/1/2026 2:00 AM")
    first, again = (appointments(body, asked={"offset": offset, **SHIFTED})["7"] for offset in ("-5", "-6"))
    assert first.start.clarity is again.start.clarity is Clarity.CERTAIN
    assert first.start.wall == again.start.wall == datetime(2026, 11, 1, 1, 30)
    assert (again.start.instant - first.start.instant).total_seconds() == 3600


def test_an_admins_zone_for_a_location_changes_the_wall_time_and_not_the_moment() -> None:
    west = CatalogEntry(id="8", name="Birch Lane Online", zone="America/Denver")
    context = msgspec.structs.replace(CONTEXT, locations={"8": west})
    (found,) = appointments(saved("getappointments_today"), context).values()
    assert (found.start.zone, found.start.wall) == ("America/Denver", datetime(2026, 11, 19, 12))
    assert found.start.instant == datetime(2026, 11, 19, 19, tzinfo=UTC)


def test_stamps_may_be_in_utc() -> None:
    utc = msgspec.structs.replace(CONTEXT, settings={"list_stamps": "utc"})
    found = appointments(row(LastModifiedDate="11/30/2026 6:00:00 PM"), utc)["7"]
    assert found.changed_at == datetime(2026, 11, 30, 18, tzinfo=UTC)


def test_a_location_name_that_two_locations_have_names_none() -> None:
    twice = {key: CatalogEntry(id=key, name="Birch Lane Online") for key in ("8", "9")}
    found = appointments(
        row(ServiceLocationName="Birch Lane Online"), msgspec.structs.replace(CONTEXT, locations=twice)
    )["7"]
    assert (found.location_id, found.location_name) == (None, "Birch Lane Online")


# The catalog


def test_lists_name_reasons_locations_and_the_practices_own_providers() -> None:
    names = ("getappointmentreasons", "getservicelocations", "getproviders")
    entries = {name: [TRANSLATOR.catalog_entry(one, CONTEXT) for one in records(saved(name))] for name in names}
    assert entries == {
        "getappointmentreasons": [CatalogEntry(id="415", name="Telehealth Intake")],
        "getservicelocations": [CatalogEntry(id="3", name="Birch Lane Clinic"), ONLINE],
        "getproviders": [
            CatalogEntry(id="27", name="Teodor Ashgrove", npi="1000000020", synonyms=("Teodor Ashgrove, NP",)),
            CatalogEntry(id="12", name="Maud Fennimore", is_active=False),
        ],
    }


ONLINE = CatalogEntry(id="8", name="Birch Lane Online")


def test_without_a_list_of_reasons_the_schedule_names_them() -> None:
    page = FetchedPage(kind=RecordKind.APPOINTMENT_TYPE, body=saved("getappointments_2021"))
    found = [one for one in TRANSLATOR.split(page) if isinstance(one, RawRecord)]
    assert [TRANSLATOR.catalog_entry(one, CONTEXT).name for one in found] == ["Nurse Check", "Video Visit"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"GetAppointmentsResult":{"Appointments":{"AppointmentData":[]}}}', "save the SOAP envelope"),
        (b'[{"ID":"5"}]', "save the SOAP envelope"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"\r\n<HTML><body>Service Unavailable</body></HTML>", "HTML"),
        (b" \n", "empty"),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n[]", "save the SOAP envelope"),
    ],
)
def test_a_file_that_is_no_soap_says_what_it_is(body: bytes, told: str) -> None:
    with pytest.raises(AnswerUnreadable, match=told):
        TRANSLATOR.page_from_file(body)


def test_a_saved_answer_may_stand_behind_its_http_head() -> None:
    alone = saved("getappointments_2021")
    whole = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n" + alone
    assert TRANSLATOR.page_from_file(whole) == TRANSLATOR.page_from_file(alone)
