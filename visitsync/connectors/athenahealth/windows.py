"""Reads the booked appointments of a range of days, some days and departments at a time (reference, section 6.2)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.athenahealth import bookmarks
from visitsync.connectors.athenahealth.asking import JSON
from visitsync.connectors.athenahealth.bookmarks import WindowMark
from visitsync.connectors.athenahealth.changes import ids_of
from visitsync.connectors.athenahealth.departments import Departments
from visitsync.connectors.athenahealth.lists import ListPage, Lists
from visitsync.connectors.athenahealth.translate import WINDOW

OPERATION = "appointments/booked"
WITH_CANCELLED = {"showcancelled": "true", "showcopay": "false"}
"""Without the first, cancelled appointments are simply not there; without the second it is slower (section 6.2)."""


class BookedWindow:
    """One reading of a window."""

    def __init__(self, lists: Lists, departments: Departments, days: int, params: Mapping[str, str]) -> None:
        """`days`: per request; `params`: what every request says besides."""
        self._lists = lists
        self._departments = departments
        self._days = days
        self._params = params

    def read(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every page from the bookmark on, both days included. Raises the errors of asking."""
        mark = bookmarks.read(bookmark, WindowMark) or WindowMark(day=first)
        if mark.is_finished:
            return
        if not first <= mark.day <= last:
            mark = WindowMark(day=first)
        groups = self._departments.groups(urgency=Urgency.BACKGROUND)
        day = mark.day
        while day <= last:
            end = min(day + timedelta(days=self._days - 1), last)
            for number in range(self._first_group(mark, day, groups), len(groups)):
                offset = mark.offset if mark.day == day and mark.group == groups[number] else 0
                after = _after(day, end, last, groups, number)
                for page in self._days_of_group(day, end, groups[number], offset):
                    goes_on = WindowMark(day=day, group=groups[number], offset=page.following or 0)
                    yield _page(page, after if page.following is None else goes_on)
            day = end + timedelta(days=1)

    def _first_group(self, mark: WindowMark, day: date, groups: list[str]) -> int:
        return groups.index(mark.group) if mark.day == day and mark.group in groups else 0

    def _days_of_group(self, first: date, last: date, group: str, offset: int) -> Iterator[ListPage]:
        """All pages; once more where rows may have slipped from one page to another while they were read.

        Rows are in the order of the time of day, and change while somebody counts them (section 3.1).
        """
        pages = self._pages(first, last, group, offset)
        met: set[str] = set()
        totals: set[int] = set()
        for number, page in enumerate(pages):
            met.update(ids_of(page.rows, RecordKind.APPOINTMENT))
            totals.update(() if page.total is None else (page.total,))
            if page.following is None and number and not offset and not _is_whole(met, totals):
                yield page._replace(following=0)  # should this process end here, these days are read again
                yield from self._pages(first, last, group, 0)
                return
            yield page

    def _pages(self, first: date, last: date, group: str, offset: int) -> Iterator[ListPage]:
        params = {
            "startdate": first.strftime("%m/%d/%Y"),
            "enddate": last.strftime("%m/%d/%Y"),
            **({"departmentid": group} if group else {}),
            **WITH_CANCELLED,
            **self._params,
        }
        return self._lists.pages(
            self._departments.address(),
            "appointments",
            params,
            urgency=Urgency.BACKGROUND,
            operation=OPERATION,
            offset=offset,
        )


def _is_whole(met: set[str], totals: set[int]) -> bool:
    return len(totals) <= 1 and all(len(met) >= total for total in totals)


def _after(day: date, end: date, last: date, groups: list[str], number: int) -> WindowMark:
    """Where to go on after all of a group's pages."""
    if number + 1 < len(groups):
        return WindowMark(day=day, group=groups[number + 1])
    return WindowMark(day=end + timedelta(days=1), is_finished=end == last)


def _page(page: ListPage, mark: WindowMark) -> FetchedPage:
    return FetchedPage(
        kind=RecordKind.APPOINTMENT,
        body=page.answer.body,
        media_type=JSON,
        asked={WINDOW: "booked"},
        bookmark=bookmarks.write(mark),
    )
