"""Trials of Intergy's own habits: composite numbers, padded codes, write-ins, rooms, several staff, reschedules."""

import json
from pathlib import Path

import pytest

from visitsync.connector_kit.conformance.push_trial import PushTrial, edited
from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.connectors.greenway_intergy import TRANSLATOR
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.simulator_kit.staging import a_booking, the_location_called

FIXTURES = Path(__file__).parent / "fixtures"
CONTEXT = TranslationContext(practice_zone="America/New_York")


def trial(**variants: str) -> PushTrial:
    return PushTrial("greenway_intergy", variants=variants)


def test_an_appointment_is_named_by_practice_service_center_and_number() -> None:
    pushed = trial()
    booked = a_booking(pushed.clinic)
    pushed.take_in_all()
    assert list(pushed.known.appointments) == [f"1/{booked.location_id}/{booked.id}"]
    assert list(pushed.known.patients) == [f"1/{booked.patient_id}"]


def test_elsewhere_it_is_another_appointment() -> None:
    pushed = trial()
    booked = a_booking(pushed.clinic)
    other = the_location_called(pushed.clinic, "North Annex")
    edited(pushed, [lambda clinic: clinic.move(booked.id, location_id=other.id)])
    pushed.take_in_all()
    here = pushed.known.appointments[f"1/{booked.location_id}/{booked.id}"]
    there = pushed.known.appointments[f"1/{other.id}/{booked.id}"]
    assert (here.status, there.status) == (AppointmentStatus.CANCELLED, AppointmentStatus.BOOKED)


@pytest.mark.parametrize("manner", ["none", "padded", "small letters"])
def test_a_reason_code_is_the_same_padded_or_in_small_letters(manner: str) -> None:
    pushed = trial(code_padding=manner)
    booked = a_booking(pushed.clinic)
    pushed.take_in_all()
    (known,) = pushed.known.appointments.values()
    assert known.marks[0].kind is MarkKind.TYPE
    assert known.marks[0].id == f"RC{booked.type_id}"
    assert set(pushed.lists[RecordKind.APPOINTMENT_TYPE]) == {f"RC{booked.type_id}"}


def test_of_several_staff_the_first_is_the_provider_until_another_is_enabled() -> None:
    pushed = trial(staff="several")
    colleague = pushed.clinic.add_practitioner("Leopold", "Tran", npi="1000000012")
    booked = a_booking(pushed.clinic)
    pushed.take_in_all()
    (known,) = pushed.known.appointments.values()
    assert known.practitioner_id == str(booked.practitioner_id)
    assert set(pushed.lists[RecordKind.PRACTITIONER]) == {str(booked.practitioner_id), str(colleague.id)}


def test_the_first_who_is_enabled_is_chosen() -> None:
    pushed = trial(staff="several")
    colleague = pushed.clinic.add_practitioner("Leopold", "Tran")
    a_booking(pushed.clinic)
    letters = pushed.sender.take_all()
    pushed.take_in(letter.body for letter in letters)
    listed = pushed.lists[RecordKind.PRACTITIONER]
    enabled = type(listed[str(colleague.id)])(id=str(colleague.id), name="Leopold Tran", is_connected=True)
    listed[str(colleague.id)] = enabled
    (record,) = [
        each
        for letter in letters
        if letter.kind == "SIU"
        for each in TRANSLATOR.split(TRANSLATOR.page_from_file(letter.body))
        if each.kind is RecordKind.APPOINTMENT_UPDATE
    ]
    assert isinstance(record, RawRecord)
    context = TranslationContext(practice_zone="America/New_York", practitioners=listed)
    after = TRANSLATOR.appointment_after(record, context, None)
    assert after is not None
    assert after.practitioner_id == str(colleague.id)


def test_booked_in_a_room_only_it_has_no_provider() -> None:
    pushed = trial()
    room = pushed.clinic.add_practitioner("Treatment Room", "3", is_provider=False)
    a_booking(pushed.clinic, practitioner_id=room.id)
    pushed.take_in_all()
    (known,) = pushed.known.appointments.values()
    assert (known.practitioner_id, known.practitioner_name) == (None, None)
    assert any(mark.kind is MarkKind.RESOURCE for mark in known.marks)


def test_a_write_in_is_for_nobody() -> None:
    pushed = trial()
    booked = a_booking(pushed.clinic)
    pushed.clinic.block(
        practitioner_id=booked.practitioner_id,
        location_id=booked.location_id,
        start=booked.start.replace(hour=12),
        minutes=60,
        why="Lunch",
    )
    pushed.take_in_all()
    assert sorted(each.is_block for each in pushed.known.appointments.values()) == [False, True]


def test_a_flag_may_mark_video_visits() -> None:
    pushed = PushTrial("greenway_intergy", variants={"telehealth_flag": "ZAP-2"}, settings={"mode_places": "ZAP-2"})
    a_booking(pushed.clinic)
    a_booking(pushed.clinic, has_video_room=False)
    pushed.take_in_all()
    marked = [{mark.kind for mark in each.marks} for each in pushed.known.appointments.values()]
    assert [MarkKind.MODE in kinds for kinds in marked] == [True, False]


def test_edits_between_two_runs_come_as_one_message_with_the_last_state() -> None:
    pushed = trial(collapse="yes")
    booked = a_booking(pushed.clinic)
    pushed.clinic.cancel(booked.id)
    letters = pushed.take_in_all()
    assert [letter.event for letter in letters if letter.kind == "SIU"] == ["S15"]
    (known,) = pushed.known.appointments.values()
    assert (known.status, known.start.wall) == (AppointmentStatus.CANCELLED, booked.start)


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("*.hl7")))
def test_saved_messages_are_translated(name: str) -> None:
    page = TRANSLATOR.page_from_file((FIXTURES / name).read_bytes())
    records = TRANSLATOR.split(page)
    assert records
    for record in records:
        assert isinstance(record, RawRecord)
        if record.kind is RecordKind.APPOINTMENT_UPDATE:
            assert TRANSLATOR.appointment_after(record, CONTEXT, None) is not None


def test_a_saved_patient_of_fhir_is_translated_and_an_appointment_is_refused() -> None:
    patient = {"resourceType": "Patient", "id": "940001", "name": [{"family": "Okonkwo", "given": ["Adaeze"]}]}
    (record,) = TRANSLATOR.split(TRANSLATOR.page_from_file(json.dumps(patient).encode()))
    assert isinstance(record, RawRecord)
    assert TRANSLATOR.patient(record, CONTEXT).last_name == "Okonkwo"
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.page_from_file(b'{"resourceType": "Appointment", "id": "1"}')
