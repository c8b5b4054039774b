"""Every documented payload of Prime Suite is understood, drifted ones too, or refused with the reason."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.greenway_prime_suite.fixtures import (
    NEW_YORK,
    a_row,
    appointments,
    page_of,
    patient,
    records,
    saved,
    understood,
)
from visitsync.connectors.greenway_prime_suite.translate import FROM, ONLY, SCHEDULE, TRANSLATOR
from visitsync.domain.appointment import AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import Coverage, Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

UNDERSTOOD = {
    "schedule.json": (RecordKind.APPOINTMENT, 8),
    "schedule_escaped.json": (RecordKind.APPOINTMENT, 2),
    "schedule_drifted.json": (RecordKind.APPOINTMENT, 2),
    "schedule_rows.json": (RecordKind.APPOINTMENT, 3),
    "schedule_empty.json": (RecordKind.APPOINTMENT, 0),
    "appointment.json": (RecordKind.APPOINTMENT, 1),
    "answer_with_head.http": (RecordKind.APPOINTMENT, 1),
    "demographics.json": (RecordKind.PATIENT, 1),
    "demographics_flat.json": (RecordKind.PATIENT, 1),
    "demographics_nested.json": (RecordKind.PATIENT, 1),
    "insurance.json": (RecordKind.PATIENT, 1),
    "insurance_rows.json": (RecordKind.PATIENT, 1),
}
REFUSED = {
    "schedule_null.json": "null",
    "schedule_null_with_rows.json": "null",
    "schedule_missing.json": "none of a schedule",
    "error_login.json": "credentials are not accepted",
    "error_other.json": "error message",
    "error_message_only.json": "error message",
    "gateway.xml": "XML or HTML",
    "fault.html": "XML or HTML",
    "custom_fields.json": "custom fields",
    "clinical_summary.json": "clinical summary",
    "document_import.json": "import of a document",
    "request.json": "remove the file",
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_saved_answer_is_understood(name: str) -> None:
    page = TRANSLATOR.page_from_file(saved(name))
    found = TRANSLATOR.split(page)
    assert (page.kind, len(found)) == UNDERSTOOD[name]
    for record in found:
        assert isinstance(record, RawRecord)
        read = TRANSLATOR.patient if page.kind is RecordKind.PATIENT else TRANSLATOR.appointment
        assert read(record, NEW_YORK).id == record.id


@pytest.mark.parametrize("name", UNDERSTOOD)
@pytest.mark.parametrize("wrap", ["\ufeff%s", "\r\n\t %s \n", "HTTP/1.1 200 OK\r\nX: y\r\n\r\n%s"])
def test_blanks_marks_and_heads_around_an_answer_make_no_difference(name: str, wrap: str) -> None:
    if name.endswith(".http"):
        wrap = "%s"
    body = wrap.encode().replace(b"%s", saved(name))
    assert len(TRANSLATOR.split(TRANSLATOR.page_from_file(body))) == UNDERSTOOD[name][1]


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_records_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(AnswerUnreadable, match=REFUSED[name]):
        TRANSLATOR.split(TRANSLATOR.page_from_file(saved(name)))


def test_the_usual_appointment_is_understood() -> None:
    found = appointments("schedule.json")["812001"]
    assert found.start.wall == datetime(2026, 11, 17, 10, 15)
    assert found.start.instant == datetime(2026, 11, 17, 15, 15, tzinfo=UTC)
    assert (found.duration_minutes, found.status, found.patient_id) == (25, AppointmentStatus.BOOKED, "31077")
    assert (found.practitioner_id, found.location_id, found.is_block) == ("41", "5", False)
    assert found.coverage_named is True
    assert found.video_words == ("video",)
    assert found.marks == (
        Mark(MarkKind.TYPE, "31", "VIDEO VISIT"),
        Mark(MarkKind.SERVICE, "visit:12", "Telehealth"),
        Mark(MarkKind.RESOURCE, "214", "HOLLOWAY"),
        Mark(MarkKind.LOCATION, "5", "East Clinic"),
        Mark(MarkKind.MODE, None, "TELE"),
    )


def test_time_kept_free_is_a_block_of_nobody() -> None:
    found = appointments("schedule.json")["812002"]
    assert (found.is_block, found.patient_id, found.coverage_named) == (True, None, False)
    assert understood(a_row(Patient=None)).is_block
    assert understood(a_row(Patient__PatientID=None)).is_block
    assert understood(a_row(Patient__PatientID="0")).is_block


def test_without_an_end_an_appointment_is_as_long_as_its_type() -> None:
    assert appointments("schedule.json")["812003"].duration_minutes == 15
    with pytest.raises(RecordUnreadable, match="EndTime"):
        understood(a_row(EndTime=None, Type__Duration=None))
    with pytest.raises(RecordUnreadable, match="EndTime"):
        understood(a_row(EndTime="9:00 AM"))


def test_an_appointment_may_reach_past_midnight() -> None:
    assert appointments("schedule.json")["812008"].duration_minutes == 30


def test_a_column_that_belongs_to_nobody_gives_no_provider() -> None:
    found = appointments("schedule.json")["812004"]
    assert found.practitioner_id is None
    assert Mark(MarkKind.RESOURCE, "230", "INFUSION CHAIR 2") in found.marks


def test_the_visits_instant_settles_an_hour_that_comes_twice() -> None:
    found = appointments("schedule.json")["812005"].start
    assert (found.clarity, found.instant) == (Clarity.CERTAIN, datetime(2026, 11, 1, 6, 30, tzinfo=UTC))
    earlier = a_row(ScheduleDate="11/01/2026", StartTime="1:30 AM", AppointmentTime=None, EndTime=None)
    earlier["Visit"]["FromDateTime"] = None
    assert understood(earlier).start.clarity is Clarity.AMBIGUOUS


def test_a_time_that_the_visit_contradicts_is_flagged_unless_visits_are_ignored() -> None:
    row = a_row(Visit__FromDateTime="/Date(1794931200000-0500)/")
    assert understood(row).start.clarity is Clarity.CONTRADICTORY
    ignoring = TranslationContext(practice_zone="America/New_York", settings={"visit_times": "ignored"})
    assert understood(row, ignoring).start.clarity is Clarity.CERTAIN
    never = a_row(Visit__FromDateTime="/Date(-62135596800000)/")
    assert understood(never).start.clarity is Clarity.CERTAIN


def test_a_location_in_another_zone_is_read_there_once_its_zone_is_set() -> None:
    row = a_row(Visit__FromDateTime="/Date(1794932100000-0600)/")
    assert understood(row).start.clarity is Clarity.CONTRADICTORY
    place = CatalogEntry(id="5", name="East Clinic", zone="America/Chicago")
    there = TranslationContext(practice_zone="America/New_York", locations={"5": place})
    assert understood(row, there).start.instant == datetime(2026, 11, 17, 16, 15, tzinfo=UTC)


def test_start_and_told_time_that_differ_are_not_chosen_from() -> None:
    row = a_row(AppointmentTime="10:00 AM", Visit__FromDateTime=None)
    assert understood(row).start.clarity is Clarity.CONTRADICTORY
    for field, minute in (("StartTime", 15), ("AppointmentTime", 0)):
        chosen = TranslationContext(practice_zone="America/New_York", settings={"start_field": field})
        assert (understood(row, chosen).start.wall.minute, understood(row, chosen).start.clarity) == (
            minute,
            Clarity.CERTAIN,
        )


@pytest.mark.parametrize("clock", ["10:15 AM", "10:15", "10:15:00", "10:15AM", " 10:15 am "])
def test_both_forms_of_the_clock_are_read(clock: str) -> None:
    assert understood(a_row(StartTime=clock, AppointmentTime=None)).start.wall == datetime(2026, 11, 17, 10, 15)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ScheduleDate", "17.11.2026", "ScheduleDate"),
        ("ScheduleDate", "11/17/26", "ScheduleDate"),
        ("ScheduleDate", "/Date(1794873600000)/", "ScheduleDate"),
        ("StartTime", "25:00", "StartTime"),
        ("StartTime", "noon", "StartTime"),
        ("Visit__FromDateTime", "2026-11-17T10:15:00", "FromDateTime"),
        ("Visit__FromDateTime", "/Date(soon)/", "FromDateTime"),
        ("Visit__FromDateTime", "/Date(99999999999999)/", "FromDateTime"),
        ("Visit__IsCheckedOut", "perhaps", "IsCheckedOut"),
        ("Type__Duration", "half an hour", "Duration"),
        ("Patient__PatientID", {"a": 1}, "PatientID"),
        ("Resource__OwnerCareProviderID", [1], "OwnerCareProviderID"),
    ],
)
def test_a_value_in_another_form_is_refused_by_its_name(name: str, value: object, told: str) -> None:
    with pytest.raises(RecordUnreadable, match=told):
        understood(a_row(**{name: value}))


def test_a_date_in_microsofts_form_is_a_day_only_with_its_offset() -> None:
    row = a_row(ScheduleDate="/Date(1794891600000-0500)/")
    assert understood(row).start.wall == datetime(2026, 11, 17, 10, 15)


@pytest.mark.parametrize("member", ["Patient", "Resource", "Type"])
def test_a_member_that_is_missing_is_another_format_and_null_is_not(member: str) -> None:
    row = a_row()
    del row[member]
    with pytest.raises(RecordUnreadable, match=member):
        understood(row)
    understood(a_row(**{member: None}))


def test_without_visit_and_tracking_nothing_tells_whether_it_stands() -> None:
    row = a_row()
    del row["Visit"], row["Tracking"]
    with pytest.raises(RecordUnreadable, match="Visit and Tracking"):
        understood(row)


@pytest.mark.parametrize(
    ("visit", "tracked", "flags", "status", "text"),
    [
        (None, None, {}, AppointmentStatus.BOOKED, ""),
        ("Cancelled by patient", None, {}, AppointmentStatus.CANCELLED, "Cancelled by patient"),
        ("Canceled", "Exam 3", {}, AppointmentStatus.CANCELLED, "Canceled"),
        ("RESCHED", None, {}, AppointmentStatus.CANCELLED, "RESCHED"),
        ("Bumped", None, {}, AppointmentStatus.CANCELLED, "Bumped"),
        (None, "NS", {}, AppointmentStatus.NO_SHOW, "NS"),
        (None, "No-Show", {}, AppointmentStatus.NO_SHOW, "No-Show"),
        ("Confirmed", "Checked In", {}, AppointmentStatus.CHECKED_IN, "Checked In"),
        ("Scheduled", "Exam 3", {}, None, "Exam 3"),
        (None, None, {"Visit__IsCheckedOut": True}, AppointmentStatus.FULFILLED, "checked out"),
        (None, None, {"Visit__PatientArrivalFlag": "Y"}, AppointmentStatus.ARRIVED, "arrived"),
        ("Scheduled", "Exam 3", {"Visit__IsCheckedOut": True}, AppointmentStatus.FULFILLED, "checked out"),
    ],
)
def test_the_state_is_told_by_words_of_the_visit_by_tracking_and_by_flags(
    visit: str | None, tracked: str | None, flags: dict[str, object], status: AppointmentStatus | None, text: str
) -> None:
    found = understood(a_row(Visit__VisitStatus=visit, Tracking__Status=tracked, **flags))
    assert (found.status, found.status_text) == (status, text)


def test_what_an_admin_says_about_a_word_wins() -> None:
    told = msgspec.structs.replace(NEW_YORK, status_meanings={"exam 3": AppointmentStatus.ARRIVED})
    assert understood(a_row(Tracking__Status="Exam 3"), told).status is AppointmentStatus.ARRIVED
    only = msgspec.structs.replace(NEW_YORK, settings={"status_words": "visit"})
    assert understood(a_row(Tracking__Status="Exam 3"), only).status is AppointmentStatus.BOOKED


def test_of_a_member_that_stands_there_twice_nothing_is_believed() -> None:
    body = msgspec.json.encode(a_row())
    twice = body[:-1] + b',"Patient":{"PatientID":99}}'
    (record,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=b'{"Appointments":[' + twice + b"]}"))
    assert isinstance(record, RawRecord)
    with pytest.raises(RecordUnreadable, match="Patient stands there twice"):
        TRANSLATOR.appointment(record, NEW_YORK)


def test_an_unreadable_row_leaves_the_others_alone() -> None:
    found = TRANSLATOR.split(page_of(a_row(), None, "text", {"AppointmentID": 0}, a_row(AppointmentID=5)))
    reasons = [one.reason for one in found if isinstance(one, UnreadableRecord)]
    assert len(reasons) == 3
    assert all(reasons)
    assert [one.id for one in found if isinstance(one, RawRecord)] == ["812001", "5"]


@pytest.mark.parametrize("name", ["demographics.json", "demographics_flat.json", "demographics_nested.json"])
def test_a_chart_is_found_wherever_it_stands(name: str) -> None:
    found = patient(name)
    assert (found.first_name, found.last_name) == ("Mariska", "Oduya")
    assert found.date_of_birth == date(1961, 7, 8)
    assert (found.address.line, found.address.city) == ("19 Quarry Bend, Apt 4", "Millbrook Junction")
    assert (found.address.state, found.address.postal_code) == ("PA", "19002")
    assert found.coverages is None
    assert found.status is PatientStatus.ACTIVE


def test_a_state_told_by_a_number_is_never_guessed() -> None:
    with pytest.raises(RecordUnreadable, match="state_codes"):
        patient("demographics.json", TranslationContext(practice_zone="America/New_York"))


@pytest.mark.parametrize(
    ("text", "born", "kept"),
    [
        ("/Date(-48625200000-0500)/", date(1968, 6, 17), ""),
        ("/Date(-48625200000)/", date(1968, 6, 17), ""),  # in the practice's zone
        ("/Date(-48628800000-0600)/", date(1968, 6, 16), ""),
        ("/Date(-14182940000-0500)/", date(1969, 7, 20), ""),
        ("/Date(32016574800000+0000)/", date(2984, 7, 25), ""),
        ("/Date(-62135596800000)/", None, ""),
        ("/Date(-62135578800000-0500)/", None, ""),
        ("06/17/1968", date(1968, 6, 17), ""),
        ("1968-06-17T00:00:00", date(1968, 6, 17), ""),
        ("17 June 1968", None, "17 June 1968"),
        ("/Date(9999999999999999)/", None, "/Date(9999999999999999)/"),
        ("", None, ""),
    ],
)
def test_a_birthday_is_the_day_in_its_own_offset(text: str, born: date | None, kept: str) -> None:
    found = _listed(DateOfBirth=text)
    assert (found.date_of_birth, found.date_of_birth_text) == (born, kept)


def test_policies_hang_on_plans_of_the_site_and_tell_who_else_can_be_reached() -> None:
    found = patient("insurance.json")
    assert found.coverages == (
        Coverage(payer_name="Copper Ridge PPO", payer_id="Copper Ridge PPO", member_id="CRX0099"),
        Coverage(payer_name="Tidewater Supplement", payer_id="Tidewater Supplement", member_id="TS-5512"),
    )
    body = b'{"Demographics":' + saved("demographics.json") + b',"Insurance":' + saved("insurance.json") + b"}"
    whole = RawRecord(kind=RecordKind.PATIENT, id="31077", body=body)
    assert TRANSLATOR.patient(whole, NEW_YORK).has_responsible_contact
    wrong = RawRecord(kind=RecordKind.PATIENT, id="31078", body=body)
    with pytest.raises(RecordUnreadable, match="PatientID"):
        TRANSLATOR.patient(wrong, NEW_YORK)


def test_a_second_address_counts_only_where_that_was_chosen() -> None:
    second: dict[str, Any] = {"EmailAddress1": None, "EmailAddress2": "tomas.breck@example.org"}
    assert _listed(**second).email == ""
    assert _listed(**second).other_emails == (("second e-mail", "tomas.breck@example.org"),)
    assert _listed(settings={"email_field": "either"}, **second).email == "tomas.breck@example.org"


def test_whoever_is_disabled_or_dead_is_told_apart() -> None:
    assert _listed(Enabled=False).status is PatientStatus.INACTIVE
    assert _listed(Deceased=1, Enabled=False).status is PatientStatus.DECEASED
    assert _listed(PatientStatusID=4).status is PatientStatus.ACTIVE
    assert _listed(settings={"patient_status_codes": "4=inactive"}, PatientStatusID=4).status is PatientStatus.INACTIVE
    with pytest.raises(RecordUnreadable, match="Deceased"):
        _listed(Deceased=7)


def test_the_schedule_names_types_locations_and_providers_once_each() -> None:
    body = saved("schedule.json")
    assert _catalog(body, RecordKind.APPOINTMENT_TYPE) == {
        "31": "VIDEO VISIT",
        "visit:12": "Telehealth",
        "2": "BLOCK",
        "7": "OFFICE VISIT",
        "visit:11": "Office",
    }
    assert _catalog(body, RecordKind.LOCATION) == {"5": "East Clinic"}
    assert _catalog(body, RecordKind.PRACTITIONER) == {"41": "Holloway, Petra DO"}
    assert _catalog(body, RecordKind.APPOINTMENT_TYPE, only="7") == {"7": "OFFICE VISIT"}


def test_no_social_security_number_is_kept() -> None:
    for name in ("schedule.json", "demographics.json"):
        for record in records(name):
            kept = TRANSLATOR.without_secrets(record)
            assert b"000-98-7654" not in kept
            assert msgspec.json.decode(kept)


def _listed(*, settings: dict[str, str] | None = None, **changes: object) -> Patient:
    row = a_row(**{f"Patient__{name}": value for name, value in changes.items()})
    page = msgspec.structs.replace(page_of(row), kind=RecordKind.PATIENT, asked={FROM: SCHEDULE})
    (record,) = TRANSLATOR.split(page)
    assert isinstance(record, RawRecord)
    return TRANSLATOR.patient(record, msgspec.structs.replace(NEW_YORK, settings=settings or {}))


def _catalog(body: bytes, kind: RecordKind, only: str | None = None) -> dict[str, str]:
    page = FetchedPage(kind=kind, body=body, asked={} if only is None else {ONLY: only})
    found = [record for record in TRANSLATOR.split(page) if isinstance(record, RawRecord)]
    entries = [TRANSLATOR.catalog_entry(record, NEW_YORK) for record in found]
    return {entry.id: entry.name for entry in entries}
