"""What is told of files that nobody understands helps, and gives nobody away."""

import pytest

from visitsync.connector_kit.saved_answers import what_is_no_json, with_members


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
        (b"Service Unavailable", "no JSON"),
    ],
)
def test_what_is_no_json_is_told_by_its_look(body: bytes, told: str) -> None:
    assert told in what_is_no_json(body)
