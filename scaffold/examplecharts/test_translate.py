"""What ExampleCharts' answers mean, and that nothing is guessed where they are odd."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.examplecharts.fixtures import CONTEXT, records, saved
from visitsync.connectors.examplecharts.translate import TRANSLATOR
from visitsync.domain.appointment import AppointmentStatus, Mark, MarkKind

LISTS = {
    "appointments": RecordKind.APPOINTMENT,
    "patients": RecordKind.PATIENT,
    "locations": RecordKind.LOCATION,
    "providers": RecordKind.PRACTITIONER,
    "visit_types": RecordKind.APPOINTMENT_TYPE,
}


def test_a_row_is_an_appointment_on_its_locations_clock() -> None:
    found = TRANSLATOR.appointment(records("appointments")[0], CONTEXT)
    assert (found.id, found.patient_id, found.practitioner_id, found.location_id) == ("5101", "810", "21", "3")
    assert found.start.instant == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert found.duration_minutes == 30
    assert found.status is AppointmentStatus.BOOKED
    assert found.marks[0] == Mark(MarkKind.TYPE, "7", "Video Visit")
    assert found.changed_at == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


def test_a_setting_puts_all_times_on_the_practices_clock() -> None:
    context = msgspec.structs.replace(CONTEXT, settings={"times": "practice"})
    found = TRANSLATOR.appointment(records("appointments")[0], context)
    assert found.start.instant == datetime(2026, 11, 24, 16, tzinfo=UTC)


def test_blocked_time_is_nobodys_appointment() -> None:
    assert TRANSLATOR.appointment(records("appointments")[1], CONTEXT).is_block


def test_a_chart_is_read() -> None:
    found = TRANSLATOR.patient(records("patients")[0], CONTEXT)
    assert (found.first_name, found.date_of_birth) == ("Marisol", date(1988, 4, 9))
    assert found.email == "marisol.v@example.net"
    assert found.coverages is not None
    assert found.coverages[0].payer_id == "HM001"


def test_social_security_numbers_are_not_kept() -> None:
    (record,) = records("patients")
    assert b"900-00" in record.body
    assert b"900-00" not in TRANSLATOR.without_secrets(record)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"starts_at": "11/24/2026 10:00"}, "starts_at: expected a local date and time"),
        ({"starts_at": "2026-11-24T10:00:00Z"}, "starts_at: expected a local date and time"),
        ({"starts_at": None}, "starts_at"),
        ({"minutes": "30"}, "minutes"),
        ({"minutes": 20_000}, "minutes: expected at most a week"),
        ({"changed_at": "2026-11-21T08:30:00"}, "changed_at: expected a time with Z"),
        ({"is_deleted": "no"}, "is_deleted"),
        ({"patient_id": True}, "patient_id"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_by_its_field(members: dict[str, object], reason: str) -> None:
    with pytest.raises(RecordUnreadable, match=reason):
        TRANSLATOR.appointment(records("appointments", first=members)[0], CONTEXT)


def test_a_status_of_the_practices_own_is_not_guessed_at() -> None:
    found = TRANSLATOR.appointment(records("appointments", first={"status": "Phoned-OK"})[0], CONTEXT)
    assert (found.status, found.status_text) == (None, "Phoned-OK")


@pytest.mark.parametrize(("name", "kind"), LISTS.items())
def test_a_saved_answer_is_recognised(name: str, kind: RecordKind) -> None:
    for body in (saved(name), b"\xef\xbb\xbf\n" + saved(name), b"HTTP/1.1 200 OK\r\nDate: x\r\n\r\n" + saved(name)):
        assert TRANSLATOR.page_from_file(body).kind is kind


def test_a_saved_record_is_recognised_and_a_refusal_told() -> None:
    (found,) = TRANSLATOR.split(TRANSLATOR.page_from_file(saved("patient")))
    assert found.id == "811"
    with pytest.raises(AnswerUnreadable, match="refusal"):
        TRANSLATOR.page_from_file(saved("error"))


ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20), st.just([]), st.just({})
)


@given(st.sampled_from(["appointments", "patients"]), st.data())
def test_whatever_stands_in_a_row_it_is_read_or_refused_with_a_reason(name: str, data: st.DataObject) -> None:
    listing = msgspec.json.decode(saved(name))
    row = listing["rows"][0]
    for _ in range(data.draw(st.integers(1, 3))):
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(ODD)
    _reads_or_refuses(msgspec.json.encode(listing))


@given(st.sampled_from([*LISTS, "patient", "error"]), st.data())
def test_damaged_bytes_are_read_or_refused_with_a_reason(name: str, data: st.DataObject) -> None:
    body = bytearray(saved(name))
    place = data.draw(st.integers(0, len(body)))
    body[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=5))
    _reads_or_refuses(bytes(body))


def _reads_or_refuses(body: bytes) -> None:
    """Anything but these two errors fails the test."""
    with suppress(AnswerUnreadable):
        for record in TRANSLATOR.split(TRANSLATOR.page_from_file(body)):
            with suppress(RecordUnreadable):
                _translate(record)


def _translate(record: RawRecord | UnreadableRecord) -> None:
    if isinstance(record, UnreadableRecord):
        assert record.reason
    elif record.kind is RecordKind.APPOINTMENT:
        TRANSLATOR.appointment(record, CONTEXT)
    elif record.kind is RecordKind.PATIENT:
        TRANSLATOR.patient(record, CONTEXT)
    else:
        TRANSLATOR.catalog_entry(record, CONTEXT)
