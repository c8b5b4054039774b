"""How to ask CareCloud: days read whole and compared, single records, patients, lists (reference, sections 3 to 5)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.connector import Clock, ConnectionCheck, ConnectionConfig, CredentialStore
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.oauth import TokenHolder
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.carecloud import bookmarks
from visitsync.connectors.carecloud.asking import JSON, Asking, api_url
from visitsync.connectors.carecloud.bookmarks import ChangesMark, Span, WindowMark
from visitsync.connectors.carecloud.checking import check_connection
from visitsync.connectors.carecloud.lists import Lists
from visitsync.connectors.carecloud.manifest import MANIFEST, limits
from visitsync.connectors.carecloud.patient_reading import PatientReading
from visitsync.connectors.carecloud.resource_reading import resource_pages
from visitsync.connectors.carecloud.sign_in import habits, token_url
from visitsync.connectors.carecloud.translate import GONE, ID, LIST, STATUS
from visitsync.connectors.carecloud.windows import Place, WindowPage, Windows
from visitsync.connectors.carecloud.wrappers import RESOURCES
from visitsync.domain.local_time import zone_named

CATALOG = (
    ("visit_reasons", RecordKind.APPOINTMENT_TYPE),
    ("locations", RecordKind.LOCATION),
    ("providers", RecordKind.PRACTITIONER),
)


class CarecloudConnector:
    """One practice's CareCloud."""

    manifest = MANIFEST

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        client = PoliteClient(
            api_url(config.base_url),
            budget=budget,
            clock=clock,
            allowed_hosts=MANIFEST.allowed_hosts,
            limits=limits(config.settings),
            allows_loopback=config.allows_loopback,
        )
        self._config = config
        self._clock = clock
        tokens = TokenHolder(client, credentials, clock, token_url=token_url(config), habits=habits(config.settings))
        self._asking = Asking(client, tokens, clock)
        self._lists = Lists(self._asking)
        self._has_answered = False
        self._patients = PatientReading(self._asking, self._setting("insurance_reading"), self._is_itself)
        reasons = self._setting("changes_visit_reasons").replace(" ", "")
        self._windows = Windows(
            self._lists, int(self._setting("window_days")), {"visit_reason_ids": reasons} if reasons else {}
        )

    def check(self) -> ConnectionCheck:
        """Signs in and looks at what the application may see. Raises NeedsReconnect, TryAgainLater."""
        return check_connection(self._asking, self._lists, self._config, self._today())

    def read_catalog(self) -> Iterator[FetchedPage]:
        """Visit reasons, locations, providers, and the columns of the schedule with whose they are."""
        for collection, kind in CATALOG:
            for page in self._lists.pages(collection, {}, urgency=Urgency.ROUTINE):
                yield _page(kind, page.body)
        if (way := self._setting("resources")) != "ignored":
            for body in resource_pages(self._asking, self._lists, has_providers=way == "with providers"):
                yield _page(RecordKind.PRACTITIONER, body, asked={LIST: RESOURCES})

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """The near days whole, and some of the far ones in turn: CareCloud cannot be asked what has changed."""
        far_days = int(self._setting("window_days")) if self._setting("far_reading") == "in turn" else 0
        mark = bookmarks.changes_mark(
            bookmark, self._clock(), self._today(), near_days=int(self._setting("near_days")), far_days=far_days
        )
        most = int(self._setting("requests_per_reading"))
        while mark.spans:
            span, *left = mark.spans
            place = mark.place or Place(day=span.first, days=mark.days)
            for page in self._windows.read(span.first, span.last, urgency=Urgency.ROUTINE, at=place):
                mark = _mark_after(mark, page, left, most)
                yield _page(RecordKind.APPOINTMENT, page.body, bookmark=bookmarks.write(mark))

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """CareCloud has no list of changed patients (section 5): charts are read again before their visits."""
        return iter(())

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days, some weeks at a time."""
        mark = bookmarks.read(bookmark, WindowMark)
        if mark is not None and mark.is_finished:
            return
        place = mark.place if mark is not None else None
        for page in self._windows.read(first, last, urgency=Urgency.BACKGROUND, at=place, unfiltered=True):
            following = WindowMark(place=page.after, is_finished=page.is_last)
            yield _page(RecordKind.APPOINTMENT, page.body, bookmark=bookmarks.write(following))

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """One appointment now. Whatever CareCloud says to an id that it does not know, it says it with a 4xx."""
        path = f"/appointments/{quote(appointment_id, safe='')}"
        answer = self._asking.get_one(path, operation="appointments", urgency=urgency)
        asked = {ID: appointment_id}
        if answer.status >= 400:
            self._is_itself(urgency)
            asked[STATUS] = GONE
        yield _page(RecordKind.APPOINTMENT, answer.body, asked=asked)

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Nothing: lists say everything that we use."""
        return iter(())

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients one by one, each with what CareCloud tells of the insurance."""
        return self._patients.read(patient_ids, urgency=urgency)

    def _setting(self, name: str) -> str:
        default = next(setting.default for setting in MANIFEST.settings if setting.name == name)
        return self._config.settings.get(name) or default

    def _today(self) -> date:
        return self._clock().astimezone(zone_named(self._config.practice_zone)).date()

    def _is_itself(self, urgency: Urgency) -> None:
        """Before a refusal is taken for "no such record": does CareCloud answer at all, or somebody in its place?

        The body of its refusals is not documented, so that a proxy's 404 looks the same. Raises what asking raises.
        """
        if not self._has_answered:
            today = self._today().isoformat()
            asked = {"start_date": today, "end_date": today}
            next(self._lists.pages("appointments", asked, urgency=urgency))
            self._has_answered = True


def _mark_after(mark: ChangesMark, page: WindowPage, left: Sequence[Span], most: int) -> ChangesMark:
    """Where reading changes goes on after a page. Far days are left for the next time once it has cost so much."""
    told = msgspec.structs.replace(mark, requests=mark.requests + 1, days=page.after.days)
    if not page.is_last:
        return msgspec.structs.replace(told, place=page.after)
    if left and told.requests < most:
        return msgspec.structs.replace(told, spans=tuple(left), place=None)
    return ChangesMark(far=left[0].first if left else None, days=told.days)


def _page(
    kind: RecordKind, body: bytes, *, asked: Mapping[str, str] | None = None, bookmark: str | None = None
) -> FetchedPage:
    return FetchedPage(kind=kind, body=body, media_type=JSON, asked=asked or {}, bookmark=bookmark)
