"""Payloads that nobody here wrote: whatever becomes of a field, a record is read rightly or refused, never guessed."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import CATALOG_KINDS, RawRecord, RecordKind
from visitsync.connectors.athenahealth.test_translate import KNOWN, UNDERSTOOD
from visitsync.connectors.athenahealth.translate import TRANSLATOR

FIXTURES = Path(__file__).parent / "fixtures"
JSON_FILES = sorted(name for name in UNDERSTOOD if name.endswith(".json"))
ODD: list[Any] = [
    None, "", " ", 0, 1, -1, 2**62, 1e308, True, False, [], {}, [None], {"a": 1}, "null", "NaN", "0", "-4", "true",
    "Y", "2026-11-24", "24.11.2026", "11/24/26", "13/45/2026", "99:99", "8:5", "x" * 5000, "\x00", "😀", "ＡＢ", "<b>",
]  # fmt: skip
VALUES = some.one_of(
    some.sampled_from(ODD),
    some.text(some.characters(codec="utf-8"), max_size=12),
    some.integers(-(2**62), 2**62),
)
NAMES = ("appointmentid", "patientid", "departmentid", "date", "starttime", "duration", "appointmentstatus", "dob")


def read(body: bytes, context: TranslationContext = KNOWN) -> list[object]:
    """Everything that is understood; raises nothing but what a translator may raise."""
    found: list[object] = []
    for record in TRANSLATOR.split(TRANSLATOR.page_from_file(body)):
        if not isinstance(record, RawRecord) or record.is_absent:
            found.append(record)
            continue
        try:
            TRANSLATOR.without_secrets(record)
            found.append(_understood(record, context))
        except RecordUnreadable as error:
            found.append(str(error))
    return found


def _understood(record: RawRecord, context: TranslationContext) -> object:
    if record.kind is RecordKind.APPOINTMENT:
        return TRANSLATOR.appointment(record, context)
    if record.kind in CATALOG_KINDS:
        return TRANSLATOR.catalog_entry(record, context)
    return TRANSLATOR.patient(record, context)


def rows_of(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An envelope and its rows, of which one may be changed."""
    told = msgspec.json.decode((FIXTURES / name).read_bytes())
    envelope = {"appointments": told} if isinstance(told, list) and "appointmentid" in told[0] else told
    envelope = {"patients": told} if isinstance(envelope, list) else envelope
    return envelope, next(value for value in envelope.values() if isinstance(value, list))


@pytest.mark.parametrize("name", JSON_FILES)
@settings(max_examples=150, deadline=None)
@given(data=some.data())
def test_a_field_that_is_missing_renamed_or_something_else_raises_nothing_unforeseen(
    name: str, data: some.DataObject
) -> None:
    envelope, rows = rows_of(name)
    row = data.draw(some.sampled_from(rows))
    for _ in range(data.draw(some.integers(1, 3))):
        field = data.draw(some.sampled_from(sorted(row))) if row else "nothing"
        act = data.draw(some.sampled_from(("drop", "odd", "rename", "add")))
        value = row.pop(field, None) if act in ("drop", "rename") else None
        if act == "odd":
            row[field] = data.draw(some.sampled_from(ODD))
        elif act == "rename":
            row[f"{field}yn"] = value
        elif act == "add":
            row[data.draw(some.sampled_from(("newer", "Date", "APPOINTMENTID")))] = data.draw(some.sampled_from(ODD))
    body = b"\xef\xbb\xbf\n\n" * data.draw(some.integers(0, 1)) + msgspec.json.encode(envelope)
    with suppress(AnswerUnreadable):
        read(body)


@settings(max_examples=150, deadline=None)
@given(field=some.sampled_from(NAMES), value=VALUES)
def test_an_odd_value_never_becomes_another_day_time_person_or_length(field: str, value: object) -> None:
    _, rows = rows_of("changed_batch.json")
    (plain,) = read(msgspec.json.encode({"appointments": [rows[2]]}))
    found = read(msgspec.json.encode({"appointments": [{**rows[2], field: value}]}))
    for one in found:
        for attribute, names in (
            ("start", ("date", "starttime", "departmentid")),
            ("patient_id", ("patientid",)),
            ("duration_minutes", ("duration",)),
        ):
            if hasattr(one, attribute) and field not in names:
                assert getattr(one, attribute) == getattr(plain, attribute)


@settings(max_examples=200, deadline=None)
@given(cut=some.integers(0, 2_000), name=some.sampled_from(JSON_FILES))
def test_a_payload_that_is_cut_off_is_refused(cut: int, name: str) -> None:
    body = (FIXTURES / name).read_bytes().strip()
    with pytest.raises(AnswerUnreadable):
        TRANSLATOR.split(TRANSLATOR.page_from_file(body[: min(cut, len(body) - 1)]))


@settings(max_examples=200, deadline=None)
@given(body=some.binary(max_size=200))
def test_any_bytes_are_refused_or_read(body: bytes) -> None:
    with suppress(AnswerUnreadable):
        read(body)
