"""What the filters of several lists have in common: dates as text, and the two pairs of stamps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from visitsync.connectors.kareo.simulator.account import Account, Refused
from visitsync.connectors.kareo.simulator.reader import Record
from visitsync.connectors.kareo.simulator.times import ListTimes, UnreadableDate, read_date


def wall_time(criteria: Record, name: str) -> datetime | None:
    """A criterion's date without a zone, None when it is not given. Raises Refused when it is no date."""
    text = criteria.get(name)
    if not text:
        return None
    try:
        return read_date(text)
    except UnreadableDate:
        raise Refused(f"{name} '{text}' is not a valid date.") from None


def moment(criteria: Record, name: str, times: ListTimes) -> datetime | None:
    """The moment that a criterion means, None when it is not given. Raises Refused when it is no date."""
    read = wall_time(criteria, name)
    return None if read is None else read.replace(tzinfo=times.zone)


def stamp_test(account: Account, criteria: Record, times: ListTimes) -> Callable[[datetime, datetime], bool]:
    """Tests when something was created and last edited against From…Date and To…Date. Raises Refused."""
    created = moment(criteria, "FromCreatedDate", times), moment(criteria, "ToCreatedDate", times)
    changed = moment(criteria, "FromLastModifiedDate", times), moment(criteria, "ToLastModifiedDate", times)

    def is_between(stamp: datetime, first: datetime | None, last: datetime | None) -> bool:
        shown = stamp.replace(microsecond=0)
        return (first is None or shown >= first) and (last is None or account.is_up_to(shown, last))

    return lambda created_at, changed_at: is_between(created_at, *created) and is_between(changed_at, *changed)
