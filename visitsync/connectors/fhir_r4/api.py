"""How to ask a FHIR server: changes, the window, single appointments, patients, lists (fhir reference, section 5)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import quote

from visitsync.connector_kit.connector import Clock, ConnectionCheck, ConnectionConfig, CredentialStore
from visitsync.connector_kit.errors import RecordGone
from visitsync.connector_kit.fhir.asking import FHIR_JSON
from visitsync.connector_kit.fhir.bundles import read_bundle, resource_type_of
from visitsync.connector_kit.http import Answer
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.fhir_r4.asking import Asking
from visitsync.connectors.fhir_r4.changes import Changes, today_in
from visitsync.connectors.fhir_r4.checking import check_connection
from visitsync.connectors.fhir_r4.lists import Lists
from visitsync.connectors.fhir_r4.manifest import MANIFEST
from visitsync.connectors.fhir_r4.reading import WindowReading
from visitsync.connectors.fhir_r4.translate import ID, STATUS


class FhirConnector:
    """One practice's FHIR server."""

    manifest = MANIFEST

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        self._asking = Asking(config, credentials, budget, clock)
        self._windows = WindowReading(self._asking)
        self._lists = Lists(self._asking, self._windows)
        self._changes = Changes(self._asking, self._near_days)

    def check(self) -> ConnectionCheck:
        """Signs in and looks at what may be read. Raises NeedsReconnect, TryAgainLater."""
        return check_connection(self._asking, self._windows, self._today())

    def read_catalog(self) -> Iterator[FetchedPage]:
        """Practitioners with their roles, locations and kinds of visits, complete."""
        return self._lists.read()

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Appointments changed since the bookmark, in the way that the server offers or a setting demands."""
        return self._changes.appointments(bookmark)

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Patients changed since the bookmark, also those whose insurance did."""
        return self._changes.patients(bookmark)

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days, some days at a time. What has no time is in no window."""
        return self._windows.read(first, last, bookmark, urgency=Urgency.BACKGROUND)

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """One appointment now. It is gone if the server says so, or if neither a read nor a search finds it."""
        path = f"/Appointment/{quote(appointment_id, safe='')}"
        try:
            answer = self._asking.server.get_one(path, operation="Appointment", urgency=urgency)
        except RecordGone:  # a 404 that may be somebody else's, such as a proxy's
            answer = None
        if answer is not None and answer.status == 403:
            raise self._asking.server.error(answer, "Appointment")
        if answer is not None and answer.status != 404:
            gone = {STATUS: "410"} if answer.status == 410 else {}
            yield _page(answer, {ID: appointment_id, **gone})
            return
        found = self._found_by_search(appointment_id, urgency)
        yield _page(found[0], {ID: appointment_id} | ({} if found[1] else {STATUS: "404"}))

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Nothing: searches say everything."""
        return iter(())

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients, several at once where the server allows, each with coverage."""
        return self._asking.people().read(patient_ids, urgency=urgency)

    def _found_by_search(self, appointment_id: str, urgency: Urgency) -> tuple[Answer, bool]:
        """The answer to a search for this id, and whether it is in it. An error is never taken for absence."""
        path = f"/Appointment?_id={quote(appointment_id, safe='')}"
        answer = self._asking.server.get(path, operation="Appointment", urgency=urgency)
        entries = read_bundle(answer.body).entries
        return answer, any(resource_type_of(entry.body) == "Appointment" for entry in entries)

    def _near_days(self) -> Iterator[FetchedPage]:
        today = self._today()
        last = today + timedelta(days=self._asking.number("near_days"))
        return self._windows.read(today - timedelta(days=1), last, None, urgency=Urgency.ROUTINE)

    def _today(self) -> date:
        return today_in(self._asking.config.practice_zone, self._asking.clock()).date()


def _page(answer: Answer, asked: Mapping[str, str]) -> FetchedPage:
    return FetchedPage(kind=RecordKind.APPOINTMENT, body=answer.body, media_type=FHIR_JSON, asked=asked)
