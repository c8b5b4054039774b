"""How to ask athenahealth: changes, the window, single records, patients, lists (reference, sections 6 to 9)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from visitsync.connector_kit.connector import Clock, ConnectionCheck, ConnectionConfig, CredentialStore
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.athenahealth.asking import JSON, Asking
from visitsync.connectors.athenahealth.changes import Feed, FollowUp, Rhythm
from visitsync.connectors.athenahealth.checking import Check
from visitsync.connectors.athenahealth.departments import Departments
from visitsync.connectors.athenahealth.follow_ups import AfterAppointments, Nothing, single_appointment
from visitsync.connectors.athenahealth.lists import Lists
from visitsync.connectors.athenahealth.manifest import MANIFEST, limits
from visitsync.connectors.athenahealth.patient_reading import WITH_PREVIOUS, PatientReading
from visitsync.connectors.athenahealth.subscriptions import Subscriptions
from visitsync.connectors.athenahealth.tokens import Tokens
from visitsync.connectors.athenahealth.windows import BookedWindow
from visitsync.domain.local_time import zone_named

EVERY_PROVIDER = {"showallproviderids": "true"}
EVERY_TYPE = {
    "hidenonpatient": "false",  # by default types that patients cannot book are hidden: commonly the telehealth ones
    "hidegeneric": "false",
    "hidenongeneric": "false",
    "hidetemplatetypeonly": "false",
}
LISTS: tuple[tuple[str, RecordKind, Mapping[str, str]], ...] = (
    ("providers", RecordKind.PRACTITIONER, EVERY_PROVIDER),
    ("appointmenttypes", RecordKind.APPOINTMENT_TYPE, EVERY_TYPE),
)


class AthenahealthConnector:
    """One practice's athenahealth."""

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
        self._config = config
        self._clock = clock
        self._asking = Asking(client, Tokens(client, credentials, clock), clock, credentials)
        self._lists = Lists(self._asking, int(self._setting("page_size")))
        self._departments = Departments(self._lists, self._setting("departments"), self._setting("booked_list"))
        self._subscriptions = Subscriptions(
            self._asking, ",".join(self._departments.chosen), may_subscribe=self._setting("subscribe") == "yes"
        )

    def check(self) -> ConnectionCheck:
        """Signs in, looks at what the key may see, and subscribes to changes. Raises NeedsReconnect, TryAgainLater."""
        check = Check(self._asking, self._departments, self._subscriptions)
        today = self._clock().astimezone(zone_named(self._config.practice_zone))
        check.run(self._asking.practice_id, today.strftime("%m/%d/%Y"))
        return ConnectionCheck(is_working=not check.problems, problems=tuple(check.problems), facts=check.facts)

    def read_catalog(self) -> Iterator[FetchedPage]:
        """Departments, providers and appointment types, hidden ones too."""
        for page in self._departments.pages(urgency=Urgency.ROUTINE):
            yield page.fetched
        for path, kind, params in LISTS:
            for listed in self._lists.pages(path, path, params, urgency=Urgency.ROUTINE):
                yield FetchedPage(kind=kind, body=listed.answer.body, media_type=JSON)

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Appointments that changed and were not handed out yet; what may have got lost is replayed."""
        chosen = ",".join(self._departments.chosen)
        params = {"showcopay": "false"} | ({"departmentid": chosen} if chosen else {})
        return self._feed("appointments", params, AfterAppointments(self._asking, self._departments)).read(bookmark)

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """The same for patients; with the ids of charts that were merged into them."""
        return self._feed("patients", {**WITH_PREVIOUS, **self._restrictions()}, Nothing()).read(bookmark)

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days, cancelled ones too, some days at a time."""
        days = int(self._setting("window_days"))
        return BookedWindow(self._lists, self._departments, days, self._restrictions()).read(first, last, bookmark)

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """One appointment now; an open slot under that id is none."""
        yield single_appointment(self._asking, appointment_id, urgency=urgency)

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Nothing: lists say everything."""
        return iter(())

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients, one by one."""
        reading = PatientReading(
            self._asking,
            department=self._setting("patient_department").strip(),
            ignores_restrictions=bool(self._restrictions()),
            way=self._setting("insurance_reading"),
        )
        return reading.read(patient_ids, urgency=urgency)

    def _feed(self, name: str, params: Mapping[str, str], follow_up: FollowUp) -> Feed:
        rhythm = Rhythm(
            looks_first=self._setting("look_before_reading") == "yes",
            replays_every=timedelta(minutes=int(self._setting("replay_minutes"))),
            overlap=timedelta(minutes=int(self._setting("replay_overlap_minutes"))),
        )
        return Feed(name, self._lists, self._subscriptions, self._clock, rhythm, params, follow_up)

    def _restrictions(self) -> Mapping[str, str]:
        return {"ignorerestrictions": "true"} if self._setting("restricted_patients") == "ignored" else {}

    def _setting(self, name: str) -> str:
        default = next(setting.default for setting in MANIFEST.settings if setting.name == name)
        return self._config.settings.get(name) or default
