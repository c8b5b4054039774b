"""How to ask Kareo: the window in chunks, changes by their date, single records, lists (reference, sections 5 to 8)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

import msgspec

from visitsync.connector_kit.answer_body import AnswerTooLong
from visitsync.connector_kit.connector import (
    Clock,
    ConnectionCheck,
    ConnectionConfig,
    CredentialStore,
    TranslationContext,
)
from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connector_kit.soap import MEDIA_TYPE, Fault, OperationUnknown
from visitsync.connectors.kareo.asking import Asking
from visitsync.connectors.kareo.bookmarks import read_instant, read_wall, spans, write_instant, write_wall
from visitsync.connectors.kareo.checking import check_connection
from visitsync.connectors.kareo.contract import ENDPOINT_PATH
from visitsync.connectors.kareo.manifest import MANIFEST
from visitsync.connectors.kareo.practices import Practice, ours
from visitsync.connectors.kareo.throttles import limits
from visitsync.connectors.kareo.translate import TRANSLATOR
from visitsync.connectors.kareo.windows import LONGEST_DAYS, Chunk, chunks, halves, offset_hours, us_text
from visitsync.domain.appointment import AppointmentDetail
from visitsync.domain.local_time import zone_named

MOST_BROKEN = 3
"""Kareo may break on a single record; if it breaks on so many, it is out of order."""
HORIZON_DAYS = (7, 95)
"""Days back and ahead that are read as changes where modification dates are not relied upon."""
REASONS_SEEN_DAYS = (14, 45)
"""Days back and ahead in which reasons are looked for where Kareo does not list them."""
_DAY = timedelta(days=1)


class KareoConnector:
    """One practice's Kareo."""

    manifest = MANIFEST

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        client = PoliteClient(
            _endpoint(config.base_url),
            budget=budget,
            clock=clock,
            allowed_hosts=MANIFEST.allowed_hosts,
            limits=limits(config.settings),
            allows_loopback=config.allows_loopback,
        )
        self._asking = Asking(client, credentials, clock)
        self._config = config
        self._clock = clock
        self._known_practice: Practice | None = None

    def check(self) -> ConnectionCheck:
        """Signs in, tries what will be asked, finds out what differs per account.

        Raises NeedsReconnect, TryAgainLater.
        """
        return check_connection(self._asking, self._config, self._clock())

    def read_catalog(self) -> Iterator[FetchedPage]:
        """Reasons, service locations and providers, complete."""
        yield from self._reasons()
        lists = (("GetServiceLocations", RecordKind.LOCATION), ("GetProviders", RecordKind.PRACTITIONER))
        for operation, kind in lists:
            practice = self._practice(Urgency.ROUTINE)
            criteria = {"PracticeID": practice.id, "PracticeName": practice.name}
            yield self._list_page(kind, operation, criteria, Urgency.ROUTINE)

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Appointments whose date of modification may, in whatever zone it is, be since the bookmark."""
        if self._setting("changes") == "window":
            return self._window_as_changes()
        offset = offset_hours(self._clock(), self._config.practice_zone)
        return self._modified(RecordKind.APPOINTMENT, "GetAppointments", bookmark, offset)

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Patients, likewise."""
        return self._modified(RecordKind.PATIENT, "GetPatients", bookmark, None)

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days and the next, in chunks that do not cross a change of clocks."""
        done = read_wall(bookmark)
        for chunk in self._chunks(first, last):
            if chunk.last > done:
                yield from self._chunk_pages(chunk)

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """One appointment now: its row, looked up on the day that the id or GetAppointment tells."""
        kareo_id, _, wall = appointment_id.partition("@")
        if wall:
            yield self._row_page(appointment_id, datetime.fromisoformat(wall), {}, urgency)
            return
        single = self._single_page(kareo_id, [appointment_id], urgency)
        detail = self._detail_in(single)
        if detail is None or detail.is_deleted or detail.start is None:
            yield msgspec.structs.replace(single, kind=RecordKind.APPOINTMENT)
            return
        criteria = {"PatientID": detail.patient_id} if detail.patient_id else {}
        yield self._row_page(appointment_id, detail.start.wall, criteria, urgency)
        yield single

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """GetAppointment for each; occurrences that share a series' id share one question."""
        asked: dict[str, list[str]] = {}
        for appointment_id in appointment_ids:
            asked.setdefault(appointment_id.partition("@")[0], []).append(appointment_id)
        return _one_by_one(lambda key: self._single_page(key, asked[key], urgency), list(asked))

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """GetPatient for each, in the given order."""
        return _one_by_one(lambda patient_id: self._patient_page(patient_id, urgency), patient_ids)

    def _setting(self, name: str) -> str:
        default = next(setting.default for setting in MANIFEST.settings if setting.name == name)
        return self._config.settings.get(name) or default

    def _practice(self, urgency: Urgency) -> Practice:
        """Asked once per connector: a renamed practice is found by its id, or reported, but never read as empty."""
        if self._known_practice is None:
            self._known_practice = ours(self._asking, self._config.settings, urgency)
        return self._known_practice

    def _reasons(self) -> Iterator[FetchedPage]:
        """Kareo's list of reasons; where it has none yet, those on the schedule."""
        criteria = {"PracticeId": self._practice(Urgency.ROUTINE).id}
        try:
            page = self._list_page(RecordKind.APPOINTMENT_TYPE, "GetAppointmentReasons", criteria, Urgency.ROUTINE)
        except OperationUnknown:
            for chunk in self._chunks_around(REASONS_SEEN_DAYS):
                seen = self._chunk_page(chunk, Urgency.ROUTINE, bookmark=None)
                yield msgspec.structs.replace(seen, kind=RecordKind.APPOINTMENT_TYPE)
            return
        yield page

    def _modified(
        self, kind: RecordKind, operation: str, bookmark: str | None, offset: int | None
    ) -> Iterator[FetchedPage]:
        """Records by their date of modification; both ends are given, or Kareo would answer about a week only."""
        now = self._clock()
        since, overlap = read_instant(bookmark, now), timedelta(hours=int(self._setting("modified_overlap_hours")))
        shift = {} if offset is None else {"TimeZoneOffsetFromGMT": str(offset)}
        for start, end in spans(since - overlap, now + overlap, timedelta(days=LONGEST_DAYS)):
            criteria = {
                "FromLastModifiedDate": us_text(self._wall(start)),
                "PracticeName": self._practice(Urgency.ROUTINE).name,
                "ToLastModifiedDate": us_text(self._wall(end)),
                **shift,
            }
            covered = max(since, min(end - overlap, now))
            page = self._list_page(kind, operation, criteria, Urgency.ROUTINE, bookmark=write_instant(covered))
            yield page if offset is None else self._with_times(page, offset)

    def _window_as_changes(self) -> Iterator[FetchedPage]:
        bookmark = write_instant(self._clock())
        around = self._chunks_around(HORIZON_DAYS)
        for chunk in around:
            yield self._chunk_page(chunk, Urgency.ROUTINE, bookmark=bookmark if chunk is around[-1] else None)

    def _chunks_around(self, days: tuple[int, int]) -> list[Chunk]:
        today = self._wall(self._clock()).date()
        return list(self._chunks(today - days[0] * _DAY, today + days[1] * _DAY))

    def _chunks(self, first: date, last: date) -> Iterator[Chunk]:
        return chunks(first, last, self._config.practice_zone, days=int(self._setting("chunk_days")))

    def _chunk_pages(self, chunk: Chunk) -> Iterator[FetchedPage]:
        """The chunk as one page, or as more where one would be longer than anybody reads."""
        try:
            page = self._chunk_page(chunk, Urgency.BACKGROUND, bookmark=write_wall(chunk.last))
        except AnswerTooLong:
            shorter = halves(chunk)
            if shorter is None:
                raise
            for half in shorter:
                yield from self._chunk_pages(half)
            return
        yield page

    def _chunk_page(self, chunk: Chunk, urgency: Urgency, *, bookmark: str | None) -> FetchedPage:
        """No Type is asked for: blocks are wanted too, and how it is spelt is uncertain."""
        criteria = self._span_criteria(chunk.first, chunk.last, chunk.offset_hours, urgency)
        page = self._list_page(RecordKind.APPOINTMENT, "GetAppointments", criteria, urgency, bookmark=bookmark)
        return self._with_times(page, chunk.offset_hours)

    def _row_page(
        self, appointment_id: str, wall: datetime, criteria: Mapping[str, str], urgency: Urgency
    ) -> FetchedPage:
        """The row of one appointment, asked for with the days around it."""
        zone = self._config.practice_zone
        offset = offset_hours(wall.replace(tzinfo=zone_named(zone)), zone)
        first = datetime.combine(wall.date() - _DAY, time.min)
        span = self._span_criteria(first, first + 3 * _DAY - timedelta(seconds=1), offset, urgency)
        page = self._list_page(RecordKind.APPOINTMENT, "GetAppointments", {**span, **criteria}, urgency)
        only = {"only": appointment_id} | ({} if "@" in appointment_id else {"is_there": "yes"})
        return self._with_times(page, offset, only)

    def _span_criteria(self, first: datetime, last: datetime, offset: int, urgency: Urgency) -> dict[str, str]:
        return {
            "EndDate": us_text(last),
            "PracticeName": self._practice(urgency).name,
            "StartDate": us_text(first),
            "TimeZoneOffsetFromGMT": str(offset),
        }

    def _with_times(self, page: FetchedPage, offset: int, more: Mapping[str, str] | None = None) -> FetchedPage:
        """The page with what is needed to understand its times."""
        times = {
            "offset": str(offset),
            "zone": self._config.practice_zone,
            "list_times": self._setting("list_times"),
            "list_stamps": self._setting("list_stamps"),
        }
        return msgspec.structs.replace(page, asked={**page.asked, **times, **(more or {})})

    def _list_page(
        self,
        kind: RecordKind,
        operation: str,
        criteria: Mapping[str, str],
        urgency: Urgency,
        *,
        bookmark: str | None = None,
    ) -> FetchedPage:
        practice_id = self._practice(urgency).id
        body = self._asking.ask(operation, criteria, urgency=urgency, practice_id=practice_id)
        asked = {"operation": operation, "practice_id": practice_id}
        return FetchedPage(kind=kind, body=body, media_type=MEDIA_TYPE, asked=asked, bookmark=bookmark)

    def _single_page(self, kareo_id: str, appointment_ids: Sequence[str], urgency: Urgency) -> FetchedPage:
        criteria = {"AppointmentId": kareo_id}
        return self._record_page(RecordKind.APPOINTMENT_DETAIL, "GetAppointment", criteria, appointment_ids, urgency)

    def _patient_page(self, patient_id: str, urgency: Urgency) -> FetchedPage:
        return self._record_page(RecordKind.PATIENT, "GetPatient", {"PatientID": patient_id}, [patient_id], urgency)

    def _record_page(
        self, kind: RecordKind, operation: str, criteria: Mapping[str, str], ids: Sequence[str], urgency: Urgency
    ) -> FetchedPage:
        practice_id = self._practice(urgency).id
        body = self._asking.ask_one(operation, criteria, urgency=urgency, practice_id=practice_id)
        asked = {"operation": operation, "practice_id": practice_id, "ids": ",".join(ids)}
        return FetchedPage(kind=kind, body=body, media_type=MEDIA_TYPE, asked=asked)

    def _detail_in(self, page: FetchedPage) -> AppointmentDetail | None:
        """What an answer of GetAppointment says; None for an appointment that is not there or not readable."""
        records = TRANSLATOR.split(page)
        context = TranslationContext(practice_zone=self._config.practice_zone)
        present = [one for one in records if isinstance(one, RawRecord) and not one.is_absent]
        return TRANSLATOR.detail(present[0], context) if present else None

    def _wall(self, instant: datetime) -> datetime:
        return instant.astimezone(zone_named(self._config.practice_zone)).replace(tzinfo=None)


def _endpoint(base_url: str) -> str:
    """The base URL, with the service's own path where it names a host only."""
    has_path = urlsplit(base_url).path.strip("/") if base_url.startswith(("https://", "http://")) else True
    return base_url if has_path else base_url.rstrip("/") + ENDPOINT_PATH


def _one_by_one(read: Callable[[str], FetchedPage], ids: Sequence[str]) -> Iterator[FetchedPage]:
    """A page for each id. One on which Kareo breaks does not keep the others waiting; it is told at the end."""
    broken: list[TryAgainLater] = []
    for identity in ids:
        try:
            page = read(identity)
        except TryAgainLater as error:
            broken.append(error)
            if not isinstance(error.__cause__, Fault) or len(broken) >= MOST_BROKEN:
                raise
            continue
        yield page
    if broken:
        raise broken[0]
