"""What is told of files that nobody understands helps, and gives nobody away."""

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.saved_answers import what_is_no_json, with_members, without_http_head


def test_members_are_told_by_name_and_never_those_that_may_be_numbers_or_people() -> None:
    assert with_members(["waitlistentries", "48211", "Ada Fern", "totalcount"]) == "It has waitlistentries, totalcount."
    assert with_members(["48211"]) == "It has no members with plain names."
    assert with_members(f"m{number}" for number in range(99)).endswith("m7, and more.")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b" \n", "empty"),
        (b"<h1>Developer Inactive</h1>", "gateway"),
        (b'"Invalid date"', "single text"),
        (b"---\nhttp_interactions:\n- request:\n    method: get\n", "recording"),
        (b"interactions:\n- request:\n    uri: https://emr.example\n", "recording"),
        ('{"a":1}'.encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"Service Unavailable", "no JSON"),
    ],
)
def test_what_is_no_json_is_told_by_its_look(body: bytes, told: str) -> None:
    assert told in what_is_no_json(body)


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/2 200\r\nx: y\r\n\r\n", b"GET /a HTTP/1.1\nHost: x\n\n", b"X-Event: y\n\n"]
)
@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 Connection established\r\n\r\n", b"HTTP/1.1 302 Found\r\n\r\n"])
def test_the_last_body_is_what_an_http_message_says(before: bytes, head: bytes) -> None:
    assert without_http_head(before + head + b'{"a":\n\n1}') == b'{"a":\n\n1}'


def test_a_head_without_a_body_is_refused() -> None:
    with pytest.raises(AnswerUnreadable, match="no body"):
        without_http_head(b"HTTP/1.1 204 No Content\r\nX: y")
