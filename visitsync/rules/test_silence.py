"""Silence counts only while the practice works; what was not sent is told as that."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from visitsync.domain.practice import ConnectionFacts, OpeningHours, PracticeContext
from visitsync.rules.not_received import not_received
from visitsync.rules.silence import is_too_quiet

ZONE = "America/Chicago"
FACTS = ConnectionFacts(emr="hl7v2", usual_minutes=(1, 15), abnormal_minutes=30, is_pushed=True)
PRACTICE = PracticeContext(practice_id="p", zone=ZONE, connection=FACTS)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall time of November 2026 in the practice; the 23rd is a Monday, the 26th Thanksgiving."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@pytest.mark.parametrize(
    ("heard", "now", "is_quiet"),
    [
        (at(23, 9), at(23, 13), False),
        (at(23, 9), at(23, 13, 1), True),
        (at(23, 16), at(24, 11), False),
        (at(23, 16), at(24, 12, 1), True),
        (at(20, 17), at(23, 12), False),
        (at(25, 17), at(27, 12, 30), False),
        (at(25, 17), at(27, 13, 30), True),
        (at(2, 9), at(23, 9), True),
    ],
    ids=["four hours", "a minute more", "over night", "over night, longer", "weekend", "holiday", "day after", "weeks"],
)
def test_only_working_hours_count(heard: datetime, now: datetime, is_quiet: bool) -> None:
    assert is_too_quiet(heard, now, PRACTICE) is is_quiet


def test_the_practices_own_hours_and_closures_count() -> None:
    evenings = tuple(OpeningHours(weekday, time(18), time(23)) for weekday in range(7))
    practice = replace(PRACTICE, opening_hours=evenings, closures=frozenset({date(2026, 11, 24)}))
    assert not is_too_quiet(at(23, 9), at(23, 22), practice)
    assert is_too_quiet(at(23, 9), at(23, 22, 30), practice)
    assert not is_too_quiet(at(24, 9), at(25, 9), practice)
    assert is_too_quiet(at(21, 9), at(21, 22, 30), practice), "a Saturday on which it is open"


def test_an_emr_that_may_take_longer_is_given_longer() -> None:
    slow = replace(PRACTICE, connection=replace(FACTS, abnormal_minutes=360))
    assert not is_too_quiet(at(23, 9), at(23, 14), slow)
    assert is_too_quiet(at(23, 9), at(23, 15, 1), slow)


@pytest.mark.parametrize(("heard_ago", "code"), [(5, "not-sent-yet"), (30, "not-sent-yet"), (31, "not-sent-late")])
def test_what_was_not_sent_is_late_once_nothing_has_come_for_too_long(heard_ago: int, code: str) -> None:
    now = at(23, 12)
    facts = replace(FACTS, last_complete_read_at=now - timedelta(minutes=heard_ago))
    decision = not_received(replace(PRACTICE, connection=facts), now)
    assert [finding.code for finding in decision.findings] == [code]
