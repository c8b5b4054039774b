"""Whatever is done to an answer, it is understood, or refused with a reason; nothing else ever comes out."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors.greenway_prime_suite.fixtures import NEW_YORK, saved
from visitsync.connectors.greenway_prime_suite.translate import FROM, SCHEDULE, TRANSLATOR

NAMES = ("schedule.json", "schedule_drifted.json", "demographics.json", "demographics_nested.json", "insurance.json")
ODD: tuple[Any, ...] = (
    None, "", " ", "0", 0, -1, 1.5, 10**18, 10**400, True, "x" * 5000, "\u0000", "/Date(1)/", "/Date(-99999999999999)/",
    "\\/Date(", "2026-11-17", "25:61", [], {}, [[]], {"PatientID": 1}, [None], "null",
)  # fmt: skip
anything = st.one_of(st.sampled_from(ODD), st.text(max_size=20), st.integers(), st.floats(allow_nan=False))


@given(name=st.sampled_from(NAMES), place=st.integers(min_value=0, max_value=2_000), value=anything)
@settings(max_examples=400, deadline=None)
def test_any_value_anywhere_is_understood_or_refused_by_name(name: str, place: int, value: Any) -> None:
    whole = msgspec.json.decode(saved(name))
    spots = list(_spots(whole))
    holder, key = spots[place % len(spots)]
    holder[key] = value
    _try(_encoded(whole))


@given(name=st.sampled_from(NAMES), place=st.integers(min_value=0, max_value=2_000))
@settings(max_examples=200, deadline=None)
def test_any_member_may_be_missing(name: str, place: int) -> None:
    whole = msgspec.json.decode(saved(name))
    spots = [(holder, key) for holder, key in _spots(whole) if isinstance(holder, dict)]
    holder, key = spots[place % len(spots)]
    del holder[key]
    _try(_encoded(whole))


@given(name=st.sampled_from(NAMES), at=st.integers(min_value=0, max_value=20_000), byte=st.binary(max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_bytes_may_be_garbled_or_cut(name: str, at: int, byte: bytes) -> None:
    body = saved(name)
    at %= len(body)
    for garbled in (body[:at], body[:at] + byte + body[at + len(byte) :], body[:at] + byte + body[at:]):
        _try(garbled)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"7", b'"text"', b"[" * 5000, b"\xff\xfe", b"{" * 9])
def test_what_is_no_answer_at_all_is_refused(body: bytes) -> None:
    _try(body)


def test_an_ordinary_row_keeps_its_meaning_whatever_else_stands_on_it() -> None:
    rows = msgspec.json.decode(saved("schedule.json"))
    for row in rows["Appointments"]:
        row |= {f"Extra{number}": {"Patient": number, "Type": [row["ScheduleDate"]]} for number in range(40)}
    (one, *_) = _try(_encoded(rows))
    assert (one.id, one.patient_id, one.duration_minutes) == ("812001", "31077", 25)


def _try(body: bytes) -> list[Any]:
    """Reads it in every way in which it may be met."""
    try:
        page = TRANSLATOR.page_from_file(body)
    except AnswerUnreadable as error:
        _must_say_something(error)
        return []
    understood = _read(page)
    for kind, asked in ((RecordKind.PATIENT, {FROM: SCHEDULE}), (RecordKind.PRACTITIONER, {})):
        if page.kind is RecordKind.APPOINTMENT:
            _read(FetchedPage(kind=kind, body=page.body, asked=asked))
    return understood


def _read(page: FetchedPage) -> list[Any]:
    understood = []
    reads = {RecordKind.APPOINTMENT: TRANSLATOR.appointment, RecordKind.PATIENT: TRANSLATOR.patient}
    try:
        found = TRANSLATOR.split(page)
    except AnswerUnreadable as error:
        _must_say_something(error)
        return []
    for record in found:
        if not isinstance(record, RawRecord):
            assert record.reason
            continue
        TRANSLATOR.without_secrets(record)
        try:
            understood.append(reads.get(record.kind, TRANSLATOR.catalog_entry)(record, NEW_YORK))
        except RecordUnreadable as error:
            _must_say_something(error)
    return understood


def _must_say_something(refusal: Exception) -> None:
    assert str(refusal)


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, inner in pairs:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _spots(inner)


def _encoded(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (OverflowError, UnicodeEncodeError):  # numbers beyond 64 bits are written by others
        return json.dumps(value).encode("utf-8", "surrogatepass")
