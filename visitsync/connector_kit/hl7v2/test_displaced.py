"""Trials of messages whose fields stand beside their places: read where it is certain, else refused by name."""

import pytest

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.hl7v2.sample import (
    AIL,
    AIP,
    AIS,
    PID,
    TRANSLATOR,
    appointment,
    context,
    received,
    records,
    segment,
    siu,
)
from visitsync.connector_kit.pages import FetchedPage, RecordKind, UnreadableRecord
from visitsync.domain.appointment import AppointmentStatus

TIMES = "^^20^20261022093000^20261022095000"
NOWHERE = {8: "", 9: "", 10: "", 11: "", 25: ""}
EMPTY = segment("NTE", {1: "1"})


def refused(sch: dict[int, str], **settings: str) -> str:
    """Why a booking is refused; "" if it is not."""
    page = FetchedPage(kind=RecordKind.APPOINTMENT, body=siu("S12", EMPTY, sch=NOWHERE | sch), asked=settings)
    return "; ".join(each.reason for each in TRANSLATOR.split(page) if isinstance(each, UnreadableRecord))


@pytest.mark.parametrize(
    ("sch", "field", "setting"),
    [
        ({8: "20", 9: "MIN", 10: TIMES}, "SCH-10", "shifted_layout"),
        ({10: "20", 11: "MIN", 12: TIMES}, "SCH-12", "start_places: SCH-12.4"),
        ({7: "20^minutes", 8: TIMES}, "SCH-8", "start_places: SCH-8.4"),
        ({9: "^^^20261022093000"}, "SCH-9", "start_places: SCH-9.4"),
        ({8: "20^MIN", 9: "^^MIN", 10: "^Check"}, "SCH-8", "shifted_layout"),
        ({10: "202610220930", 11: "202610220950"}, "SCH-10", "start_places: SCH-10"),
        ({7: "20261022093000", 8: "20261022095000", 9: "20"}, "SCH-7", "start_places: SCH-7"),
        ({6: "20261022093000", 7: "20", 8: "MIN", 9: "Booked"}, "SCH-8", "appointment type"),
    ],
)
def test_a_displaced_field_of_the_schedule_is_named_with_what_to_set(
    sch: dict[int, str], field: str, setting: str
) -> None:
    why = refused(sch)
    assert why.startswith(f"{field}: ")
    assert setting in why
    assert received(siu("S12", EMPTY, sch=NOWHERE | sch)).refusal == why


def test_where_the_setting_names_the_place_it_is_read() -> None:
    found = appointment(
        siu("S12", EMPTY, sch={8: "TELE^Telehealth visit", 9: "20", 10: "MIN", 11: "", 12: TIMES}),
        start_places="SCH-12.4",
    )
    assert (found.start.wall.hour, found.duration_minutes) == (9, 20)


@pytest.mark.parametrize(
    ("sch", "settings"),
    [
        ({10: "20", 11: "MIN", 12: TIMES}, {"start_places": "SCH-12.4"}),
        ({8: "20", 9: "MIN", 10: TIMES}, {"shifted_layout": "read"}),
    ],
)
def test_what_a_setting_lets_in_is_not_refused_when_it_is_taken_apart(
    sch: dict[int, str], settings: dict[str, str]
) -> None:
    found = received(siu("S12", EMPTY, sch=NOWHERE | sch), **settings)
    assert found.refusal == ""
    assert found.page is not None
    assert not any(isinstance(each, UnreadableRecord) for each in TRANSLATOR.split(found.page))


def test_a_timing_right_of_its_place_does_no_harm_where_a_resource_tells_the_same_start() -> None:
    found = appointment(siu("S12", segment("AIS", AIS), sch=NOWHERE | {10: "1200", 11: "S", 12: "^^^20261022093000"}))
    assert (found.start.wall.hour, found.duration_minutes) == (9, 20)


@pytest.mark.parametrize(
    "start", ["202610220930", "20261022093000-0400", "2026-10-22T09:30:00-04:00", "2026-10-22 09:30"]
)
def test_a_start_without_its_timing_quantity_is_read(start: str) -> None:
    found = appointment(siu("S12", EMPTY, sch={11: start}))
    assert (found.start.wall.hour, found.start.wall.minute, found.duration_minutes) == (9, 30, 20)


@pytest.mark.parametrize(("field", "word"), [(24, "Cancelled"), (18, "CANCELED"), (17, "cancelled")])
def test_a_status_left_of_its_place_is_read_and_names_no_other_appointment(field: int, word: str) -> None:
    found = appointment(siu("S14", sch={25: "", field: word}))
    assert (found.status, found.series_id) == (AppointmentStatus.CANCELLED, None)


@pytest.mark.parametrize("parent", ["Booked", "20261019141205", "57^Marlow^Iris^^^^MD"])
def test_what_is_no_number_of_an_appointment_is_not_replaced(parent: str) -> None:
    assert len(records(siu("S13", sch={23: parent}), RecordKind.APPOINTMENT_UPDATE)) == 1
    assert len(records(siu("S13", sch={23: parent, 24: "4400^CADENZA"}), RecordKind.APPOINTMENT_UPDATE)) == 2


@pytest.mark.parametrize("what", ["^WPN^PH^^^555^0100147", "20261022093000"])
def test_a_telephone_or_a_time_in_the_place_of_the_provider_is_nobody(what: str) -> None:
    found = appointment(siu("S12", EMPTY, sch={16: what}))
    assert (found.practitioner_id, found.practitioner_name) == (None, None)


def test_a_second_appointment_in_one_message_is_refused() -> None:
    body = siu("S12", segment("SCH", {1: "5502", 2: "5502", 11: TIMES}))
    assert "a second appointment" in received(body).refusal


def test_a_duration_in_the_place_of_the_offset_moves_nothing() -> None:
    displaced = segment("AIS", {1: "1", 3: "TELE", 4: "20261022093000", 5: "20", 6: "MIN"})
    assert appointment(siu("S12", displaced, sch={11: ""})).start.wall.minute == 30
    other = displaced.replace("|20|", "|15|")
    assert appointment(siu("S12", other, sch={11: ""})).start.wall.minute == 45  # told beside the duration of SCH-9


def test_an_offset_that_may_be_the_duration_is_not_added() -> None:
    doubtful = siu("S12", segment("AIP", {1: "1", 3: "57^Marlow", 6: "20261022093000", 7: "30"}), sch=NOWHERE)
    with pytest.raises(RecordUnreadable, match=r"AIP-7: an offset without a duration in AIP-9.*start_offset"):
        appointment(doubtful)
    assert appointment(doubtful, start_offset="ignored").start.wall.minute == 30


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (segment("AIG", {3: "57", 7: "20261022093000", 8: "20261022095000"}), "AIG-8: a time stands in AIG-7"),
        (segment("AIP", AIP | {5: "20261022091500"}), "AIP-6: a time stands in AIP-5"),
        (segment("AIL", AIL | {5: "20261022091500", 6: "20261022093000"}), "AIL-6: a time stands in AIL-5"),
    ],
)
def test_of_two_times_side_by_side_none_is_guessed(line: str, words: str) -> None:
    with pytest.raises(RecordUnreadable, match=words):
        appointment(siu("S12", line, sch=NOWHERE))


def test_a_message_in_order_is_not_suspected() -> None:
    body = siu("S12", segment("AIS", AIS), segment("AIP", AIP), pid=PID)
    [record] = records(body, RecordKind.APPOINTMENT_UPDATE)
    assert TRANSLATOR.appointment_after(record, context(), None) is not None
    assert received(body).refusal == ""
