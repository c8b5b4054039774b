"""What translating makes of Appointments of many versions and profiles, and of everything that is odd about them."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.fhir_r4 import TRANSLATOR
from visitsync.connectors.fhir_r4.fixtures import PATIENT, PLACE, PRACTITIONER, PRIMARY, SHAPES, appointment, bundle
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

HERE = TranslationContext(practice_zone="America/New_York")
HALF_PAST_NINE = datetime(2026, 10, 22, 13, 30, tzinfo=UTC)


def page_of(*rows: dict[str, Any]) -> FetchedPage:
    """A page of a search."""
    return FetchedPage(kind=RecordKind.APPOINTMENT, body=msgspec.json.encode(bundle(*rows)))


def read(row: dict[str, Any], context: TranslationContext = HERE) -> Appointment:
    """One appointment on its way through a search."""
    (record,) = TRANSLATOR.split(page_of(row))
    assert isinstance(record, RawRecord), record.reason
    return TRANSLATOR.appointment(record, context)


def refused(row: dict[str, Any], context: TranslationContext = HERE) -> str:
    """Why one cannot be read."""
    (record,) = TRANSLATOR.split(page_of(row))
    if isinstance(record, UnreadableRecord):
        return record.reason
    with pytest.raises(RecordUnreadable) as told:
        TRANSLATOR.appointment(record, context)
    return str(told.value)


def set_to(**settings: str) -> TranslationContext:
    return msgspec.structs.replace(HERE, settings=settings)


def texts(found: Appointment, kind: MarkKind) -> list[str | None]:
    return [mark.text for mark in found.marks if mark.kind is kind]


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in ("FR Core", "cancelled without time")])
def test_every_shape_is_read_with_its_time(name: str) -> None:
    found = read(SHAPES[name])
    assert (found.start.instant, found.duration_minutes) == (HALF_PAST_NINE, 20)
    assert found.start.wall == datetime(2026, 10, 22, 9, 30)
    assert found.status is AppointmentStatus.BOOKED


@pytest.mark.parametrize("name", ["R4", "R5", "STU3", "DSTU2", "UK Core", "ISiK", "Argonaut", "Aidbox", "absolute"])
def test_the_patient_is_found_in_every_form_of_reference(name: str) -> None:
    assert read(SHAPES[name]).patient_id == "p-1"


def test_types_services_and_reasons_are_marks_by_code_and_text() -> None:
    found = read(SHAPES["R5"])
    assert Mark(MarkKind.SERVICE, "urn:example:types|TELE", "Video Visit") in found.marks
    assert Mark(MarkKind.SERVICE, "HealthcareService/hs-1", "Cardiology") in found.marks
    assert texts(found, MarkKind.REASON) == ["Follow up", "Cough"]
    assert found.video_words == ("video",)
    assert read(SHAPES["R4"]).marks[0] == Mark(MarkKind.TYPE, "urn:example:types|TELE", "Video Visit")
    assert texts(read(SHAPES["DSTU2"]), MarkKind.SERVICE) == ["General"]
    assert texts(read(SHAPES["STU3"]), MarkKind.REASON) == ["Video follow up"]


def test_the_code_that_a_person_chose_comes_first_and_a_text_of_its_own_counts_too() -> None:
    assert [mark.id for mark in read(SHAPES["Argonaut"]).marks if mark.kind is MarkKind.SERVICE] == ["TELE", "11429006"]
    kind = {"coding": [{"code": "A", "display": "Follow-up"}], "text": "Tele follow-up"}
    assert texts(read(appointment(appointmentType=kind)), MarkKind.TYPE) == ["Follow-up", "Tele follow-up"]


def test_signs_of_video_are_marks_of_their_own() -> None:
    assert texts(read(SHAPES["R5"]), MarkKind.MODE) == ["zoom"]
    assert texts(read(SHAPES["UK Core"]), MarkKind.MODE) == ["Video"]
    assert texts(read(SHAPES["Argonaut"]), MarkKind.MODE) == ["Virtual meeting room"]
    own = appointment(extension=[{"url": "urn:own", "valueCodeableConcept": {"text": "by video"}}])
    assert texts(read(own), MarkKind.MODE) == []
    assert texts(read(own, set_to(mode_extensions="urn:other urn:own")), MarkKind.MODE) == ["by video"]
    place = {"resourceType": "Location", "id": "v", "physicalType": {"coding": [{"code": "vi"}]}}
    assert texts(read(appointment(contained=[place])), MarkKind.MODE) == ["Virtual place"]


def test_a_role_is_the_practitioner_who_has_it() -> None:
    row = appointment(participant=[PATIENT, {"actor": {"reference": "PractitionerRole/r-1"}, "status": "accepted"}])
    known = {"d-1": CatalogEntry(id="d-1", name="Dr Invented", synonyms=("PractitionerRole/r-1",))}
    assert read(row).practitioner_id == "PractitionerRole/r-1"
    assert read(row, msgspec.structs.replace(HERE, practitioners=known)).practitioner_id == "d-1"
    role = {"resourceType": "PractitionerRole", "id": "r-1", "practitioner": {"reference": "Practitioner/d-7"}}
    whole = bundle(row, role)
    whole["entry"][1]["search"] = {"mode": "include"}
    (record,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=msgspec.json.encode(whole)))
    assert isinstance(record, RawRecord)
    assert TRANSLATOR.appointment(record, HERE).practitioner_id == "d-7"


def test_of_several_practitioners_the_primary_performer_counts() -> None:
    second = {"actor": {"reference": "Practitioner/d-2"}, "status": "accepted", "required": "optional"}
    third = {"actor": {"reference": "Practitioner/d-3"}, "status": "accepted", "required": "required"}
    assert read(appointment(participant=[PATIENT, second, third, PRACTITIONER])).practitioner_id == "d-1"
    assert read(appointment(participant=[PATIENT, second, third])).practitioner_id == "d-3"
    gone = {**PRACTITIONER, "status": "declined", "type": [PRIMARY]}
    assert read(appointment(participant=[PATIENT, gone, second])).practitioner_id == "d-2"


def test_who_is_only_named_is_a_place_unless_a_setting_says_otherwise() -> None:
    row = appointment(participant=[PATIENT, {"actor": {"display": "Dr Invented"}, "status": "accepted"}])
    assert (read(row).location_name, read(row).practitioner_name) == ("Dr Invented", None)
    other = read(row, set_to(display_only="practitioner"))
    assert (other.location_name, other.practitioner_name) == (None, "Dr Invented")
    named = read(SHAPES["AU Base"])
    assert (named.practitioner_id, named.practitioner_name) == (None, "Dr Invented")
    assert Mark(MarkKind.RESOURCE, "HealthcareService/hs-9", "Telehealth") in named.marks
    assert named.patient_id == "urn:mrn|77"


def test_a_group_names_everybody_and_a_meeting_nobody() -> None:
    group = read(SHAPES["group"])
    assert (group.patient_id, group.other_patient_ids, group.is_group) == ("p-1", ("p-2",), True)
    assert read(SHAPES["meeting"]).is_block
    assert read(appointment(participant=[PRACTITIONER], subject={"reference": "Patient/p-9"})).patient_id == "p-9"


def test_a_patient_on_another_server_is_nobody_of_ours() -> None:
    elsewhere = {"actor": {"reference": "https://other.example.org/fhir/Patient/p-1"}, "status": "accepted"}
    assert read(appointment(participant=[elsewhere])).patient_id == "https://other.example.org/fhir/Patient/p-1"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (appointment(participant=[{"actor": {"type": "Patient", "display": "Ada"}}]), "participant.actor"),
        (appointment(participant=[{"actor": {"reference": "#nobody"}}]), "participant.actor"),
        (appointment(participant=[{"actor": {"reference": "urn:uuid:1-2"}}]), "participant.actor"),
        (appointment(participant=[{"type": [{"coding": [{"code": "SBJ"}]}], "status": "accepted"}]), "participant"),
        (appointment(participant=[]), "participant"),
        (appointment(participant="Patient/1"), "participant"),
        (appointment(start=None), "start"),
        (appointment(start="2026-10-22T09:30:00"), "start: expected Z or an offset"),
        (appointment(start="2026-10-22"), "start"),
        (appointment(start="10:00:00"), "start"),
        (appointment(start=1792675800), "start"),
        (appointment(start="0001-01-01T00:00:00Z"), "start"),
        (appointment(start="2026-02-30T09:30:00Z"), "start"),
        (appointment(end="2026-10-22T09:50"), "end"),
        (appointment(end="2026-10-22T12:50:00Z"), "end"),
        (appointment(end=None), "end"),
        (appointment(end=None, minutesDuration=-20), "end"),
        (appointment(status=None), "status"),
        (appointment(status=["booked"]), "status"),
        (appointment(created="yesterday"), "created"),
        (appointment(meta={"lastUpdated": "2026-10-20T12:58:11"}), "meta.lastUpdated"),
        (appointment(appointmentType={"coding": "TELE"}), "appointmentType"),
        (appointment(id=None), "id"),
        (appointment(id=""), "id"),
        (appointment(status="cancelled", start=None, created=None, meta=None), "start"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused_by_the_name_of_the_field(row: dict[str, Any], field: str) -> None:
    reason = refused(row)
    assert field in reason
    assert "Ada" not in reason
    assert "yesterday" not in reason


def test_a_zone_nobody_knows_is_told_and_a_setting_stands_over_all() -> None:
    place = {"l-1": CatalogEntry(id="l-1", name="Main Clinic", zone="America/Denver")}
    there = msgspec.structs.replace(HERE, locations=place)
    assert read(SHAPES["R4"], there).start.wall == datetime(2026, 10, 22, 7, 30)
    chosen = msgspec.structs.replace(there, settings={"zone": "America/Chicago"})
    assert read(SHAPES["R4"], chosen).start.wall == datetime(2026, 10, 22, 8, 30)
    assert "time zone Mars/Base" in refused(SHAPES["R4"], set_to(zone="Mars/Base"))


def test_local_time_marked_z_is_read_as_such_where_a_setting_says_so() -> None:
    local = set_to(z_means="local")
    assert read(SHAPES["R4"], local).start.wall == datetime(2026, 10, 22, 13, 30)
    assert read(SHAPES["ISiK"], local).start.instant == HALF_PAST_NINE
    twice = appointment(start="2026-11-01T01:30:00Z", end="2026-11-01T01:50:00Z")
    assert read(twice, local).start.clarity is Clarity.AMBIGUOUS
    back = appointment(start="2026-11-01T01:50:00Z", end="2026-11-01T01:10:00Z", minutesDuration=20)
    assert read(back, local).duration_minutes == 20


@pytest.mark.parametrize("name", ["FR Core", "cancelled without time"])
def test_what_needs_no_time_is_read_without_one_and_marked_so(name: str) -> None:
    found = read(SHAPES[name])
    assert found.start.clarity is Clarity.CONTRADICTORY
    assert found.patient_id == "p-1"


def test_the_length_is_told_by_the_end_else_by_minutes_else_by_a_setting() -> None:
    assert read(appointment(minutesDuration=45)).duration_minutes == 20
    assert read(appointment(end=None, minutesDuration=45)).duration_minutes == 45
    assert read(appointment(end=None, minutesDuration="45")).duration_minutes == 45
    assert read(appointment(end=None), set_to(minutes_without_end="30")).duration_minutes == 30
    assert read(appointment(end="2026-10-22T13:49:59Z")).duration_minutes == 20


@pytest.mark.parametrize(
    ("word", "status"),
    [(status.value, status) for status in AppointmentStatus]
    + [("Canceled", AppointmentStatus.CANCELLED), ("phoned-ok", None)],
)
def test_statuses_of_the_standard_are_known_and_others_are_not_guessed(
    word: str, status: AppointmentStatus | None
) -> None:
    found = read(appointment(status=word))
    assert (found.status, found.status_text) == (status, word)
    assert found.is_deleted is (status is AppointmentStatus.ENTERED_IN_ERROR)
    meant = msgspec.structs.replace(HERE, status_meanings={"phoned-ok": AppointmentStatus.BOOKED})
    assert read(appointment(status="Phoned-OK"), meant).status is AppointmentStatus.BOOKED


def test_a_patient_who_declined_cancels_where_a_setting_says_so() -> None:
    row = appointment(participant=[{**PATIENT, "status": "declined"}, PRACTITIONER])
    assert read(row).status is AppointmentStatus.BOOKED
    assert read(row, set_to(declined_patient="cancelled")).status is AppointmentStatus.CANCELLED


def test_what_was_moved_names_its_other_half() -> None:
    assert read(SHAPES["R5"]).replaces_id == read(SHAPES["ISiK"]).replaces_id == "a-0"
    information = [{"reference": "Location/9"}, {"reference": "Appointment/a-0"}]
    assert read(appointment(supportingInformation=information)).replaces_id == "a-0"
    old = read(appointment(status="cancelled", supportingInformation=information))
    assert (old.replaces_id, old.replaced_by_id) == (None, "a-0")


@pytest.mark.parametrize("created", ["2026-01-02", "2026-01", "2026", None])
def test_a_booking_date_without_a_time_says_nothing(created: str | None) -> None:
    assert read(appointment(created=created)).booked_at is None


def test_deletions_in_a_history_come_last_though_they_are_told_first() -> None:
    history = {
        "resourceType": "Bundle",
        "type": "history",
        "entry": [
            {"fullUrl": "https://x.example/Appointment/a-1", "request": {"method": "DELETE", "url": "Appointment/a-1"}},
            {"resource": appointment(), "request": {"method": "PUT", "url": "Appointment/a-1"}},
        ],
    }
    page = FetchedPage(kind=RecordKind.APPOINTMENT, body=msgspec.json.encode(history))
    first, second = TRANSLATOR.split(page)
    assert isinstance(first, RawRecord)
    assert isinstance(second, RawRecord)
    assert (first.is_absent, second.is_absent, second.id) == (False, True, "a-1")


def test_outcomes_and_includes_are_no_appointments_and_an_error_is_no_empty_list() -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "not-supported"}]}
    patient = {"resourceType": "Patient", "id": "p-1"}
    assert len(TRANSLATOR.split(page_of(appointment(), outcome, patient))) == 1
    for body in (msgspec.json.encode(outcome), b"{}", b"[]", b"<html>", b"", b'{"resourceType":"Bundle","entry":['):
        with pytest.raises(AnswerUnreadable):
            TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=body))


def test_one_broken_entry_hides_no_other() -> None:
    whole = msgspec.json.encode(bundle(appointment(), appointment(id="a-2")))
    broken = whole.replace(b'"id":"a-2"', b'"id":"a-2",,', 1)
    good, bad = TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=broken))
    assert isinstance(good, RawRecord)
    assert isinstance(bad, UnreadableRecord)


def test_a_member_that_stands_there_twice_is_refused() -> None:
    body = msgspec.json.encode(appointment())
    twice = body[:-1] + b',"start":"2026-10-23T13:30:00Z"}'
    record = RawRecord(kind=RecordKind.APPOINTMENT, id="a-1", body=twice)
    with pytest.raises(RecordUnreadable, match="start stands there twice"):
        TRANSLATOR.appointment(record, HERE)
    inside = RawRecord(
        kind=RecordKind.APPOINTMENT,
        id="a-1",
        body=msgspec.json.encode(appointment(requestedPeriod=[{"start": "2026-10-01"}], participant=[PATIENT, PLACE])),
    )
    assert TRANSLATOR.appointment(inside, HERE).patient_id == "p-1"


def test_a_merged_and_a_test_patient_are_told_apart() -> None:
    labelled = {"security": [{"code": "HTEST"}], "lastUpdated": "2026-01-01T00:00:00Z"}
    merged = {"link": [{"other": {"reference": "Patient/p-2"}, "type": "replaced-by"}]}
    row = {"resourceType": "Patient", "id": "p-1", "meta": labelled, "birthDate": "1968-06", **merged}
    (record,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.PATIENT, body=msgspec.json.encode(row)))
    assert isinstance(record, RawRecord)
    found: Patient = TRANSLATOR.patient(record, HERE)
    assert (found.status, found.merged_into_id, found.is_marked_as_test) == (PatientStatus.MERGED, "p-2", True)
    assert (found.date_of_birth, found.date_of_birth_text) == (None, "1968-06")


def test_social_security_numbers_are_emptied() -> None:
    number = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "000-12-3456"}
    typed = {"type": {"coding": [{"code": "SS"}]}, "value": "000-12-3457"}
    row = {"resourceType": "Patient", "id": "p-1", "identifier": [number, typed, {"value": "M1"}]}
    record = RawRecord(kind=RecordKind.PATIENT, id="p-1", body=msgspec.json.encode(row))
    kept = TRANSLATOR.without_secrets(record)
    assert b"000-12" not in kept
    assert b"M1" in kept
