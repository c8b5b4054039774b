"""Reads whole days of the schedule, resumable at every page (fhir reference, section 5, strategy B)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import msgspec

from visitsync.connector_kit.fhir.asking import FHIR_JSON
from visitsync.connector_kit.fhir.bundles import bundle_of, resource_type_of
from visitsync.connector_kit.fhir.searching import Params, SearchPage
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.fhir_r4 import bookmarks
from visitsync.connectors.fhir_r4.asking import Asking
from visitsync.connectors.fhir_r4.bookmarks import WindowMark
from visitsync.connectors.fhir_r4.catalog import identity_of
from visitsync.connectors.fhir_r4.windows import groups, search_of, slices

NOTHING = bundle_of([])
ACTOR_RESOURCES: Mapping[str, str] = {"practitioner": "Practitioner", "location": "Location"}
"""What `window_by` names besides the date, and where the ids of all of them stand."""
ACTOR_PARAMS: Mapping[str, str] = {"date": "", "practitioner": "practitioner", "location": "location"}


class WindowReading:
    """Reads days of one connection."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._by = asking.setting("window_by")

    def read(self, first: date, last: date, bookmark: str | None, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Every appointment on these days; goes on after the bookmark."""
        mark = bookmarks.read(bookmark, WindowMark) or WindowMark(day=first)
        if mark.is_finished:
            return
        if not first <= mark.day <= last:
            mark = WindowMark(day=first)
        actors = self._actors(urgency)
        if not actors:  # nobody can be booked, so nothing is
            yield FetchedPage(
                kind=RecordKind.APPOINTMENT,
                body=NOTHING,
                media_type=FHIR_JSON,
                bookmark=bookmarks.write(WindowMark(day=last, is_finished=True)),
            )
        for one in slices(mark.day, last, self._asking.number("window_days"), self._asking.config.practice_zone):
            starts_at = mark.group if one.first == mark.day and mark.group < len(actors) else 0
            for number in range(starts_at, len(actors)):
                resume = mark.next if (one.first, number) == (mark.day, mark.group) else ""
                asked = search_of(one, ACTOR_PARAMS[self._by], actors[number], self._asking.number("page_size"))
                for page in self._pages(asked, resume, urgency):
                    after = WindowMark(day=one.first, group=number, next=page.next)
                    if not page.next:
                        after = _after(one.first, one.last, last, number, len(actors))
                    yield _page(page, after)

    def probe(self, today: date) -> Iterator[FetchedPage]:
        """The first page of today, for a trial."""
        (one,) = slices(today, today, 1, self._asking.config.practice_zone)
        actors = self._actors(Urgency.PERSON_WAITS)
        if not actors:
            return
        asked = search_of(one, ACTOR_PARAMS[self._by], actors[0], self._asking.number("page_size"))
        for page in self._pages(asked, "", Urgency.PERSON_WAITS):
            yield _page(page, WindowMark(day=today))
            return

    def _pages(self, asked: Params, resume: str, urgency: Urgency) -> Iterator[SearchPage]:
        must = ("date", ACTOR_PARAMS[self._by]) if ACTOR_PARAMS[self._by] else ("date",)
        return self._asking.searches.pages(
            "Appointment", asked, urgency=urgency, resume=resume, must_honour=must, is_strict=True
        )

    def _actors(self, urgency: Urgency) -> list[str]:
        """Groups of ids; a single empty one where the date is enough, none where the server lists nobody."""
        resource = ACTOR_RESOURCES.get(self._by)
        if resource is None:
            return [""]
        if chosen := self._asking.setting("actors").replace(",", " ").split():
            return groups(chosen)
        count = [("_count", self._asking.setting("page_size"))]
        found = [
            identity_of(entry.body)
            for page in self._asking.searches.pages(resource, count, urgency=urgency, is_strict=False)
            for entry in page.bundle.entries
            if resource_type_of(entry.body) == resource
        ]
        return groups([identity for identity in found if identity])


def _after(first: date, end: date, last: date, group: int, of: int) -> WindowMark:
    """What comes after the last page of a search: the next group, the next days, or nothing."""
    if group + 1 < of:
        return WindowMark(day=first, group=group + 1)
    return WindowMark(day=end + timedelta(days=1), is_finished=end == last)


def _page(page: SearchPage, after: msgspec.Struct) -> FetchedPage:
    return FetchedPage(
        kind=RecordKind.APPOINTMENT,
        body=page.answer.body,
        media_type=FHIR_JSON,
        bookmark=bookmarks.write(after),
    )
