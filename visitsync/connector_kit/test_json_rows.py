"""Lists come apart row by row: one bad row hides no other, and nothing cut off or doubtful passes."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, read_listing, read_members, record_id

KEYS = ("results", "data")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class Thing(msgspec.Struct):
    id: int | str
    name: str = ""


THINGS = msgspec.json.Decoder(Thing)


def bodies(text: bytes) -> list[bytes]:
    return [row.body for row in read_listing(text, KEYS).rows]


@given(st.lists(JSON, max_size=6), st.sampled_from(["results", "data", ""]), st.booleans())
def test_every_list_comes_apart_into_its_rows(rows: list[object], key: str, in_ascii: bool) -> None:
    whole = {"previous": None, key: rows, "next": None} if key else rows
    text = json.dumps(whole, ensure_ascii=in_ascii).encode("utf-8", "surrogatepass")
    found = read_listing(text, KEYS).rows
    assert [json.loads(row.body) for row in found] == rows


@given(st.lists(JSON, min_size=1, max_size=4), st.data())
def test_a_list_cut_off_anywhere_is_refused(rows: list[object], data: st.DataObject) -> None:
    text = json.dumps({"results": rows, "next": None}).encode()
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(AnswerUnreadable):
        read_listing(text[:cut], KEYS)


@pytest.mark.parametrize(
    "bad",
    [
        b'{"id": NaN}',
        b'{"id": 1, "x": Infinity}',
        b'{"id": 01}',
        b'{"id": 1,}',
        b'{"id": 1, "x": "\\q"}',
        b'{"id": 1, "x": "a\nb"}',
        b'{"id": "caf\xe9", "x": tru}',
        b"{'id': 1}",
    ],
)
def test_one_row_that_is_no_json_hides_no_other(bad: bytes) -> None:
    listing = read_listing(b'{"next": "u", "results": [{"id": 1}, %b, {"id": 2}]}' % bad, KEYS)
    assert [bool(row.trouble) for row in listing.rows] == [False, True, False]
    assert listing.rows[1].body == bad
    assert listing.members["next"] == b'"u"'


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"<html>",
        b"null",
        b'"text"',
        b"{}",
        b'{"detail": "no"}',
        b'{"results": null}',
        b'{"results": {}}',
        b'{"results": [1}',
        b'{"results": [1]} [2]',
        b'{"results": [1],, "next": null}',
        b'{"results": [1,,2]}',
        b'{"results": [{"id": 1}], "results": []}',
        b'{"results": [{"id": 1}], "r\\u0065sults": []}',
        b'{"results": [1], "data": [2]}',
        b'{"results": ["unclosed}',
        b"[" * 100_000,
        '{"results": []}'.encode("utf-16"),
    ],
)
def test_what_is_surely_no_list_is_refused(text: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        read_listing(text, KEYS)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert bodies(b"\xef\xbb\xbf[1]") == [b"1"]


def test_a_word_like_a_list_key_inside_a_row_is_no_list() -> None:
    assert bodies(b'{"results": [{"data": [1], "note": "\\"results\\": []"}]}') == [
        b'{"data": [1], "note": "\\"results\\": []"}'
    ]


def test_ten_thousand_broken_rows_are_told_apart_in_a_moment() -> None:
    text = b"[" + b",".join(b'{"id": %d, "x": NaN}' % number for number in range(10_000)) + b"]"
    assert all(row.trouble for row in read_listing(text, KEYS).rows)


def test_a_record_without_what_it_needs_is_unreadable_and_the_reason_tells_no_value() -> None:
    with pytest.raises(RecordUnreadable) as told:
        decode_record(b'{"id": {"secret": "Quenby"}}', THINGS)
    assert "Quenby" not in str(told.value)
    assert "id" in str(told.value)


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "\\ud800x", "\\ud83d\\ud83d"])
def test_half_a_character_becomes_a_visible_mark_in_its_row_alone(half: str) -> None:
    text = f'{{"results": [{{"id": 1, "name": "Zo{half}e"}}, {{"id": 2}}], "next": null}}'.encode()
    rows = read_listing(text, KEYS).rows
    assert [row.trouble for row in rows] == ["", ""]
    assert "�" in decode_record(rows[0].body, THINGS).name


def test_nul_becomes_a_visible_mark_and_whole_pairs_stay() -> None:
    assert decode_record(b'{"id": 1, "name": "a\\u0000b"}', THINGS).name == "a�b"
    assert decode_record(b'{"id": 1, "name": "\\ud83d\\ude00"}', THINGS).name == "😀"
    assert decode_record(b'{"id": 1, "name": "\\\\u0000"}', THINGS).name == "\\u0000"


def test_bytes_that_are_no_utf8_make_the_record_unreadable() -> None:
    with pytest.raises(RecordUnreadable):
        decode_record(b'{"id": 1, "name": "\xff"}', THINGS)


@pytest.mark.parametrize("second", ["id", "\\u0069d", "i\\u0064"])
def test_an_identity_that_stands_there_twice_is_refused(second: str) -> None:
    with pytest.raises(RecordUnreadable):
        decode_record(f'{{"id": 1, "{second}": 2}}'.encode(), THINGS, identity=("id",))


def test_an_identity_within_another_member_is_not_its_own() -> None:
    body = b'{"id": 1, "owner": {"id": 2}, "name": "\\"id\\": 3"}'
    assert decode_record(body, THINGS, identity=("id",)).id == 1


@pytest.mark.parametrize(
    ("value", "text"), [(7, "7"), ("007", "007"), (2**53 + 1, "9007199254740993"), ("2026-11-17_7", "2026-11-17_7")]
)
def test_an_id_is_text_whatever_it_was(value: object, text: str) -> None:
    assert record_id(value) == text


@pytest.mark.parametrize("value", [None, "", " 7", "a\nb", "\0", 1.0, True, [], "x" * 300])
def test_what_names_nothing_is_no_id(value: object) -> None:
    with pytest.raises(RecordUnreadable):
        record_id(value)


def test_members_are_read_by_name() -> None:
    assert read_members(b'{"a": 1, "b": [2, {"a": 3}]}') == {"a": b"1", "b": b'[2, {"a": 3}]'}
