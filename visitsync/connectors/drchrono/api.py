"""How to ask DrChrono: changes, the window, single records, patients, lists (reference, sections 5 and 12)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.addresses import read_origin
from visitsync.connector_kit.connector import Clock, ConnectionCheck, ConnectionConfig, CredentialStore
from visitsync.connector_kit.errors import ForbiddenAddress, NeedsPermission, RecordUnreadable
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.oauth import TokenHolder
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.drchrono import bookmarks
from visitsync.connectors.drchrono.asking import JSON, TOKEN_PATH, Asking
from visitsync.connectors.drchrono.bookmarks import ChangesMark, WindowMark
from visitsync.connectors.drchrono.catalog import NOT_CLINICIANS
from visitsync.connectors.drchrono.checking import check_connection
from visitsync.connectors.drchrono.drift import flag, optional_id
from visitsync.connectors.drchrono.lists import Lists
from visitsync.connectors.drchrono.manifest import MANIFEST, limits
from visitsync.connectors.drchrono.patient_reading import ROWS_OF_VERBOSE_LIST, VERBOSE, PatientReading
from visitsync.connectors.drchrono.payloads import DOCTORS, USERS
from visitsync.connectors.drchrono.translate import GONE, ID, STATUS
from visitsync.connectors.drchrono.zones import doctor_zones
from visitsync.domain.local_time import zone_named

SWITCHED_OFF_HOST = "www.drchrono.com"
"""No longer serves the API since 2025-12-01 (section 1)."""
ZONES_GOOD_FOR = timedelta(hours=24)
WITH_DELETED = {"show_archived": "true"}
"""Without it deletions are simply not there (section 5.1)."""


class DrchronoConnector:
    """One practice's DrChrono."""

    manifest = MANIFEST

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        if read_origin(config.base_url, allows_loopback=config.allows_loopback)[1] == SWITCHED_OFF_HOST:
            raise ForbiddenAddress("www.drchrono.com no longer serves the API; use https://app.drchrono.com.")
        client = PoliteClient(
            config.base_url,
            budget=budget,
            clock=clock,
            allowed_hosts=MANIFEST.allowed_hosts,
            limits=limits(config.settings),
            allows_loopback=config.allows_loopback,
        )
        self._config = config
        self._clock = clock
        self._asking = Asking(client, TokenHolder(client, credentials, clock, token_url=TOKEN_PATH), clock)
        self._lists = Lists(self._asking, int(self._setting("page_size")))
        self._patients = PatientReading(self._asking, self._lists, self._setting("patient_reading"))

    def check(self) -> ConnectionCheck:
        """Signs in and looks at what the signed-in user may see. Raises NeedsReconnect, TryAgainLater."""
        today = self._clock().astimezone(zone_named(self._config.practice_zone)).date()
        return check_connection(self._asking, self._lists, self._config, today.isoformat())

    def read_catalog(self) -> Iterator[FetchedPage]:
        """Doctors, offices with their exam rooms, and profiles, complete."""
        doctors = {NOT_CLINICIANS: ",".join(self._not_clinicians())}
        yield from self._catalog_pages("doctors", RecordKind.PRACTITIONER, doctors)
        yield from self._catalog_pages("offices", RecordKind.LOCATION, {})
        yield from self._catalog_pages("appointment_profiles", RecordKind.APPOINTMENT_TYPE, {})

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Appointments changed since the bookmark; ordered by their day, so that only the whole list is news."""
        return self._changes("appointments", RecordKind.APPOINTMENT, WITH_DELETED, 250, bookmark)

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Patients changed since the bookmark."""
        return self._changes("patients", RecordKind.PATIENT, VERBOSE, ROWS_OF_VERBOSE_LIST, bookmark)

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days, some weeks at a time: DrChrono refuses wide ranges."""
        mark = bookmarks.read(bookmark, WindowMark) or WindowMark(day=first)
        day, resume = (mark.day, mark.next) if first <= mark.day <= last else (first, "")
        if mark.is_finished:
            return
        while day <= last:
            end = min(day + timedelta(days=int(self._setting("window_days")) - 1), last)
            after = WindowMark(day=end + timedelta(days=1), is_finished=end == last)
            asked = {"date_range": f"{day}/{end}", **WITH_DELETED}
            for page in self._lists.pages("appointments", asked, urgency=Urgency.BACKGROUND, resume=resume):
                mark = WindowMark(day=day, next=page.next) if page.next else after
                yield _page(RecordKind.APPOINTMENT, page.answer.body, bookmark=bookmarks.write(mark))
            day, resume = end + timedelta(days=1), ""

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """One appointment now; deleted ones are answered like unknown ones."""
        path = f"/api/appointments/{quote(appointment_id, safe='')}"
        answer = self._asking.get_one(path, operation="appointments", urgency=urgency)
        if answer.status == 403:
            raise self._asking.error(answer, "appointments")
        asked = {ID: appointment_id} | ({STATUS: GONE} if answer.status == 404 else {})
        yield _page(RecordKind.APPOINTMENT, answer.body, asked=asked)

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Rows of DrChrono's own telehealth feature, where a setting asks for them; lists say everything else."""
        if self._setting("telehealth_rows") != "read":
            return
        for appointment_id in appointment_ids:
            answer = self._asking.get(
                "/api/telehealth_appointments",
                operation="telehealth_appointments",
                urgency=urgency,
                params={"appointment": appointment_id},
            )
            yield _page(RecordKind.APPOINTMENT_DETAIL, answer.body, asked={ID: appointment_id})

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients, by whichever way costs fewer requests; others may ride along."""
        return self._patients.read(patient_ids, urgency=urgency)

    def _setting(self, name: str) -> str:
        default = next(setting.default for setting in MANIFEST.settings if setting.name == name)
        return self._config.settings.get(name) or default

    def _catalog_pages(self, collection: str, kind: RecordKind, asked: Mapping[str, str]) -> Iterator[FetchedPage]:
        for page in self._lists.pages(collection, {}, urgency=Urgency.ROUTINE):
            yield _page(kind, page.answer.body, asked=asked)

    def _not_clinicians(self) -> list[str]:
        """Doctors whose own login says that they are none; unknown where users may not be read."""
        says: dict[str, bool] = {}
        try:
            for user in self._lists.rows("users", USERS, urgency=Urgency.ROUTINE):
                if doctor := optional_id(user.doctor):
                    says[doctor] = says.get(doctor, False) or flag(user.is_doctor, "is_doctor")
        except (NeedsPermission, RecordUnreadable):
            return []
        return [doctor for doctor, is_clinician in says.items() if not is_clinician]

    def _changes(
        self, collection: str, kind: RecordKind, params: Mapping[str, str], most_rows: int, bookmark: str | None
    ) -> Iterator[FetchedPage]:
        now = self._clock()
        mark = self._with_zones(bookmarks.changes_mark(bookmark, now))
        overlap = timedelta(minutes=int(self._setting("since_overlap_minutes")))
        since = bookmarks.since_parameter(mark.since, mark.zones, overlap)
        pages = self._lists.pages(
            collection, {"since": since, **params}, urgency=Urgency.ROUTINE, resume=mark.next, most_rows=most_rows
        )
        began = mark.began if mark.next else None
        for page in pages:
            began = began or bookmarks.told_time(page.answer, now)
            following = (
                msgspec.structs.replace(mark, began=began, next=page.next)
                if page.next
                else msgspec.structs.replace(mark, since=began, began=None, next="")
            )
            yield _page(kind, page.answer.body, bookmark=bookmarks.write(following))

    def _with_zones(self, mark: ChangesMark) -> ChangesMark:
        """The mark with zones of at most a day ago; asking for them is one request a day."""
        now = self._clock()
        chosen = self._config.settings.get("zone", "")
        single = doctor_zones(self._config.settings.get("doctor_zones", "")).values()
        own: list[str | None] = []
        if not chosen:
            if mark.zones and mark.zones_read_at is not None and now - mark.zones_read_at < ZONES_GOOD_FOR:
                return mark
            own = [doctor.timezone for doctor in self._lists.rows("doctors", DOCTORS, urgency=Urgency.ROUTINE)]
        zones = bookmarks.known_zones([chosen, *single, *own, self._config.practice_zone])
        return msgspec.structs.replace(mark, zones=zones, zones_read_at=now)


def _page(
    kind: RecordKind, body: bytes, *, asked: Mapping[str, str] | None = None, bookmark: str | None = None
) -> FetchedPage:
    return FetchedPage(kind=kind, body=body, media_type=JSON, asked=asked or {}, bookmark=bookmark)
