"""How to ask ExampleCharts: changes, the window, single records, patients, lists."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.connector import Clock, ConnectionCheck, ConnectionConfig, CredentialStore
from visitsync.connector_kit.errors import NeedsPermission
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.examplecharts import bookmarks
from visitsync.connectors.examplecharts.asking import JSON, Asking
from visitsync.connectors.examplecharts.bookmarks import WindowMark
from visitsync.connectors.examplecharts.manifest import MANIFEST, limits
from visitsync.connectors.examplecharts.translate import ID, IS_GONE

OVERLAP = timedelta(minutes=75)
"""Each reading of changes looks back this far behind the last one: an edit may show late, with its true stamp."""
LISTS = {
    "locations": RecordKind.LOCATION,
    "providers": RecordKind.PRACTITIONER,
    "visit-types": RecordKind.APPOINTMENT_TYPE,
}
CHECKED = ("appointments", "patients", *LISTS)


class ExampleChartsConnector:
    """One practice's ExampleCharts."""

    manifest = MANIFEST

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        client = PoliteClient(
            config.base_url,
            budget=budget,
            clock=clock,
            allowed_hosts=MANIFEST.allowed_hosts,
            limits=limits(config.settings),
            allows_loopback=config.allows_loopback,
        )
        self._clock = clock
        self._asking = Asking(client, credentials, clock)

    def check(self) -> ConnectionCheck:
        """Looks at what the API key may see. Raises NeedsReconnect, TryAgainLater."""
        problems = [problem for collection in CHECKED if (problem := self._problem(collection))]
        return ConnectionCheck(is_working=not problems, problems=tuple(problems))

    def read_catalog(self) -> Iterator[FetchedPage]:
        """Locations, providers and visit types, complete."""
        for collection, kind in LISTS.items():
            for page in self._asking.pages(collection, {}, urgency=Urgency.ROUTINE):
                yield FetchedPage(kind=kind, body=page.body, media_type=JSON)

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Appointments changed since the bookmark, deleted ones among them."""
        return self._changes("appointments", RecordKind.APPOINTMENT, bookmark)

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Patients changed since the bookmark."""
        return self._changes("patients", RecordKind.PATIENT, bookmark)

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days."""
        mark = bookmarks.read(bookmark, WindowMark) or WindowMark()
        if mark.is_finished:
            return
        asked = {"from": first.isoformat(), "to": last.isoformat()}
        for page in self._asking.pages("appointments", asked, urgency=Urgency.BACKGROUND, cursor=mark.cursor):
            mark = WindowMark(cursor=page.next, is_finished=not page.next)
            yield FetchedPage(
                kind=RecordKind.APPOINTMENT, body=page.body, media_type=JSON, bookmark=bookmarks.write(mark)
            )

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """One appointment now."""
        yield self._one("appointments", RecordKind.APPOINTMENT, appointment_id, urgency)

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Nothing: lists say everything."""
        return iter(())

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients, one by one; one that ExampleCharts does not know comes as an absent record."""
        for patient_id in patient_ids:
            yield self._one("patients", RecordKind.PATIENT, patient_id, urgency)

    def _problem(self, collection: str) -> str:
        try:
            next(self._asking.pages(collection, {"limit": "1"}, urgency=Urgency.PERSON_WAITS))
        except NeedsPermission as error:
            return str(error)
        return ""

    def _changes(self, collection: str, kind: RecordKind, bookmark: str | None) -> Iterator[FetchedPage]:
        mark = bookmarks.changes_mark(bookmark, self._clock())
        asked = {"changed_since": f"{mark.since - OVERLAP:%Y-%m-%dT%H:%M:%SZ}"}
        began = mark.began
        for page in self._asking.pages(collection, asked, urgency=Urgency.ROUTINE, cursor=mark.cursor):
            began = began or page.as_of
            mark = (
                msgspec.structs.replace(mark, began=began, cursor=page.next)
                if page.next
                else msgspec.structs.replace(mark, since=began, began=None, cursor="")
            )
            yield FetchedPage(kind=kind, body=page.body, media_type=JSON, bookmark=bookmarks.write(mark))

    def _one(self, collection: str, kind: RecordKind, identity: str, urgency: Urgency) -> FetchedPage:
        answer = self._asking.one(f"/v1/{collection}/{quote(identity, safe='')}", operation=collection, urgency=urgency)
        asked = {ID: identity} | ({IS_GONE: "yes"} if answer.status == 404 else {})
        return FetchedPage(kind=kind, body=answer.body, media_type=JSON, asked=asked)
