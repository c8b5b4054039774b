"""Every documented payload of DrChrono is understood, drifted ones too, or refused with the reason."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.drchrono.appointments import STATUS
from visitsync.connectors.drchrono.catalog import NOT_CLINICIANS
from visitsync.connectors.drchrono.translate import TRANSLATOR
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import Coverage, Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

FIXTURES = Path(__file__).parent / "fixtures"
UNDERSTOOD = {
    "appointments_list.json": (RecordKind.APPOINTMENT, 9),
    "appointments_drifted.json": (RecordKind.APPOINTMENT, 3),
    "appointments_bare_list.json": (RecordKind.APPOINTMENT, 3),
    "appointment_verbose.json": (RecordKind.APPOINTMENT, 1),
    "bulk_complete.json": (RecordKind.APPOINTMENT, 1),
    "webhook_delivery.json": (RecordKind.APPOINTMENT, 1),
    "webhook_delivery.http": (RecordKind.APPOINTMENT, 1),
    "answer_with_head.http": (RecordKind.APPOINTMENT, 1),
    "webhook_patient.http": (RecordKind.PATIENT, 1),
    "patients_list.json": (RecordKind.PATIENT, 2),
    "patient_verbose.json": (RecordKind.PATIENT, 1),
    "patient_drifted.json": (RecordKind.PATIENT, 1),
    "doctors.json": (RecordKind.PRACTITIONER, 2),
    "offices.json": (RecordKind.LOCATION, 4),
    "appointment_profiles.json": (RecordKind.APPOINTMENT_TYPE, 2),
    "telehealth_appointments.json": (RecordKind.APPOINTMENT_DETAIL, 1),
}
REFUSED = {"bulk_in_progress.json": "bulk", "users.json": "user", "throttled.json": "error"}

PLAIN = TranslationContext(practice_zone="US/Eastern")
WEST = CatalogEntry(id="40011", name="Saoirse Whitlock", zone="US/Pacific")
KNOWN = TranslationContext(
    practice_zone="US/Eastern",
    practitioners={"40011": WEST},
    locations={
        "7002": CatalogEntry(id="7002", name="Port Amity"),
        "7002/3": CatalogEntry(id="7002/3", name="Port Amity: Video"),
    },
    appointment_types={"9301": CatalogEntry(id="9301", name="Video Check-In")},
    status_meanings={"phoned, will call back": AppointmentStatus.PENDING},
)
ROW: dict[str, Any] = {
    "id": "1",
    "scheduled_time": "2026-11-24T09:40:00",
    "duration": 20,
    "doctor": 40011,
    "patient": 5,
}


def records(name: str) -> list[RawRecord | UnreadableRecord]:
    return TRANSLATOR.split(TRANSLATOR.page_from_file((FIXTURES / name).read_bytes()))


def record(kind: RecordKind, row: object) -> RawRecord:
    (found,) = TRANSLATOR.split(FetchedPage(kind=kind, body=msgspec.json.encode([row])))
    assert isinstance(found, RawRecord), found
    return found


def appointments(name: str, context: TranslationContext = KNOWN) -> dict[str, Appointment]:
    found = (each for each in records(name) if isinstance(each, RawRecord))
    return {each.id: TRANSLATOR.appointment(each, context) for each in found}


def appointment(context: TranslationContext = PLAIN, **changes: Any) -> Appointment:
    row = {key: value for key, value in (ROW | changes).items() if value is not ...}
    return TRANSLATOR.appointment(record(RecordKind.APPOINTMENT, row), context)


def patient(context: TranslationContext = PLAIN, **row: Any) -> Patient:
    return TRANSLATOR.patient(record(RecordKind.PATIENT, {"id": 5, **row}), context)


def test_every_fixture_is_either_understood_or_refused() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == {*UNDERSTOOD, *REFUSED}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_saved_payload_is_told_from_its_shape(name: str) -> None:
    kind, count = UNDERSTOOD[name]
    found = records(name)
    assert {each.kind for each in found} == {kind}
    assert len(found) == count


@pytest.mark.parametrize("name", REFUSED)
def test_a_saved_payload_without_records_says_what_it_is(name: str) -> None:
    with pytest.raises(AnswerUnreadable, match=REFUSED[name]):
        records(name)


@pytest.mark.parametrize("text", [b"", b"<html>", b"42", b'{"hello": 1}', b"POST / HTTP/1.1\r\nHost: x", b"\xff\xfe"])
def test_what_is_nothing_of_drchrono_is_refused(text: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.page_from_file(text)


def test_a_booking_is_understood_whole() -> None:
    found = appointments("appointments_list.json")["61200351"]
    assert found.start.wall == datetime(2026, 11, 24, 9, 40)
    assert found.start.zone == "US/Pacific"
    assert found.start.instant == datetime(2026, 11, 24, 17, 40, tzinfo=UTC)
    assert found.start.clarity is Clarity.CERTAIN
    assert (found.duration_minutes, found.status, found.status_text) == (20, AppointmentStatus.BOOKED, "")
    assert (found.patient_id, found.practitioner_id, found.location_id) == ("5550031", "40011", "7002")
    assert found.booked_at == datetime(2026, 10, 5, 18, 20, 41, tzinfo=UTC)
    assert found.changed_at == datetime(2026, 10, 6, 15, 2, 13, tzinfo=UTC)
    assert found.marks == (
        Mark(MarkKind.TYPE, "9301", "Video Check-In"),
        Mark(MarkKind.REASON, None, "Video Check-In"),
        Mark(MarkKind.LOCATION, "7002", "Port Amity"),
        Mark(MarkKind.ROOM, "7002/3", "Port Amity: Video"),
    )
    assert found.coverage_named is True
    assert found.video_words == ("video",)
    assert [found.is_block, found.is_deleted, found.lacks_detail] == [False] * 3


def test_a_status_of_the_practice_means_what_an_admin_said_or_nothing() -> None:
    known = appointments("appointments_list.json")["61200352"]
    unknown = appointments("appointments_list.json", PLAIN)["61200352"]
    assert known.status is AppointmentStatus.PENDING
    assert unknown.status is None
    assert unknown.status_text == "Phoned, will call back"


def test_without_a_profile_the_reason_marks_it_and_the_note_gives_only_words() -> None:
    found = appointments("appointments_list.json")["61200352"]
    assert [mark.kind for mark in found.marks] == [MarkKind.REASON, MarkKind.LOCATION, MarkKind.ROOM]
    assert found.video_words == ("zoom",)
    assert found.coverage_named is False
    assert b"Asks for" not in msgspec.json.encode(found)


def test_a_break_is_a_block() -> None:
    found = appointments("appointments_list.json")["61200353"]
    assert (found.is_block, found.patient_id) == (True, None)


def test_cancelled_deleted_and_rescheduled_rows_stay_recognisable() -> None:
    found = appointments("appointments_list.json")
    assert found["61200354"].status is AppointmentStatus.CANCELLED
    assert found["61200355"].is_deleted
    assert found["61200356"].status is AppointmentStatus.CANCELLED
    assert found["61200357"].replaces_id == "61200356"


def test_a_series_is_recognised_by_its_first_and_by_occurrences_nobody_touched() -> None:
    found = appointments("appointments_list.json")
    assert found["61200358"].series_id == found["2026-12-04_61200358"].series_id == "61200358"
    assert appointment(id="20261204_61200358").series_id == "61200358"
    assert appointment().series_id is None


def test_drifted_rows_mean_what_undrifted_ones_mean() -> None:
    found = appointments("appointments_drifted.json")
    usual = appointments("appointments_list.json")["61200351"]
    drifted = found["61200361"]
    assert (drifted.start, drifted.duration_minutes, drifted.status) == (usual.start, 20, AppointmentStatus.BOOKED)
    assert (drifted.patient_id, drifted.practitioner_id) == (usual.patient_id, usual.practitioner_id)
    assert drifted.marks == (usual.marks[0], *usual.marks[2:])
    assert [drifted.is_block, drifted.is_deleted] == [False] * 2


def test_missing_optional_members_are_unknown_not_false() -> None:
    found = appointments("appointments_drifted.json")["61200362"]
    assert found.start.wall == datetime(2026, 11, 24, 10, 0)
    assert (found.booked_at, found.changed_at, found.coverage_named) == (None, None, None)


def test_an_id_need_not_be_a_number_and_empty_references_name_nothing() -> None:
    found = appointments("appointments_drifted.json")["W-61200363"]
    assert (found.patient_id, found.is_block, found.changed_at) == (None, True, None)
    assert {mark.kind for mark in found.marks} == {MarkKind.REASON, MarkKind.LOCATION}


def test_one_row_with_a_senseless_time_is_set_aside_alone() -> None:
    found = records("appointments_bare_list.json")
    assert [each.id for each in found] == ["61200381", "61200382", "61200383"]
    bad = found[1]
    assert isinstance(bad, RawRecord)
    with pytest.raises(RecordUnreadable, match="scheduled_time"):
        TRANSLATOR.appointment(bad, KNOWN)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scheduled_time": None}, "scheduled_time"),
        ({"scheduled_time": ...}, "scheduled_time"),
        ({"scheduled_time": ""}, "scheduled_time"),
        ({"scheduled_time": 7}, "scheduled_time"),
        ({"scheduled_time": "2026-11-24"}, "scheduled_time"),
        ({"scheduled_time": "2026-11-24T09:40:00Z"}, "scheduled_time"),
        ({"scheduled_time": "0001-01-01T00:00:00"}, "scheduled_time"),
        ({"duration": None}, "duration"),
        ({"duration": ...}, "duration"),
        ({"duration": "half an hour"}, "duration"),
        ({"duration": -5}, "duration"),
        ({"duration": 20.5}, "duration"),
        ({"duration": True}, "duration"),
        ({"doctor": "Dr Osei\n"}, "id"),
        ({"patient": 5.0}, "patient"),
        ({"patient": {"id": 5}}, "patient"),
        ({"deleted_flag": "perhaps"}, "deleted_flag"),
        ({"appt_is_break": 7}, "appt_is_break"),
        ({"status": 7}, "status"),
        ({"updated_at": "yesterday"}, "updated_at"),
        ({"created_at": "2026-10-05T11:20:41+00:00"}, "created_at"),
    ],
)
def test_what_would_have_to_be_guessed_makes_the_record_unreadable(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordUnreadable, match=reason):
        appointment(**changes)


@pytest.mark.parametrize(
    "body", [b'{"id":"1"}', b"null", b'"text"', b"{}", b'{"id":null}', b'{"id":""}', b'{"id":true}']
)
def test_rows_that_are_no_appointment_never_pass(body: bytes) -> None:
    (found,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=b"[" + body + b"]"))
    if isinstance(found, RawRecord):
        with pytest.raises(RecordUnreadable):
            TRANSLATOR.appointment(found, PLAIN)


@pytest.mark.parametrize("name", ["id", "patient", "doctor", "scheduled_time"])
def test_an_identity_that_stands_there_twice_is_never_chosen_from(name: str) -> None:
    again = msgspec.json.encode({name: "2"})[1:]
    body = b"[" + msgspec.json.encode(ROW)[:-1] + b"," + again + b"]"
    (found,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=body))
    assert isinstance(found, RawRecord)
    with pytest.raises(RecordUnreadable, match="twice"):
        TRANSLATOR.appointment(found, PLAIN)


@pytest.mark.parametrize("word", [*STATUS, "CANCELLED", " no show ", "Checked In Online"])
def test_every_documented_status_is_in_the_table_in_any_case(word: str) -> None:
    assert appointment(status=word).status is STATUS[word.strip().casefold()]


def test_an_admin_may_say_what_a_standard_status_means_here() -> None:
    context = msgspec.structs.replace(PLAIN, status_meanings={"not confirmed": AppointmentStatus.PENDING})
    assert appointment(context, status="Not Confirmed").status is AppointmentStatus.PENDING


def test_the_zone_is_the_doctors_unless_a_setting_says_otherwise() -> None:
    def zone(settings: dict[str, str]) -> str:
        return appointment(msgspec.structs.replace(KNOWN, settings=settings)).start.zone

    assert zone({}) == "US/Pacific"
    assert zone({"zone": "America/Denver"}) == "America/Denver"
    assert zone({"zone": "America/Denver", "doctor_zones": "40011=US/Hawaii, 2=US/Alaska"}) == "US/Hawaii"
    assert appointment(PLAIN).start.zone == "US/Eastern"
    assert appointment(KNOWN, doctor=None).start.zone == "US/Eastern"


def test_a_zone_nobody_knows_is_not_guessed_at() -> None:
    lost = msgspec.structs.replace(KNOWN, practitioners={"40011": msgspec.structs.replace(WEST, zone="US/Nowhere")})
    with pytest.raises(RecordUnreadable, match="US/Nowhere"):
        appointment(lost)


@pytest.mark.parametrize(
    ("wall", "clarity"),
    [("2026-11-01T01:30:00", Clarity.AMBIGUOUS), ("2027-03-14T02:30:00", Clarity.NONEXISTENT)],
)
def test_a_doubtful_wall_time_is_flagged(wall: str, clarity: Clarity) -> None:
    assert appointment(scheduled_time=wall).start.clarity is clarity


def test_virtual_base_is_about_series_and_no_mark_of_telemedicine() -> None:
    assert appointment(is_virtual_base=True) == appointment(is_virtual_base=False)


def test_telehealth_rows_are_asked_for_only_where_a_setting_says_so() -> None:
    asking = msgspec.structs.replace(PLAIN, settings={"telehealth_rows": "read"})
    assert appointment(asking).lacks_detail
    assert not appointment(PLAIN).lacks_detail


def test_a_telehealth_row_marks_its_appointment_and_none_says_nothing() -> None:
    (found,) = records("telehealth_appointments.json")
    assert isinstance(found, RawRecord)
    assert found.id == "61200351"
    assert [mark.kind for mark in TRANSLATOR.detail(found, PLAIN).marks] == [MarkKind.MODE]
    page = FetchedPage(kind=RecordKind.APPOINTMENT_DETAIL, body=b'{"results":[],"next":null}', asked={"id": "9"})
    (none,) = TRANSLATOR.split(page)
    assert isinstance(none, RawRecord)
    assert TRANSLATOR.detail(none, PLAIN).marks == ()


def test_a_verbose_patient_is_understood_whole() -> None:
    (found,) = records("patient_verbose.json")
    assert isinstance(found, RawRecord)
    read = TRANSLATOR.patient(found, KNOWN)
    assert (read.first_name, read.last_name, read.email) == ("Oriel", "Fennimore-Tó", "oriel.fennimore@example.org")
    assert read.date_of_birth == date(1977, 8, 30)
    assert read.phones == ("(555) 555-0187", "(555) 555-0188")
    assert (read.address.line, read.address.state, read.address.postal_code) == ("7 Tidewater Steps", "OR", "97001")
    assert read.coverages == (Coverage("Blue Heron Plan", "BHP22", "BH-2210"),)
    assert read.status is PatientStatus.ACTIVE
    assert read.changed_at == datetime(2026, 9, 14, 23, 45, 9, tzinfo=UTC)


def test_a_patient_that_was_not_read_verbose_says_nothing_about_insurance() -> None:
    found = [TRANSLATOR.patient(each, KNOWN) for each in records("patients_list.json") if isinstance(each, RawRecord)]
    assert [each.coverages for each in found] == [None, None]
    assert [each.status for each in found] == [PatientStatus.ACTIVE, PatientStatus.INACTIVE]


def test_a_drifted_patient_keeps_what_could_not_be_read_as_it_was() -> None:
    (found,) = records("patient_drifted.json")
    assert isinstance(found, RawRecord)
    read = TRANSLATOR.patient(found, KNOWN)
    assert (read.id, read.last_name, read.email) == ("5550033", "", "")
    assert (read.date_of_birth, read.date_of_birth_text) == (None, "03/04/1990")
    assert (read.coverages, read.is_self_pay, read.has_responsible_contact) == ((), True, True)
    assert read.other_emails == (("responsible party", "guardian@example.org"),)


@pytest.mark.parametrize(("letter", "status"), [("D", "deceased"), ("i", "inactive"), ("", "active"), (None, "active")])
def test_a_patients_status_is_in_the_table(letter: str | None, status: str) -> None:
    assert patient(patient_status=letter).status == status


@pytest.mark.parametrize(
    "row", [{"patient_status": "Z"}, {"email": 7}, {"updated_at": "n/a"}, {"primary_insurance": 1}]
)
def test_a_patient_that_would_have_to_be_guessed_at_is_unreadable(row: dict[str, Any]) -> None:
    with pytest.raises(RecordUnreadable):
        patient(**row)


def test_a_chart_that_may_not_be_seen_is_restricted_and_one_that_is_unknown_is_absent() -> None:
    def single(status: str) -> RawRecord:
        page = FetchedPage(kind=RecordKind.PATIENT, body=b"{}", asked={"id": "5", "status": status})
        (found,) = TRANSLATOR.split(page)
        assert isinstance(found, RawRecord)
        return found

    assert single("404").is_absent
    assert TRANSLATOR.patient(single("403"), PLAIN).status is PatientStatus.RESTRICTED


@pytest.mark.parametrize("body", [b'{"detail":"A server error occurred."}', b'{"id":"2"}', b"[]", b'{"id":"1"', b""])
def test_a_single_answer_about_something_else_is_no_answer(body: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=body, asked={"id": "1"}))


def entries(name: str, **asked: str) -> dict[str, CatalogEntry]:
    page = msgspec.structs.replace(TRANSLATOR.page_from_file((FIXTURES / name).read_bytes()), asked=asked)
    found = (each for each in TRANSLATOR.split(page) if isinstance(each, RawRecord))
    return {each.id: TRANSLATOR.catalog_entry(each, PLAIN) for each in found}


def test_doctors_bring_their_zone_and_whether_they_may_and_can_see_patients() -> None:
    found = entries("doctors.json", **{NOT_CLINICIANS: "40012,40099"})
    first = CatalogEntry(id="40011", name="Saoirse Whitlock", zone="US/Pacific", npi="1000000103")
    assert found["40011"] == first
    assert (found["40012"].is_active, found["40012"].is_clinician, found["40012"].zone) == (False, False, None)


def test_offices_are_followed_by_their_exam_rooms() -> None:
    found = entries("offices.json")
    assert list(found) == ["7002", "7002/1", "7002/3", "7003"]
    assert found["7002/3"] == CatalogEntry(id="7002/3", name="Port Amity: Video", owner_id="7002")
    assert not found["7003"].is_active


def test_profiles_belong_to_a_doctor() -> None:
    found = entries("appointment_profiles.json")
    assert [each.owner_id for each in found.values()] == ["40011", "40012"]
    assert found["9302"].synonyms == ("video",)
    assert not found["9302"].is_active


def test_social_security_numbers_are_not_kept() -> None:
    (found,) = records("patient_verbose.json")
    assert isinstance(found, RawRecord)
    kept = TRANSLATOR.without_secrets(found)
    assert b"900-55" in found.body
    assert b"900-55" not in kept
    emptied = msgspec.structs.replace(found, body=kept)
    assert TRANSLATOR.patient(emptied, KNOWN) == TRANSLATOR.patient(found, KNOWN)


@pytest.mark.parametrize("number", [b'"900-55-0142"', b'"9\\"00"', b"900550142", b"null"])
def test_a_social_security_number_goes_in_whatever_form(number: bytes) -> None:
    body = b'{"id":5,"social_security_number": %b,"email":"a@example.org"}' % number
    kept = TRANSLATOR.without_secrets(RawRecord(kind=RecordKind.PATIENT, id="5", body=body))
    assert msgspec.json.decode(kept) == {"id": 5, "social_security_number": "", "email": "a@example.org"}
