"""Chunks leave no minute out, and their offset is the practice's own throughout."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitsync.connectors.kareo.bookmarks import read_instant, read_wall, spans, write_instant, write_wall
from visitsync.connectors.kareo.windows import Chunk, chunks, halves, offset_hours, us_text
from visitsync.domain.local_time import Clarity, UnknownZone, from_wall

ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
    "Pacific/Guam",
]
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))
NOW = datetime(2026, 11, 9, 17, 0, tzinfo=UTC)


@settings(deadline=None)
@given(first=DAYS, length=st.integers(0, 200), zone=st.sampled_from(ZONES), days=st.sampled_from([2, 7, 30]))
def test_chunks_cover_every_wall_time_and_a_day_more(first: date, length: int, zone: str, days: int) -> None:
    last = first + timedelta(days=length)
    found = list(chunks(first, last, zone, days=days))
    assert found[0].first == datetime(first.year, first.month, first.day)
    assert found[-1].last.date() == last + timedelta(days=1)
    for before, after in pairwise(found):
        assert before.first < after.first <= before.last + timedelta(seconds=1)
        assert before.last < after.last
    assert all(chunk.last - chunk.first < timedelta(days=days) for chunk in found)


@settings(deadline=None)
@given(first=DAYS, zone=st.sampled_from(ZONES), hours=st.integers(0, 150 * 24))
def test_the_offset_of_a_chunk_is_right_for_all_its_certain_times(first: date, zone: str, hours: int) -> None:
    wall = datetime(first.year, first.month, first.day) + timedelta(hours=hours)
    held = [chunk for chunk in chunks(first, first + timedelta(days=150), zone) if chunk.first <= wall <= chunk.last]
    assert held
    there = from_wall(wall, zone)
    if there.clarity is Clarity.CERTAIN:
        offsets = {chunk.offset_hours for chunk in held}
        assert offset_hours(there.instant, zone) in offsets
        # At the seams of a skipped or repeated hour both sides reach over; everywhere else there is one offset.
        near_change = any(from_wall(wall + timedelta(hours=h), zone).clarity is not Clarity.CERTAIN for h in (-1, 0, 1))
        assert len(offsets) == 1 or near_change


def test_chunks_meet_where_the_clocks_change() -> None:
    found = list(chunks(date(2026, 10, 30), date(2026, 11, 3), "America/New_York"))
    assert [(each.first, each.last, each.offset_hours) for each in found] == [
        (datetime(2026, 10, 30), datetime(2026, 11, 1, 1, 59, 59), -4),
        (datetime(2026, 11, 1, 1), datetime(2026, 11, 4, 23, 59, 59), -5),
    ]


@given(length=st.integers(1, 30))
def test_a_chunk_comes_in_shorter_ones_that_cover_it(length: int) -> None:
    first = datetime(2026, 12, 1, 1, 30)
    last = datetime(2026, 12, 1, 23, 59, 59) + timedelta(days=length - 1)
    chunk = Chunk(first=first, last=last, offset_hours=-5)
    shorter = halves(chunk)
    if shorter is None:
        assert length == 1
        return
    early, late = shorter
    assert (early.first, late.last) == (first, last)
    assert late.first <= early.last + timedelta(seconds=1)
    assert max(early.last - early.first, late.last - late.first) < last - first


def test_a_zone_off_the_whole_hour_is_asked_with_the_hour_below() -> None:
    assert offset_hours(NOW, "America/St_Johns") == -4
    assert offset_hours(NOW, "Asia/Kolkata") == 5


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(UnknownZone):
        list(chunks(date(2026, 1, 1), date(2026, 1, 2), "America/Nowhere"))


@pytest.mark.parametrize(
    ("wall", "text"),
    [
        (datetime(2026, 2, 24, 0, 0), "2/24/2026 12:00:00 AM"),
        (datetime(2026, 11, 3, 12, 5, 9), "11/3/2026 12:05:09 PM"),
        (datetime(2026, 11, 3, 23, 59, 59), "11/3/2026 11:59:59 PM"),
    ],
)
def test_dates_are_written_as_most_clients_do(wall: datetime, text: str) -> None:
    assert us_text(wall) == text


# Bookmarks


def test_bookmarks_come_back_as_they_were() -> None:
    assert read_instant(write_instant(NOW), NOW + timedelta(days=3)) == NOW
    assert read_wall(write_wall(datetime(2026, 12, 1, 23, 59, 59))) == datetime(2026, 12, 1, 23, 59, 59)


def test_a_bookmark_is_never_ahead_of_the_clock() -> None:
    assert read_instant(write_instant(NOW + timedelta(days=1)), NOW) == NOW
    assert read_instant(None, NOW) == NOW


@pytest.mark.parametrize("nonsense", ["", "12", "{}", "2026-11-09T17:00:00", "yesterday"])
def test_a_bookmark_that_makes_no_sense_reads_more_and_not_less(nonsense: str) -> None:
    assert read_instant(nonsense, NOW) == NOW - timedelta(days=30)


@pytest.mark.parametrize("nonsense", [None, "", "x", "2026-11-09T17:00:00+00:00"])
def test_a_window_without_a_usable_bookmark_begins_at_its_beginning(nonsense: str | None) -> None:
    assert read_wall(nonsense).year == 1


def test_spans_leave_nothing_out() -> None:
    pieces = list(spans(NOW, NOW + timedelta(days=65), timedelta(days=30)))
    assert [end - start for start, end in pieces] == [timedelta(days=30), timedelta(days=30), timedelta(days=5)]
    assert [end for _, end in pieces[:-1]] == [start for start, _ in pieces[1:]]
