"""Reads what has changed, in the best way that the server offers (fhir reference, section 5)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable, RequestRefused
from visitsync.connector_kit.fhir.asking import FHIR_JSON
from visitsync.connector_kit.fhir.bundles import Answered, resource_type_of
from visitsync.connector_kit.fhir.metadata import HISTORY, Capabilities
from visitsync.connector_kit.fhir.people import covered_patient_of
from visitsync.connector_kit.fhir.searching import ParameterIgnored, Params, SearchPage
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.fhir_r4 import bookmarks
from visitsync.connectors.fhir_r4.asking import Asking
from visitsync.connectors.fhir_r4.bookmarks import ChangesMark, PeopleMark
from visitsync.domain.local_time import zone_named

LAST_UPDATED = "_lastUpdated"
BY_LAST_UPDATED, BY_HISTORY, BY_DAYS = "last updated", "history", "days"
MOST_HISTORY_PAGES = 200
"""More than this since the last reading is not kept in memory; the days are read instead."""

ReadDays = Callable[[], Iterator[FetchedPage]]


class Changes:
    """Reads changes of one connection."""

    def __init__(self, asking: Asking, read_days: ReadDays) -> None:
        """`read_days`: reads the next days whole, for servers that cannot tell what has changed."""
        self._asking = asking
        self._read_days = read_days

    def appointments(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Appointments changed since the bookmark."""
        mark = bookmarks.changes_mark(bookmark, self._asking.clock())
        if not mark.way:
            way = self._chosen_way()
            mark = msgspec.structs.replace(mark, way=way, chosen_at=self._asking.clock(), next="", began=None)
        try:
            yield from self._ways()[mark.way](mark)
        except (ParameterIgnored, RequestRefused):
            if mark.way == BY_DAYS or self._asking.setting("changes_by") != "auto":
                raise
            # It says that it can, and cannot; for a day nobody asks that way again.
            yield from self._by_days(msgspec.structs.replace(mark, way=BY_DAYS, next="", began=None))

    def patients(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Patients changed since the bookmark, and those whose coverage did; nothing where the server cannot tell."""
        capabilities = self._asking.capabilities(urgency=Urgency.ROUTINE)
        mark = bookmarks.people_mark(bookmark, self._asking.clock())
        if not capabilities.knows("Patient", LAST_UPDATED):
            return
        reads_coverage = (
            capabilities.knows("Coverage", LAST_UPDATED) and self._asking.setting("coverage_by") != "not read"
        )
        began = mark.began if mark.next or mark.is_at_coverage else None
        if not mark.is_at_coverage:
            for page in self._changed("Patient", mark.since, mark.next):
                began = began or self._told_time(page)
                following = PeopleMark(since=mark.since, began=began, next=page.next)
                if not page.next:
                    following = _at_coverage(mark, began) if reads_coverage else PeopleMark(since=began)
                yield _page(RecordKind.PATIENT, page.answer.body, following)
        if reads_coverage:
            yield from self._newly_covered(mark.since, began or self._asking.clock())

    def _chosen_way(self) -> str:
        chosen = self._asking.setting("changes_by")
        if chosen != "auto":
            return chosen
        return best_way(self._asking.capabilities(urgency=Urgency.ROUTINE))

    def _ways(self) -> Mapping[str, Callable[[ChangesMark], Iterator[FetchedPage]]]:
        return {BY_LAST_UPDATED: self._by_last_updated, BY_HISTORY: self._by_history, BY_DAYS: self._by_days}

    def _by_last_updated(self, mark: ChangesMark) -> Iterator[FetchedPage]:
        began = mark.began if mark.next else None
        for page in self._changed("Appointment", mark.since, mark.next):
            began = began or self._told_time(page)
            following = (
                msgspec.structs.replace(mark, began=began, next=page.next)
                if page.next
                else msgspec.structs.replace(mark, since=began, began=None, next="")
            )
            yield _page(RecordKind.APPOINTMENT, page.answer.body, following)

    def _by_history(self, mark: ChangesMark) -> Iterator[FetchedPage]:
        """Newest first from the server, so that all of it is read before the oldest is handed on."""
        asked = [("_since", self._since(mark.since)), ("_count", self._asking.setting("page_size"))]
        pages: list[SearchPage] = []
        for page in self._asking.searches.pages("Appointment/_history", asked, urgency=Urgency.ROUTINE):
            pages.append(page)
            if len(pages) > MOST_HISTORY_PAGES:
                yield from self._by_days(mark)
                return
        following = msgspec.structs.replace(mark, since=self._told_time(pages[0]))
        for number, page in enumerate(reversed(pages), start=1):
            yield _page(RecordKind.APPOINTMENT, page.answer.body, following if number == len(pages) else None)

    def _by_days(self, mark: ChangesMark) -> Iterator[FetchedPage]:
        """Whatever is unchanged among these days is known by its bytes and left."""
        now = self._asking.clock()
        last: FetchedPage | None = None
        for page in self._read_days():
            if last is not None:
                yield msgspec.structs.replace(last, bookmark=None)
            last = page
        if last is not None:
            following = msgspec.structs.replace(mark, since=now, began=None, next="")
            yield msgspec.structs.replace(last, bookmark=bookmarks.write(following))

    def _changed(self, resource: str, since: datetime, resume: str) -> Iterator[SearchPage]:
        asked: Params = [
            (LAST_UPDATED, f"ge{self._since(since)}"),
            ("_sort", LAST_UPDATED),
            ("_count", self._asking.setting("page_size")),
        ]
        return self._asking.searches.pages(
            resource, asked, urgency=Urgency.ROUTINE, resume=resume, must_honour=(LAST_UPDATED,)
        )

    def _newly_covered(self, since: datetime, began: datetime) -> Iterator[FetchedPage]:
        """An insurance that changed touches neither the appointment nor the patient."""
        ids: dict[str, None] = {}
        for page in self._changed("Coverage", since, ""):
            ids.update(dict.fromkeys(_covered(page.bundle)))
        yield from self._asking.people().read(list(ids), urgency=Urgency.ROUTINE)
        empty = b'{"resourceType":"Bundle","type":"collection"}'
        yield _page(RecordKind.PATIENT, empty, PeopleMark(since=began))

    def _since(self, since: datetime) -> str:
        looked_back = since - timedelta(minutes=self._asking.number("overlap_minutes"))
        return looked_back.replace(tzinfo=None, microsecond=0).isoformat() + "Z"

    def _told_time(self, page: SearchPage) -> datetime:
        return bookmarks.told_time(page, self._asking.clock())


def best_way(capabilities: Capabilities) -> str:
    """The first of the ways that the server lists. A history shows deletions, a search by last change is steadier."""
    if capabilities.knows("Appointment", LAST_UPDATED):
        return BY_LAST_UPDATED
    found = capabilities.resources.get("Appointment")
    return BY_HISTORY if found is not None and HISTORY in found.interactions else BY_DAYS


def today_in(zone: str, now: datetime) -> datetime:
    """The wall time of the practice."""
    return now.astimezone(zone_named(zone))


def _covered(bundle: Answered) -> Iterator[str]:
    for entry in bundle.entries:
        if resource_type_of(entry.body) == "Coverage":
            try:
                whose = covered_patient_of(entry.body)
            except RecordUnreadable:
                continue
            if whose:
                yield whose


def _at_coverage(mark: PeopleMark, began: datetime | None) -> PeopleMark:
    return PeopleMark(since=mark.since, began=began, is_at_coverage=True)


def _page(kind: RecordKind, body: bytes, following: msgspec.Struct | None) -> FetchedPage:
    bookmark = None if following is None else bookmarks.write(following)
    return FetchedPage(kind=kind, body=body, media_type=FHIR_JSON, bookmark=bookmark)
