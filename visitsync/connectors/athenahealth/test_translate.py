"""Every documented payload of athenahealth is understood, drifted ones too, or refused with the reason."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.athenahealth.translate import FEED, ID, TRANSLATOR, WINDOW, WITH_INSURANCES
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import Coverage, Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

FIXTURES = Path(__file__).parent / "fixtures"
UNDERSTOOD = {
    "booked_with_details.json": (RecordKind.APPOINTMENT, 4),
    "changed_batch.json": (RecordKind.APPOINTMENT, 4),
    "booked_of_2016.json": (RecordKind.APPOINTMENT, 1),
    "single_appointment.http": (RecordKind.APPOINTMENT, 1),
    "single_open_slot.json": (RecordKind.APPOINTMENT, 1),
    "patient.json": (RecordKind.PATIENT, 3),
    "patients_changed.json": (RecordKind.PATIENT, 2),
    "departments.json": (RecordKind.LOCATION, 3),
    "providers.json": (RecordKind.PRACTITIONER, 3),
    "appointmenttypes.json": (RecordKind.APPOINTMENT_TYPE, 2),
}
REFUSED = {
    "error_not_subscribed.json": "require setup",
    "error_missing_fields.json": "Additional fields are required",
    "error_gateway.txt": "gateway knows no such address",
    "error_throttled.html": "too much was asked",
    "token.json": "sign-in",
    "subscription.json": "subscription",
    "insurances.json": "insurance packages",
    "practiceinfo.json": "practices",
}
KNOWN = TranslationContext(
    practice_zone="America/Chicago",
    locations={
        "31": CatalogEntry(id="31", name="VIRTUAL EAST", zone="US/Eastern"),
        "44": CatalogEntry(id="44", name="VIRTUAL AZ", zone="America/Phoenix"),
        "45": CatalogEntry(id="45", name="NOWHERE"),
    },
    appointment_types={"1207": CatalogEntry(id="1207", name="VIDEO FOLLOW UP (30)")},
)
ROW: dict[str, Any] = {
    "appointmentid": "1",
    "date": "11/24/2026",
    "starttime": "09:40",
    "duration": 20,
    "appointmentstatus": "f",
    "departmentid": "31",
    "patientid": "5",
}


def records(name: str) -> list[RawRecord | UnreadableRecord]:
    return TRANSLATOR.split(TRANSLATOR.page_from_file((FIXTURES / name).read_bytes()))


def record(kind: RecordKind, row: object) -> RawRecord:
    key = {RecordKind.APPOINTMENT: "appointments", RecordKind.PATIENT: "patients"}[kind]
    (found,) = TRANSLATOR.split(FetchedPage(kind=kind, body=msgspec.json.encode({key: [row]})))
    assert isinstance(found, RawRecord), found
    return found


def appointments(name: str, context: TranslationContext = KNOWN) -> dict[str, Appointment]:
    found = (each for each in records(name) if isinstance(each, RawRecord) and not each.is_absent)
    return {each.id: TRANSLATOR.appointment(each, context) for each in found}


def patients(name: str) -> dict[str, Patient]:
    found = (each for each in records(name) if isinstance(each, RawRecord))
    return {each.id: TRANSLATOR.patient(each, KNOWN) for each in found}


def appointment(context: TranslationContext = KNOWN, **changes: Any) -> Appointment:
    row = {key: value for key, value in (ROW | changes).items() if value is not ...}
    return TRANSLATOR.appointment(record(RecordKind.APPOINTMENT, row), context)


def patient(**row: Any) -> Patient:
    return TRANSLATOR.patient(record(RecordKind.PATIENT, {"patientid": 5, **row}), KNOWN)


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
    with pytest.raises(AnswerUnreadable, match=REFUSED[name].replace("(", r"\(")):
        records(name)


@pytest.mark.parametrize(
    "text", [b"", b"<html>", b"42", b"1", b'{"hello": 1}', b"GET / HTTP/1.1\r\nHost: x", b"\xff\xfe"]
)
def test_what_is_nothing_of_athenahealth_is_refused(text: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.page_from_file(text)


def test_a_booking_is_understood_whole() -> None:
    found = appointments("booked_with_details.json")["2204101"]
    assert found.start.wall == datetime(2026, 11, 30, 8, 15)
    assert found.start.instant == datetime(2026, 11, 30, 13, 15, tzinfo=UTC)
    assert (found.duration_minutes, found.status, found.status_text) == (30, AppointmentStatus.BOOKED, "f")
    assert (found.patient_id, found.practitioner_id, found.location_id) == ("9001", "51", "31")
    assert found.marks == (
        Mark(MarkKind.TYPE, "1207", "VIDEO FOLLOW UP (30)"),
        Mark(MarkKind.LOCATION, "31", "VIRTUAL EAST"),
    )
    assert found.booked_at == datetime(2026, 11, 16, 14, 41, 6, tzinfo=UTC)
    assert found.changed_at == datetime(2026, 11, 16, 14, 41, 7, tzinfo=UTC)
    assert found.video_words == ("zoom",)
    assert found.coverage_named is True
    assert b"from work" not in msgspec.json.encode(found)


def test_a_rescheduled_one_names_its_successor_and_a_no_show_is_one() -> None:
    found = appointments("booked_with_details.json")
    assert (found["2204077"].status, found["2204077"].replaced_by_id) == (AppointmentStatus.CANCELLED, "2204155")
    assert found["2203990"].status is AppointmentStatus.NO_SHOW
    assert found["2203990"].practitioner_id is None
    assert found["2203991"].status is AppointmentStatus.FULFILLED
    assert found["2204077"].coverage_named is False
    assert found["2203990"].coverage_named is None


def test_an_open_slot_is_no_appointment_and_ends_what_was_known_under_its_id() -> None:
    slots = [each.id for each in records("changed_batch.json") if isinstance(each, RawRecord) and each.is_open_slot]
    assert slots == ["2204501", "2204502"]
    assert all(each.is_absent for each in records("single_open_slot.json") if isinstance(each, RawRecord))


def test_times_are_the_departments_and_stamps_are_eastern() -> None:
    found = appointments("changed_batch.json")["2204333"]
    assert found.start.instant == datetime(2026, 11, 24, 21, 0, tzinfo=UTC)  # 14:00 in Phoenix
    assert found.changed_at == datetime(2026, 11, 24, 21, 52, 40, tzinfo=UTC)  # 16:52:40 in New York
    by_department = msgspec.structs.replace(KNOWN, settings={"last_modified_zone": "department"})
    again = appointments("changed_batch.json", by_department)["2204333"]
    assert again.changed_at == datetime(2026, 11, 24, 23, 52, 40, tzinfo=UTC)


def test_rows_of_2016_say_the_same_in_text() -> None:
    found = appointments("booked_of_2016.json")["2204600"]
    assert (found.duration_minutes, found.status) == (15, AppointmentStatus.BOOKED)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": "2026-11-24"}, "date: expected"),
        ({"date": "24/11/2026"}, "date"),
        ({"starttime": ""}, "starttime"),
        ({"starttime": "25:00"}, "starttime"),
        ({"starttime": "0940"}, "starttime"),
        ({"duration": "half an hour"}, "duration"),
        ({"duration": True}, "duration"),
        ({"duration": -5}, "duration"),
        ({"lastmodified": "2026-11-24T09:40:00"}, "lastmodified"),
        ({"scheduleddatetime": "11/24/2026"}, "scheduleddatetime"),
        ({"departmentid": "99"}, "departmentid.*lacks it"),
        ({"departmentid": "45"}, "departmentid.*time zone"),
        ({"departmentid": ...}, "departmentid: missing"),
        ({"appointmentstatus": "x", "cancelreasonnoshow": "perhaps"}, "cancelreasonnoshow"),
        ({"patientid": ..., "scheduleddatetime": "11/02/2026 08:30:00"}, "patientid: missing"),
        ({"date": ...}, "date"),
        ({"appointmentstatus": ...}, "appointmentstatus"),
    ],
)
def test_what_would_have_to_be_guessed_is_set_aside_with_the_field_and_no_value(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RecordUnreadable, match=reason):
        appointment(**changes)


def test_a_department_without_a_zone_takes_the_practices_only_where_a_setting_says_so() -> None:
    lenient = msgspec.structs.replace(KNOWN, settings={"unknown_department": "practice zone"})
    assert appointment(lenient, departmentid="99").start.zone == "America/Chicago"
    told = msgspec.structs.replace(KNOWN, settings={"department_zones": "99=US/Pacific, 31=Mars/Olympus"})
    assert appointment(told, departmentid="99").start.zone == "US/Pacific"
    with pytest.raises(RecordUnreadable, match="nobody knows the time zone"):
        appointment(told)


def test_a_file_is_read_in_the_zone_that_is_given_and_an_answer_is_not() -> None:
    plain = TranslationContext(practice_zone="America/Denver")
    assert appointment(plain).start.zone == "America/Denver"
    row = msgspec.json.encode({"appointments": [ROW]})
    for asked in ({FEED: "appointments"}, {WINDOW: "booked"}):
        (found,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=row, asked=asked))
        assert isinstance(found, RawRecord)
        with pytest.raises(RecordUnreadable, match="departmentid"):
            TRANSLATOR.appointment(found, plain)


def test_an_unknown_letter_stays_unknown_and_numbers_are_letters_too() -> None:
    assert appointment(appointmentstatus="w").status is None
    assert appointment(appointmentstatus=2).status is AppointmentStatus.CHECKED_IN
    assert appointment(appointmentstatus="4").status is AppointmentStatus.FULFILLED
    assert appointment(appointmentstatus="X", cancelreasonnoshow="Y").status is AppointmentStatus.NO_SHOW


def test_a_doubtful_wall_time_is_flagged() -> None:
    assert appointment(date="11/01/2026", starttime="01:30").start.clarity is Clarity.AMBIGUOUS
    assert appointment(date="03/14/2027", starttime="02:30").start.clarity is Clarity.NONEXISTENT


def test_a_row_without_a_patient_that_nobody_booked_is_a_block() -> None:
    assert appointment(patientid="").is_block
    assert appointment(patientid=None).is_block


def test_whose_appointment_it_is_is_not_guessed_from_a_list_that_never_says() -> None:
    """The list of one patient's appointments leaves out the patient; none of it is a block."""
    for status in ("f", "2", "4", "x"):
        with pytest.raises(RecordUnreadable, match="patientid"):
            appointment(patientid=..., appointmentstatus=status)


def test_a_patient_is_understood_whole() -> None:
    (first, *merged) = (
        TRANSLATOR.patient(each, KNOWN) for each in records("patient.json") if isinstance(each, RawRecord)
    )
    assert (first.first_name, first.last_name, first.date_of_birth) == ("Casimir", "Lund", date(1972, 11, 2))
    assert (first.email, first.other_emails) == (
        "casimir.lund@example.org",
        (("guarantor", "perpetua.lund@example.org"),),
    )
    assert first.phones == ("5555550142", "5555550143")
    assert (first.address.line, first.address.postal_code) == ("9 Tamarack Row Apt 4", "19001-2044")
    assert first.coverages == (Coverage("HARBOR PPO", "3311", "HMH-9"), Coverage("Blue Heron Plan", "77", "BHP-2"))
    assert [(each.id, each.status, each.merged_into_id) for each in merged] == [
        ("8120", PatientStatus.MERGED, "9002"),
        ("8121", PatientStatus.MERGED, "9002"),
    ]


def test_self_pay_is_no_insurer_and_a_missing_list_says_nothing() -> None:
    package = {"insurancepackageid": 0, "insuranceplanname": "*SELF PAY*"}
    assert (patient(insurances=[package]).coverages, patient(insurances=[package]).is_self_pay) == ((), True)
    assert (patient(insurances=[]).coverages, patient(insurances=[]).is_self_pay) == ((), False)
    assert patient().coverages is None


def test_a_plan_to_pay_in_parts_is_no_insurer() -> None:
    plan = {"insurancepackageid": -500, "insuranceplanname": "PAYMENT PLAN", "ircname": "Self-Pay (cash)"}
    assert (patient(insurances=[plan]).coverages, patient(insurances=[plan]).is_self_pay) == ((), True)
    assert appointment(insurances=[plan]).coverage_named is False


def test_junk_of_the_preview_is_kept_as_it_is() -> None:
    found = {
        each.id: TRANSLATOR.patient(each, KNOWN)
        for each in records("patients_changed.json")
        if isinstance(each, RawRecord)
    }
    assert found["9008"].date_of_birth == date(1, 1, 1)
    assert (found["9008"].email, found["9008"].status) == ("", PatientStatus.ACTIVE)
    assert found["9009"].status is PatientStatus.GONE
    assert patient(dob="spring").date_of_birth_text == "spring"
    with pytest.raises(RecordUnreadable, match="status"):
        patient(status="sleeping")


def test_a_single_answer_must_be_about_what_was_asked_for_or_about_its_survivor() -> None:
    body = (FIXTURES / "patient.json").read_bytes()
    (merged,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.PATIENT, body=body, asked={ID: "8121"}))
    assert isinstance(merged, RawRecord)
    assert TRANSLATOR.patient(merged, KNOWN).merged_into_id == "9002"
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.split(FetchedPage(kind=RecordKind.PATIENT, body=body, asked={ID: "7000"}))
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=b"[]", asked={ID: "1"}))


def test_insurance_asked_for_separately_joins_its_patient() -> None:
    packages = (FIXTURES / "insurances.json").read_bytes()
    body = b'{"patient":[{"patientid":"5","firstname":"Ada"}],"packages":%b}' % packages
    page = FetchedPage(kind=RecordKind.PATIENT, body=body, asked={ID: "5", WITH_INSURANCES: "true"})
    (found,) = TRANSLATOR.split(page)
    assert isinstance(found, RawRecord)
    assert (TRANSLATOR.patient(found, KNOWN).coverages, TRANSLATOR.patient(found, KNOWN).is_self_pay) == ((), True)


def test_social_security_numbers_are_not_kept() -> None:
    for name in ("patient.json", "booked_with_details.json"):
        kept = b"".join(TRANSLATOR.without_secrets(each) for each in records(name) if isinstance(each, RawRecord))
        assert b"*****00" not in kept
        assert b'ssn"' in kept


def test_lists_tell_zones_people_and_ids() -> None:
    found = {
        f"{each.kind}/{each.id}": TRANSLATOR.catalog_entry(each, KNOWN)
        for name in ("departments.json", "providers.json", "appointmenttypes.json")
        for each in records(name)
        if isinstance(each, RawRecord)
    }
    zones = [found[f"location/{number}"].zone for number in (31, 44, 45)]
    assert zones == ["US/Eastern", "America/Phoenix", None]
    assert [found[f"practitioner/{number}"].is_clinician for number in (51, 52, 53)] == [True, False, False]
    assert found["practitioner/51"].npi == "1000000004"
    assert {found["appointment-type/1207"].name, found["appointment-type/1208"].name} == {"VIDEO FOLLOW UP"}
