"""4. How long does it take from booking to visit, and when is that no longer normal?"""

from datetime import datetime, timedelta
from enum import StrEnum

from visitsync.domain.practice import ConnectionFacts

SLOW_LANE = timedelta(hours=24)
"""What an appointment far ahead may take (article, section 4, second footnote)."""
LISTS_WITHIN = timedelta(hours=1)
"""Within this time the EMR's lists are read again where an appointment names something that is not in them."""


class Lane(StrEnum):
    """How often the part of the schedule is read that an appointment lies in."""

    FAST = "fast"
    SLOW = "slow"
    """More than seven business days ahead."""
    LISTS = "lists"
    """Waits for the EMR's lists: it names something that was not in them when they were read last."""


def expected_minutes(connection: ConnectionFacts) -> int:
    """From booking to visit: what this connection's own history says, else the article's usual time at its longest.

    However quick it was, no less than the least usual time is promised.
    """
    least, most = connection.usual_minutes
    return most if connection.learned_minutes is None else max(connection.learned_minutes, least)


def expected_by(noticed_at: datetime, connection: ConnectionFacts, lane: Lane = Lane.FAST) -> datetime:
    """When a booking made (or noticed) at that instant will have become a visit, at the latest."""
    return _within(noticed_at, timedelta(minutes=expected_minutes(connection)), connection, lane)


def fixed_by(changed_at: datetime, connection: ConnectionFacts, lane: Lane = Lane.FAST) -> datetime:
    """When what was put right at that instant will show, at the latest.

    Changed charts are asked for less often than new bookings, so that how quick those are says nothing here.
    """
    minutes = max(expected_minutes(connection), connection.usual_minutes[1])
    return _within(changed_at, timedelta(minutes=minutes), connection, lane)


def abnormal_after(noticed_at: datetime, connection: ConnectionFacts, lane: Lane = Lane.FAST) -> datetime:
    """Up to this instant, and exactly at it, waiting is still normal."""
    if lane is Lane.SLOW:
        return noticed_at + SLOW_LANE
    return noticed_at + timedelta(minutes=connection.abnormal_minutes)


def is_abnormal(noticed_at: datetime, now: datetime, connection: ConnectionFacts, lane: Lane = Lane.FAST) -> bool:
    """Whether it has taken longer than is normal: more than 30 or 60 minutes, or a day in the slow lane."""
    return now > abnormal_after(noticed_at, connection, lane)


def _within(noticed_at: datetime, usual: timedelta, connection: ConnectionFacts, lane: Lane) -> datetime:
    if lane is Lane.FAST:
        return noticed_at + usual
    if lane is Lane.LISTS:
        return noticed_at + LISTS_WITHIN + usual
    latest = noticed_at + SLOW_LANE
    far_read = connection.next_far_read_at
    if far_read is not None and noticed_at < far_read:
        return min(far_read + usual, latest)
    return latest
