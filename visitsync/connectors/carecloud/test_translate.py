"""Every documented payload of CareCloud is understood, in any wrapper, drifted ones too, or refused with the reason."""

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.carecloud.statuses import STATUS
from visitsync.connectors.carecloud.translate import TRANSLATOR
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import Clarity
from visitsync.domain.patient import Coverage, Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

FIXTURES = Path(__file__).parent / "fixtures"
UNDERSTOOD = {
    "appointments_list.json": (RecordKind.APPOINTMENT, 4),
    "appointments_keyed.json": (RecordKind.APPOINTMENT, 2),
    "appointments_bare_rows.json": (RecordKind.APPOINTMENT, 2),
    "appointments_drifted.json": (RecordKind.APPOINTMENT, 1),
    "appointment_single.json": (RecordKind.APPOINTMENT, 1),
    "answer_with_head.http": (RecordKind.APPOINTMENT, 1),
    "patient.json": (RecordKind.PATIENT, 1),
    "patient_bare.json": (RecordKind.PATIENT, 1),
    "patient_with_insurance.json": (RecordKind.PATIENT, 1),
    "locations.json": (RecordKind.LOCATION, 2),
    "locations_bare.json": (RecordKind.LOCATION, 1),
    "providers.json": (RecordKind.PRACTITIONER, 2),
    "appointment_resources.json": (RecordKind.PRACTITIONER, 2),
    "appointment_resource.json": (RecordKind.PRACTITIONER, 1),
    "visit_reasons.json": (RecordKind.APPOINTMENT_TYPE, 2),
}
REFUSED = {
    "insurances_profile.json": "insurance",
    "insurances_list.json": "insurance",
    "patients_search.json": "search",
    "appointment_statuses.json": "status",
    "cancellation_reasons.json": "cancellation reason",
    "created.json": "was saved",
    "token.json": "token",
    "availability.json": "free times",
    "error.json": "error",
    "error_text.json": "error",
    "cancelled_answer.json": "cancellation",
    "confirmations.json": "confirmation",
}
EAST = TranslationContext(practice_zone="America/New_York")
KNOWN = TranslationContext(
    practice_zone="America/New_York",
    appointment_types={"4410": CatalogEntry(id="4410", name="Video Follow-Up")},
    practitioners={
        "resource/7115": CatalogEntry(id="resource/7115", name="Okonjo column", is_clinician=False, owner_id="90233")
    },
    status_meanings={"telephone triage": AppointmentStatus.WAITLIST},
)
NO_SHOW, TRIAGE = "0f3b6a88-2c47-4e19-b3d5-9a64e7f1c802", "b8447d0c-1e52-4d9a-8a7f-60c93b25de04"
BOOKED, REQUESTED = "7c1d5e20-93aa-4f0b-8d6e-51b0c2a7e901", "e5a90b14-6f7d-4c33-9be0-2d8814c5fa03"


def records(name: str) -> list[RawRecord | UnreadableRecord]:
    return TRANSLATOR.split(TRANSLATOR.page_from_file((FIXTURES / name).read_bytes()))


def appointments(name: str, context: TranslationContext = KNOWN) -> dict[str, Appointment]:
    found = (each for each in records(name) if isinstance(each, RawRecord))
    return {each.id: TRANSLATOR.appointment(each, context) for each in found}


def appointment(context: TranslationContext = EAST, **changes: Any) -> Appointment:
    row = msgspec.json.decode((FIXTURES / "appointments_list.json").read_bytes())[0]["appointment"]
    row = {key: value for key, value in (row | changes).items() if value is not ...}
    page = FetchedPage(kind=RecordKind.APPOINTMENT, body=msgspec.json.encode([{"appointment": row}]))
    (record,) = TRANSLATOR.split(page)
    assert isinstance(record, RawRecord), record
    return TRANSLATOR.appointment(record, context)


def patient(insurances: object = ..., **changes: Any) -> Patient:
    chart = msgspec.json.decode((FIXTURES / "patient_bare.json").read_bytes()) | changes
    whole: dict[str, object] = {"patient": {key: value for key, value in chart.items() if value is not ...}}
    whole |= {} if insurances is ... else {"insurances": insurances}
    (record,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.PATIENT, body=msgspec.json.encode(whole)))
    assert isinstance(record, RawRecord), record
    return TRANSLATOR.patient(record, EAST)


@pytest.mark.parametrize(("name", "expected"), UNDERSTOOD.items())
@pytest.mark.parametrize("around", [b"%b", b"\xef\xbb\xbf%b", b" \r\n\t%b\n\n"])
def test_a_saved_answer_is_understood(name: str, expected: tuple[RecordKind, int], around: bytes) -> None:
    page = TRANSLATOR.page_from_file(around % (FIXTURES / name).read_bytes())
    found = TRANSLATOR.split(page)
    assert (page.kind, len(found)) == expected
    assert all(isinstance(each, RawRecord) for each in found)


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_what_holds_no_record_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(AnswerUnreadable, match=reason):
        records(name)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1, 2]", b"[", b'{"appointments": 7}', b"null", b'[{"a": 1}]'])
def test_what_is_no_answer_of_careclouds_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.split(TRANSLATOR.page_from_file(body))


def test_every_fixture_is_tried() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == {*UNDERSTOOD, *REFUSED}


def test_an_appointment_is_understood_with_all_that_the_rules_need() -> None:
    assert appointments("appointments_list.json")[BOOKED] == Appointment(
        id=BOOKED,
        start=appointment().start,
        duration_minutes=20,
        status=AppointmentStatus.BOOKED,
        status_text="Pending",
        marks=(
            Mark(MarkKind.TYPE, "4410", "Video Follow-Up"),
            Mark(MarkKind.LOCATION, "31002", "VIRTUAL CARE"),
            Mark(MarkKind.RESOURCE, "resource/7115", "Okonjo column"),
        ),
        patient_id="3d2c1b0a-4f5e-4a6b-8c7d-9e0f1a2b3c11",
        practitioner_id="90233",
        location_id="31002",
        booked_at=datetime(2026, 10, 19, 19, 12, 44, tzinfo=UTC),
        changed_at=datetime(2026, 10, 20, 12, 1, 9, tzinfo=UTC),
    )


def test_the_same_appointment_is_the_same_in_every_wrapper_and_in_drifted_types() -> None:
    whole = appointments("appointments_list.json")[BOOKED]
    for name in ("appointments_keyed.json", "appointments_bare_rows.json", "appointments_drifted.json"):
        assert appointments(name)[BOOKED] == whole, name


def test_statuses_are_told_by_code_name_reason_and_by_what_an_admin_explained() -> None:
    found = appointments("appointments_list.json")
    assert found[NO_SHOW].status is AppointmentStatus.NO_SHOW
    assert found[REQUESTED].status is AppointmentStatus.PROPOSED
    assert found[REQUESTED].video_words == ("video",)
    assert (found[TRIAGE].status, found[TRIAGE].series_id) == (AppointmentStatus.WAITLIST, "5150")
    unknown = appointments("appointments_list.json", EAST)[TRIAGE]
    assert (unknown.status, unknown.status_text) == (None, "Telephone triage")


@pytest.mark.parametrize(("code", "status"), STATUS.items())
def test_every_code_means_something(code: str, status: AppointmentStatus) -> None:
    assert appointment(appointment_status={"id": 9, "code": code.upper(), "name": "?"}).status is status


@pytest.mark.parametrize(
    ("settings", "detail", "status"),
    [
        ({}, "Patient NO-SHOW", AppointmentStatus.NO_SHOW),
        ({}, "Left early", AppointmentStatus.CANCELLED),
        ({"no_show_reasons": "4, 23"}, "Left early", AppointmentStatus.NO_SHOW),
        ({"no_show_reasons": "left early"}, "Left early", AppointmentStatus.NO_SHOW),
        ({"no_show_reasons": "2"}, "Left early", AppointmentStatus.CANCELLED),
        ({"status_codes": "C=entered-in-error"}, "x", AppointmentStatus.ENTERED_IN_ERROR),
    ],
)
def test_a_no_show_is_a_cancellation_for_a_reason_that_says_so(
    settings: dict[str, str], detail: str, status: AppointmentStatus
) -> None:
    context = TranslationContext(practice_zone="America/New_York", settings=settings)
    cancelled = {"id": 3, "code": "C", "name": "Cancelled"}
    details = {"id": "23", "detail": detail, "comments": None}
    assert appointment(context, appointment_status=cancelled, cancellation_details=details).status is status


@pytest.mark.parametrize(
    ("stamp", "end", "instant"),
    [
        ("2026-03-06T09:00:00-05:00", "2026-03-06T09:30:00-05:00", datetime(2026, 3, 6, 14, tzinfo=UTC)),
        ("2026-03-10T09:00-04:00", "2026-03-10T09:30-04:00", datetime(2026, 3, 10, 13, tzinfo=UTC)),
        ("2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("2026-11-01T01:30:00-0500", "2026-11-01T02:00:00-0500", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("2026-03-10T13:00:00.000Z", "2026-03-10T09:30:00-04:00", datetime(2026, 3, 10, 13, tzinfo=UTC)),
    ],
)
def test_the_offset_is_never_cut_off(stamp: str, end: str, instant: datetime) -> None:
    for hold in ("", "hold"):
        context = TranslationContext(practice_zone="America/New_York", settings={"foreign_offset": hold})
        found = appointment(context, start_time=stamp, end_time=end)
        assert (found.start.instant, found.start.clarity, found.duration_minutes) == (instant, Clarity.CERTAIN, 30)


@pytest.mark.parametrize(("setting", "clarity"), [("instant", Clarity.CERTAIN), ("hold", Clarity.CONTRADICTORY)])
def test_an_offset_that_the_zone_does_not_have_is_a_matter_of_the_setting(setting: str, clarity: Clarity) -> None:
    context = TranslationContext(practice_zone="America/Denver", settings={"foreign_offset": setting})
    found = appointment(context)
    assert (found.start.wall, found.start.clarity) == (datetime(2026, 10, 30, 7), clarity)
    local = {**context.settings, "location_zones": "31002=America/New_York"}
    there = appointment(TranslationContext(practice_zone="America/Denver", settings=local)).start
    assert (there.wall.hour, there.zone, there.clarity) == (9, "America/New_York", Clarity.CERTAIN)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start_time": "2026-10-30T09:00:00"}, "start_time: expected a time with its offset"),
        ({"start_time": "10/30/2026 09:00 AM"}, "start_time"),
        ({"start_time": "0001-01-01T00:00:00-05:00"}, "start_time: expected a year"),
        ({"start_time": "2026-02-30T09:00:00-05:00"}, "start_time"),
        ({"start_time": None}, "start_time"),
        ({"end_time": None}, "end_time"),
        ({"end_time": ...}, "end_time"),
        ({"end_time": "2026-10-30T08:00:00-04:00"}, "end_time: expected whole minutes after the start"),
        ({"end_time": "2026-10-30T09:20:30-04:00"}, "end_time"),
        ({"updated_at": "yesterday"}, "updated_at"),
        ({"patient": "somebody"}, "patient"),
        ({"visit_reason_id": 4.5}, "visit_reason_id"),
    ],
)
def test_what_would_have_to_be_guessed_is_unreadable_and_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RecordUnreadable, match=field):
        appointment(**changes)


def test_an_unknown_zone_is_told_and_not_guessed() -> None:
    with pytest.raises(RecordUnreadable, match="set it in the connection's settings"):
        appointment(TranslationContext(practice_zone="Mars/Olympus"))


@pytest.mark.parametrize("twice", [b'"id":"x","id":"y",', b'"start_time":"2026-10-30T10:00:00-04:00",'])
def test_a_member_that_stands_there_twice_is_not_chosen_from(twice: bytes) -> None:
    row = msgspec.json.encode(msgspec.json.decode((FIXTURES / "appointments_list.json").read_bytes())[:1])
    body = row.replace(b'{"id":"7c', b"{" + twice + b'"id":"7c', 1)
    (record,) = TRANSLATOR.split(FetchedPage(kind=RecordKind.APPOINTMENT, body=body))
    assert isinstance(record, RawRecord)
    with pytest.raises(RecordUnreadable, match="twice"):
        TRANSLATOR.appointment(record, EAST)


def test_an_appointment_without_a_patient_is_a_held_slot_and_a_column_stands_for_its_provider() -> None:
    assert appointment(patient=None).is_block
    assert appointment(KNOWN, provider_id=None).practitioner_id == "90233"
    assert appointment(EAST, provider_id=None).practitioner_id is None


def test_a_chart_is_understood_with_all_that_the_rules_need() -> None:
    found = patient()
    assert (found.first_name, found.last_name, found.email) == ("HESTER", "QUILLFEATHER", "hester.q@example.org")
    assert (found.date_of_birth, found.phones) == (date(1979, 6, 2), ("5555550142", "5555550111"))
    assert (found.address.line, found.address.state, found.address.postal_code) == (
        "17 GULL LANE APT 3",
        "NC",
        "27501-1234",
    )
    assert (found.coverages, found.has_responsible_contact, found.status) == (None, False, PatientStatus.ACTIVE)


def test_names_of_reading_and_of_writing_are_both_understood() -> None:
    found = patient(email_address=..., email="x@example.org", dob=..., date_of_birth="1990-01-02")
    assert (found.email, found.date_of_birth) == ("x@example.org", date(1990, 1, 2))
    other = patient(addresses=[{"line1": "1 A ST", "state_code": "FL", "zip_code": "33101-0000"}])
    assert (other.address.state, other.address.postal_code) == ("FL", "33101")


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"x": [one]}, lambda one: {"x": one}])
def test_insurance_is_understood_in_every_wrapper(wrap: Any) -> None:
    profile = msgspec.json.decode((FIXTURES / "insurances_profile.json").read_bytes())
    assert patient(wrap(profile)).coverages == (
        Coverage(payer_name="SALT MARSH HEALTH", payer_id="8801", member_id="SM-900-17"),
        Coverage(payer_name="LANTERN SUPPLEMENTAL", payer_id="8802", member_id="SM2-44"),
    )


def test_of_several_profiles_the_default_one_counts_and_none_is_not_no_answer() -> None:
    first, second = {"id": 1, "self_pay": False, "insurance_policies": []}, {"id": 2, "self_pay": True, "default": True}
    assert patient([first, second]).is_self_pay
    assert not patient([first, {**second, "default": False}]).is_self_pay
    assert patient([]).coverages == ()
    assert patient(None).coverages == ()
    assert patient(insurance_profiles=[{"self_pay": True, "insurance_policies": []}]).is_self_pay


@pytest.mark.parametrize("insurances", [7, "none", {"a": [], "b": []}, [[7]], {"error": "no"}])
def test_insurance_that_makes_no_sense_is_not_no_insurance(insurances: object) -> None:
    with pytest.raises(RecordUnreadable):
        patient(insurances)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status_id": "I", "status": "inactive"}, PatientStatus.INACTIVE),
        ({"status_id": None, "status": "Deceased"}, PatientStatus.DECEASED),
        ({"date_of_death": "2026-01-01"}, PatientStatus.DECEASED),
        ({"status_id": "Q", "status": "quiet"}, PatientStatus.INACTIVE),
        ({"status_id": None, "status": None}, PatientStatus.ACTIVE),
    ],
)
def test_statuses_of_charts(changes: dict[str, Any], status: PatientStatus) -> None:
    assert patient(**changes).status is status


def test_secrets_are_emptied_at_the_edge() -> None:
    (record,) = records("patient.json")
    assert isinstance(record, RawRecord)
    kept = msgspec.json.decode(TRANSLATOR.without_secrets(record))["patient"]
    assert (kept["ssn"], kept["drivers_license_number"], kept["chart_number"]) == ("", "", "20518")


def test_the_catalog_tells_providers_from_columns() -> None:
    names = ("providers.json", "appointment_resource.json", "locations.json", "visit_reasons.json")
    entries = [
        TRANSLATOR.catalog_entry(one, EAST) for name in names for one in records(name) if isinstance(one, RawRecord)
    ]
    assert {entry.id: entry.name for entry in entries} == {
        "90233": "Tamsin Okonjo",
        "90234": "Locum Two",
        "resource/7115": "Okonjo video column",
        "31002": "VIRTUAL CARE",
        "31003": "PIER CLINIC",
        "4410": "Video Follow-Up",
        "4411": "Office Visit",
    }
    column = next(entry for entry in entries if entry.id == "resource/7115")
    namesake = {"id": 1, "name": "Tamsin OKONJO", "default_provider": {"id": 90233, "name": "Tamsin Okonjo"}}
    page = FetchedPage(kind=RecordKind.PRACTITIONER, body=msgspec.json.encode([{"resource": namesake}]))
    (record,) = TRANSLATOR.split(page)
    assert isinstance(record, RawRecord)
    assert TRANSLATOR.catalog_entry(record, EAST).name == "Tamsin OKONJO (resource)"
    assert (column.is_clinician, column.owner_id, entries[0].npi) == (False, "90233", "1000000004")


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_no_mutation_of_an_answer_raises_anything_but_unreadable(name: str) -> None:
    chance = random.Random(name)
    whole = (FIXTURES / name).read_bytes()
    for _ in range(150):
        _read_through(_mutated(whole, chance))


ODD: tuple[Any, ...] = (
    None,
    "",
    " ",
    0,
    -1,
    10**30,
    1.5,
    True,
    [],
    {},
    [[]],
    "\u0000",
    "9999-12-31",
    "x" * 9999,
    [None],
)


def _mutated(whole: bytes, chance: random.Random) -> bytes:
    """Some byte, or some value, is another."""
    if chance.random() < 0.3 or whole[:1] not in b"[{":
        place = chance.randrange(len(whole))
        return whole[:place] + bytes([chance.randrange(256)]) + whole[place + chance.randrange(3) :]
    value = msgspec.json.decode(whole)
    for _ in range(chance.randrange(1, 4)):
        _spoil(value, chance)
    return msgspec.json.encode(value)


def _spoil(value: Any, chance: random.Random) -> None:
    while value and isinstance(value, (dict, list)):
        key = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if not isinstance(value[key], (dict, list)) or chance.random() < 0.15:
            value[key] = chance.choice(ODD)
            return
        value = value[key]


def _read_through(body: bytes) -> None:
    """Everything that may be asked of the translator about these bytes."""
    try:
        found = TRANSLATOR.split(TRANSLATOR.page_from_file(body))
    except AnswerUnreadable:
        return
    for one in found:
        if isinstance(one, UnreadableRecord):
            assert one.reason
            continue
        read = {
            RecordKind.APPOINTMENT: TRANSLATOR.appointment,
            RecordKind.PATIENT: TRANSLATOR.patient,
        }.get(one.kind, TRANSLATOR.catalog_entry)
        try:
            read(one, EAST)
        except RecordUnreadable:
            continue
