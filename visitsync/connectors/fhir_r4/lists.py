"""Reads the practice's lists: practitioners with their roles, locations, and kinds of visits."""

from collections.abc import Iterator
from datetime import timedelta

from visitsync.connector_kit.errors import NeedsPermission
from visitsync.connector_kit.fhir.asking import FHIR_JSON
from visitsync.connector_kit.fhir.bundles import bundle_of, resource_type_of
from visitsync.connector_kit.fhir.searching import Params
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.fhir_r4.asking import Asking
from visitsync.connectors.fhir_r4.catalog import identity_of, practitioner_of_role
from visitsync.connectors.fhir_r4.changes import today_in
from visitsync.connectors.fhir_r4.reading import WindowReading

TYPES_BEHIND, TYPES_AHEAD = timedelta(days=30), timedelta(days=120)
"""The days whose appointments are looked at for kinds of visits, where the server has no list of them."""
EMPTY = bundle_of([])


class Lists:
    """Reads the lists of one connection."""

    def __init__(self, asking: Asking, windows: WindowReading) -> None:
        self._asking = asking
        self._windows = windows

    def read(self) -> Iterator[FetchedPage]:
        """Every list, complete; one that the server does not have is empty."""
        yield from self._practitioners()
        yield from self._whole("Location", RecordKind.LOCATION)
        if self._types_come_from_services():
            yield from self._whole("HealthcareService", RecordKind.APPOINTMENT_TYPE)
        else:
            yield from self._types_in_use()

    def _practitioners(self) -> Iterator[FetchedPage]:
        roles: dict[str, list[bytes]] = {}
        for role in self._resources("PractitionerRole"):
            roles.setdefault(practitioner_of_role(role), []).append(role)
        if not self._asking.has("Practitioner"):
            yield _page(RecordKind.PRACTITIONER, EMPTY)
            return
        for page in self._pages("Practitioner"):
            entries = [entry for entry in page if resource_type_of(entry) == "Practitioner"]
            beside = [role for entry in entries for role in roles.get(identity_of(entry), ())]
            yield _page(RecordKind.PRACTITIONER, bundle_of([*entries, *beside]))

    def _whole(self, resource: str, kind: RecordKind) -> Iterator[FetchedPage]:
        if not self._asking.has(resource):
            yield _page(kind, EMPTY)
            return
        for page in self._asking.searches.pages(resource, self._params(), urgency=Urgency.ROUTINE, is_strict=False):
            yield _page(kind, page.answer.body)

    def _types_come_from_services(self) -> bool:
        chosen = self._asking.setting("type_list")
        return chosen == "services" or (chosen == "auto" and self._asking.has("HealthcareService"))

    def _types_in_use(self) -> Iterator[FetchedPage]:
        today = today_in(self._asking.config.practice_zone, self._asking.clock()).date()
        window = self._windows.read(today - TYPES_BEHIND, today + TYPES_AHEAD, None, urgency=Urgency.ROUTINE)
        for page in window:
            yield _page(RecordKind.APPOINTMENT_TYPE, page.body)

    def _resources(self, resource: str) -> Iterator[bytes]:
        """All of a kind that is welcome and not needed: none where they may not be read."""
        if not self._asking.has(resource):
            return
        try:
            for page in self._pages(resource):
                yield from page
        except NeedsPermission:
            return

    def _pages(self, resource: str) -> Iterator[list[bytes]]:
        for page in self._asking.searches.pages(resource, self._params(), urgency=Urgency.ROUTINE, is_strict=False):
            yield [entry.body for entry in page.bundle.entries if entry.body and not entry.trouble]

    def _params(self) -> Params:
        return [("_count", self._asking.setting("page_size"))]


def _page(kind: RecordKind, body: bytes) -> FetchedPage:
    return FetchedPage(kind=kind, body=body, media_type=FHIR_JSON)
