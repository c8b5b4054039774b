"""How to ask Prime Suite: the schedule week by week, patients one by one (greenway reference, section 4)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import urlsplit

from visitsync.connector_kit.connector import Clock, ConnectionCheck, ConnectionConfig, CredentialStore
from visitsync.connector_kit.errors import RequestRefused
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.greenway_prime_suite import bookmarks
from visitsync.connectors.greenway_prime_suite.asking import Asking
from visitsync.connectors.greenway_prime_suite.bookmarks import Mark
from visitsync.connectors.greenway_prime_suite.checking import check_connection
from visitsync.connectors.greenway_prime_suite.gathering import gathered
from visitsync.connectors.greenway_prime_suite.manifest import MANIFEST, SERVICE_PATH, limits
from visitsync.connectors.greenway_prime_suite.patient_reading import PatientReading
from visitsync.connectors.greenway_prime_suite.people_by_fhir import PeopleByFhir
from visitsync.connectors.greenway_prime_suite.saved_files import JSON
from visitsync.connectors.greenway_prime_suite.translate import EMPTY, FROM, NULL_LIST, SCHEDULE
from visitsync.connectors.greenway_prime_suite.weeks import WeekReading, windows
from visitsync.domain.local_time import zone_named

TIMES_AS_PATIENT = 2
"""Twice the usual minute: Prime Suite is known to take that long (section 4.1)."""
GATHERED_SINCE = timedelta(days=28)
"""So far back types, locations and providers are looked for: what was used lately is likely to be booked again."""
_DAY = timedelta(days=1)


class PrimeSuiteConnector:
    """One practice's Prime Suite."""

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
        client.total_seconds = PoliteClient.total_seconds * TIMES_AS_PATIENT
        self._config = config
        self._clock = clock
        self._asking = Asking(client, credentials, clock, config.settings)
        self._weeks = WeekReading(
            self._asking,
            page_size=int(self._setting("page_size")),
            is_counted_from_one=self._setting("page_numbering") == "from 1",
            is_null_empty=self._setting("null_list") == EMPTY,
        )
        self._by_fhir = PeopleByFhir(config, credentials, budget, clock) if self._setting("fhir_base_url") else None
        self._patients = PatientReading(
            self._asking,
            self._by_fhir,
            demographics_method=self._setting("demographics_method"),
            insurance_method=self._setting("insurance_method"),
            is_empty_nobody=self._setting("unknown_patient") == EMPTY,
        )

    def check(self) -> ConnectionCheck:
        """Signs in, tries what will be asked, finds out what differs per site. Raises NeedsReconnect, TryAgainLater."""
        return check_connection(self._weeks, self._patients, self._by_fhir, self._config, self._today())

    def read_catalog(self) -> Iterator[FetchedPage]:
        """What the schedule names, from some weeks ago on: there are no lists. What is booked nowhere is missing."""
        today = self._today()
        return gathered(self._days(today - GATHERED_SINCE, self._horizon(today), Mark(), Urgency.ROUTINE))

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """The schedule of the coming months, for nothing tells what has changed. Without a bookmark that of today."""
        now, today = self._clock(), self._today()
        mark = bookmarks.read(bookmark)
        last = today if bookmark is None else self._horizon(today)
        return self._days(today - _DAY, last, mark, Urgency.ROUTINE, done=Mark(last_read_at=now), begun=True)

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Patients as the schedule of the coming days names them: enough to notice corrections in their charts."""
        now, today = self._clock(), self._today()
        last = today if bookmark is None else today + timedelta(days=int(self._setting("patient_days")))
        done = Mark(last_read_at=now)
        pages = self._days(today, last, bookmarks.read(bookmark), Urgency.ROUTINE, done=done, begun=True)
        for page in pages:
            yield FetchedPage(
                kind=RecordKind.PATIENT,
                body=page.body,
                media_type=JSON,
                asked={**page.asked, FROM: SCHEDULE},
                bookmark=page.bookmark,
            )

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days and those next to them, a week at a time."""
        mark = bookmarks.read(bookmark)
        if mark.is_finished:
            return iter(())
        return self._days(first, last, mark, Urgency.BACKGROUND, done=Mark(is_finished=True))

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Raises RequestRefused: there is no such call. Whoever needs one appointment reads its day."""
        raise RequestRefused("Prime Suite cannot be asked for one appointment; its day must be read.")

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Nothing: the schedule says everything that there is."""
        return iter(())

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients, one by one in the given order."""
        return self._patients.read(patient_ids, urgency=urgency)

    def _days(
        self,
        first: date,
        last: date,
        mark: Mark,
        urgency: Urgency,
        *,
        done: Mark | None = None,
        begun: bool = False,
    ) -> Iterator[FetchedPage]:
        """The schedule of these days. A window that was not read to its end is read anew, whoever goes on.

        `done`: the mark behind the last page of all. `begun`: pages within a window bear a mark too, that of its
        beginning; a reading of changes must never be taken for one that has not begun.
        """
        asked = {NULL_LIST: EMPTY} if self._setting("null_list") == EMPTY else {}
        for window in windows(first, last):
            if mark.next is not None and window.last <= mark.next and window.last <= last:
                continue
            within = Mark(next=window.first, last_read_at=mark.last_read_at) if begun else None
            after = done if window.last > last else Mark(next=window.last, last_read_at=mark.last_read_at)
            for body, is_last in self._weeks.pages(window, urgency=urgency):
                reached = after if is_last else within
                bookmark = None if reached is None else bookmarks.write(reached)
                yield FetchedPage(
                    kind=RecordKind.APPOINTMENT, body=body, media_type=JSON, asked=asked, bookmark=bookmark
                )

    def _today(self) -> date:
        return self._clock().astimezone(zone_named(self._config.practice_zone)).date()

    def _horizon(self, today: date) -> date:
        return today + timedelta(days=int(self._setting("horizon_days")))

    def _setting(self, name: str) -> str:
        default = next(setting.default for setting in MANIFEST.settings if setting.name == name)
        return self._config.settings.get(name) or default


def _endpoint(base_url: str) -> str:
    """A base URL without a path is given the usual one; hosts in use differ in what stands before the service."""
    url = base_url.rstrip("/")
    try:
        has_path = bool(urlsplit(url).path)
    except ValueError:
        return url
    return url if has_path or not url else url + SERVICE_PATH
