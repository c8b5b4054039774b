"""Saved payloads of any form are read or refused with a reason; nothing else ever happens, whatever was mutated."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import CATALOG_KINDS, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.fhir_r4 import TRANSLATOR
from visitsync.connectors.fhir_r4.fixtures import PATIENT, SHAPES, appointment, bundle

HERE = TranslationContext(practice_zone="America/New_York")
PERSON: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p-1",
    "name": [{"use": "official", "family": "Invented", "given": ["Ada"]}],
    "telecom": [{"system": "email", "value": "ada@example.org", "rank": 1}],
    "birthDate": "1968-06-17",
}
POLICY: dict[str, Any] = {
    "resourceType": "Coverage",
    "id": "c-1",
    "status": "active",
    "beneficiary": {"reference": "Patient/p-1"},
    "payor": [{"display": "Invented Mutual"}],
    "period": {"start": "2026-01-01"},
    "order": 1,
}
DOCTOR: dict[str, Any] = {"resourceType": "Practitioner", "id": "d-1", "name": [{"text": "Dr Invented"}]}
CLINIC: dict[str, Any] = {"resourceType": "Location", "id": "l-1", "name": "Main Clinic"}
SERVICE: dict[str, Any] = {
    "resourceType": "HealthcareService",
    "id": "hs-1",
    "type": [{"coding": [{"code": "TELE", "display": "Video Visit"}]}],
}
EVERYTHING = [*SHAPES.values(), PERSON, POLICY, DOCTOR, CLINIC, SERVICE]


def kinds_of(content: bytes) -> list[RecordKind]:
    """The kinds of all records, each of which must be understood."""
    page = TRANSLATOR.page_from_file(content)
    records = TRANSLATOR.split(page)
    for record in records:
        assert isinstance(record, RawRecord), record.reason
        understand(record)
    return [record.kind for record in records]


def understand(record: RawRecord) -> object:
    if record.is_absent:
        return None
    if record.kind is RecordKind.APPOINTMENT:
        return TRANSLATOR.appointment(record, HERE)
    if record.kind in CATALOG_KINDS:
        return TRANSLATOR.catalog_entry(record, HERE)
    return TRANSLATOR.patient(record, HERE)


def encoded(row: object) -> bytes:
    return msgspec.json.encode(row)


@pytest.mark.parametrize("kind", ["searchset", "history", "collection", "batch-response", "message", "document"])
def test_bundles_of_any_type_are_read(kind: str) -> None:
    assert kinds_of(encoded(bundle(appointment(), kind=kind))) == [RecordKind.APPOINTMENT]


@pytest.mark.parametrize(
    "content",
    [
        encoded(appointment()),
        b"\xef\xbb\xbf \n" + encoded(appointment()),
        msgspec.json.format(encoded(appointment()), indent=2),
        encoded([appointment()]),
        encoded(appointment()) + b"\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n\r\n" + encoded(appointment()),
        encoded(bundle(bundle(appointment()), kind="batch-response")),
        encoded(appointment(id="a-1")) + b"\r\n\r\n",
    ],
)
def test_one_appointment_is_read_in_any_wrapping(content: bytes) -> None:
    assert kinds_of(content) == [RecordKind.APPOINTMENT]


def test_lines_of_a_bulk_export_are_read_one_by_one() -> None:
    lines = [encoded(appointment()), encoded(appointment(id="a-2")), encoded(PERSON)]
    assert kinds_of(b"\n".join(lines)) == [RecordKind.APPOINTMENT] * 2 + [RecordKind.PATIENT]
    records = TRANSLATOR.split(TRANSLATOR.page_from_file(b"\n".join([lines[0], lines[1][:80], lines[0]])))
    assert [isinstance(record, UnreadableRecord) for record in records] == [False, True, False]


def test_a_mixed_bundle_gives_people_with_coverage_and_lists_besides() -> None:
    found = kinds_of(encoded(bundle(appointment(), PERSON, POLICY, DOCTOR, CLINIC, SERVICE)))
    assert found == [
        RecordKind.APPOINTMENT,
        RecordKind.PATIENT,
        RecordKind.PRACTITIONER,
        RecordKind.LOCATION,
        RecordKind.APPOINTMENT_TYPE,
    ]


def test_names_within_a_bundle_are_followed() -> None:
    whole = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": {**PERSON, "id": "p-7"}},
            {
                "fullUrl": "urn:uuid:2",
                "resource": appointment(id=None, participant=[{"actor": {"reference": "urn:uuid:1"}}]),
            },
        ],
    }
    records = TRANSLATOR.split(TRANSLATOR.page_from_file(encoded(whole)))
    assert isinstance(records[0], RawRecord)
    found = TRANSLATOR.appointment(records[0], HERE)
    assert (found.id, found.patient_id) == ("urn:uuid:2", "p-7")


def test_a_notification_that_only_names_an_appointment_says_what_to_do() -> None:
    told = {
        "resourceType": "Bundle",
        "type": "history",
        "entry": [
            {"resource": {"resourceType": "Parameters"}},
            {"fullUrl": "https://x.example/r4/Appointment/a-9", "request": {"method": "PUT", "url": "Appointment/a-9"}},
        ],
    }
    (record,) = TRANSLATOR.split(TRANSLATOR.page_from_file(encoded(told)))
    assert isinstance(record, UnreadableRecord)
    assert record.id == "a-9"
    assert "read it" in record.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON object"),
        (b"   ", "no JSON object"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "XML"),
        (b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]}', "error throttled"),
        (b'{"resourceType":"Slot","id":"1"}', "no Appointment or Patient, but Slot"),
        (b'{"status":"booked"}', "no resourceType"),
        (b'{"resourceType":"Bundle","entry":[{"resource":', "cut off"),
        (b"HTTP/1.1 200 OK\r\nDate: today", "no body"),
        (b"[1", "cut off"),
        (encoded({"entry": [{"resource": appointment()}]}), "no resourceType"),
    ],
)
def test_what_holds_no_record_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(AnswerUnreadable, match=reason):
        TRANSLATOR.page_from_file(content)


def test_an_empty_bundle_is_empty() -> None:
    assert kinds_of(b'{"resourceType":"Bundle","type":"searchset","total":0}') == []


ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        ["", "0", "9999-12-31T00:00:00Z", "2026-11-01T01:30:00", "#x", "urn:uuid:x", "Patient/", "\ud7ff\u0000"]
    ),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.sampled_from(["reference", "coding", "text", "id"]), st.text(max_size=3), max_size=2),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A resource with something in it taken away, repeated or turned into something else; or its bytes cut."""
    row = draw(st.sampled_from(EVERYTHING))
    whole = draw(st.sampled_from([row, bundle(row, PERSON, POLICY), [row, row]]))
    for _ in range(draw(st.integers(1, 3))):
        whole = _changed(draw, whole)
    body = encoded(whole)
    if draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(body)))
        body = draw(st.sampled_from([body[:at], body[:at] + b"\\u0000" + body[at:], body[:at] + b"," + body[at:]]))
    return body


def _changed(draw: st.DrawFn, value: Any) -> Any:
    """Somewhere below, one thing is another."""
    if isinstance(value, dict) and value:
        name = draw(st.sampled_from(sorted(value)))
        action = draw(st.integers(0, 4))
        if action == 0:
            return {key: each for key, each in value.items() if key != name}
        changed = draw(ODD) if action == 1 else _changed(draw, value[name])
        return {**value, name: changed}
    if isinstance(value, list) and value:
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], _changed(draw, value[at]), *value[at + draw(st.integers(0, 1)) :]]
    return draw(ODD)


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_whatever_is_mutated_is_read_or_refused(content: bytes) -> None:
    try:
        records = TRANSLATOR.split(TRANSLATOR.page_from_file(content))
    except AnswerUnreadable:
        return
    for record in records:
        if isinstance(record, UnreadableRecord):
            assert record.reason
            continue
        assert TRANSLATOR.without_secrets(record) is not None
        with suppress(RecordUnreadable):
            understand(record)


def test_the_patient_of_the_fixture_is_read_whole() -> None:
    (record,) = TRANSLATOR.split(TRANSLATOR.page_from_file(encoded(bundle(PERSON, POLICY))))
    assert isinstance(record, RawRecord)
    found = TRANSLATOR.patient(record, HERE)
    assert (found.first_name, found.last_name, found.email) == ("Ada", "Invented", "ada@example.org")
    assert found.coverages is not None
    assert found.coverages[0].payer_name == "Invented Mutual"
    assert PATIENT["actor"]["reference"] == f"Patient/{found.id}"
