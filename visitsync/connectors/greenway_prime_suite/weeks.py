"""Reads the schedule in short windows, page by page, until nothing moved in between (section 4.5)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.greenway_prime_suite.asking import SCHEDULE_METHOD, Asking
from visitsync.connectors.greenway_prime_suite.microsoft_dates import write_stamp
from visitsync.connectors.greenway_prime_suite.schedule_page import Schedule, read_schedule, row_id

LONGEST_DAYS = 7
"""Of one question; a public client never asks for more."""
ATTEMPTS = 4
"""So often a window is read again because bookings moved between its pages."""
_DAY = timedelta(days=1)
_ALL = [0]


class Window(msgspec.Struct, frozen=True):
    """Days of one question, both included."""

    first: date
    last: date


def windows(first: date, last: date) -> Iterator[Window]:
    """Windows that cover these days, with a day to spare at both ends, neighbours sharing a day.

    Nobody knows in which zone the site reads the ends of a window: in whichever it does, no hour is left out.
    """
    start, end = first - _DAY, last + _DAY
    while True:
        until = min(start + (LONGEST_DAYS - 1) * _DAY, end)
        yield Window(start, until)
        if until >= end:
            return
        start = until


class WeekReading:
    """Reads windows of one connection."""

    def __init__(self, asking: Asking, *, page_size: int, is_counted_from_one: bool, is_null_empty: bool) -> None:
        self._asking = asking
        self._page_size = page_size
        self._first_number = 1 if is_counted_from_one else 0
        self._is_null_empty = is_null_empty

    def pages(self, window: Window, *, urgency: Urgency) -> Iterator[tuple[bytes, bool]]:
        """Each page's bytes, and whether it is the last of the window.

        Where the number of rows changes between two pages, or rows are missing in the end, the window is read again;
        what came until then is good, but not the whole. Raises AnswerUnreadable where it never holds still.
        """
        led_nowhere = 0
        for _ in range(ATTEMPTS):
            attempt = _Attempt()
            while not attempt.is_spoilt:
                body = self.page(window, self._page_start(attempt.received), urgency=urgency)
                is_last = attempt.take(read_schedule(body, is_null_empty=self._is_null_empty))
                yield body, is_last
                if is_last:
                    return
            led_nowhere += attempt.leads_nowhere
            if led_nowhere > 1:
                break
        raise AnswerUnreadable(
            f"{SCHEDULE_METHOD}: rows are missing however often the week is read. If this lasts, try the setting "
            "page_numbering."
        )

    def page(self, window: Window, page_start: int, *, urgency: Urgency) -> bytes:
        """One answer about the window. Raises the errors of errors.py."""
        parameters = {
            "AppointmentTypeIDs": _ALL,
            "CareProviderIDs": _ALL,
            "DefaultFilterID": 0,
            "FromDate": write_stamp(datetime.combine(window.first, time(), UTC)),
            "PageSize": self._page_size,
            "PageStart": page_start,
            "ServiceLocationIDs": _ALL,
            "ToDate": write_stamp(datetime.combine(window.last + _DAY, time(), UTC) - timedelta(milliseconds=1)),
            "VisitTypeIDs": _ALL,
        }
        return self._asking.ask(SCHEDULE_METHOD, parameters, urgency=urgency)

    def _page_start(self, received: int) -> int:
        """0 is the beginning; beyond it rows have numbers, which begin at 1 by what clients ask for: 0, 11, 21."""
        return received + self._first_number if received else 0


class _Attempt:
    """One reading of a window from its beginning."""

    def __init__(self) -> None:
        self.is_spoilt = False
        self.leads_nowhere = False
        """The next page held nothing new: rows moved to pages that were read, or the list goes in a circle."""
        self._total: int | None = None
        self._met: set[str | bytes] = set()

    @property
    def received(self) -> int:
        """How many rows have come, each counted once: the next is asked for by its number."""
        return len(self._met)

    def take(self, schedule: Schedule) -> bool:
        """Counts a page; True where the window is now complete. Raises AnswerUnreadable without TotalRows."""
        if schedule.total is None:
            raise AnswerUnreadable(f"{SCHEDULE_METHOD}: the answer does not say how many rows there are.")
        is_first = self._total is None
        before, had = self.received, self._total
        self._total = schedule.total
        self._met.update(_name_of(row) for row in schedule.rows)
        if not is_first and schedule.total != had:
            self.is_spoilt = True
            return False
        if self.received >= schedule.total:
            return True
        self.is_spoilt = self.leads_nowhere = self.received == before
        return False


def _name_of(row: bytes) -> str | bytes:
    """What a row is counted by: its id, or all of it where that cannot be read."""
    try:
        return row_id(row)
    except RecordUnreadable:
        return row
