"""What every connector can do. sync knows an EMR only through this page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

import msgspec

from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.manifest import Manifest
from visitsync.connector_kit.pages import FetchedPage, RawRecord, UnreadableRecord
from visitsync.domain.appointment import Appointment, AppointmentDetail, AppointmentStatus
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry

Clock = Callable[[], datetime]
"""Tells the present instant (aware, UTC)."""


class CredentialStore(Protocol):
    """The credentials of one connection, kept encrypted elsewhere; at most one holder changes them at a time."""

    def read(self) -> Mapping[str, str]:
        """The credentials as last saved."""

    def renew(self, renewal: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Mapping[str, str]:
        """Calls `renewal` with the current credentials under a lock shared by all workers; saves what it returns.

        Whoever waited for the lock is called with what the other one saved, and may return it unchanged.
        """


class ConnectionConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how one practice's EMR is asked."""

    connection_id: str
    base_url: str
    settings: Mapping[str, str] = {}
    """By the names of manifest.settings; missing ones take their default."""
    practice_zone: str
    allows_loopback: bool = False
    """Only for simulators: lets the base URL point at this machine over plain HTTP."""


class ConnectionCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial sign-in showed: everything fine, or what to mend before the connection can work."""

    is_working: bool
    problems: tuple[str, ...] = ()
    """For the practice admin: what is missing and where to grant it."""
    facts: Mapping[str, str] = {}
    """What was learned, for instance the practice's name in the EMR; no patient data."""


class Connector(Protocol):
    """Fetches from one practice's EMR. Every method raises the errors of errors.py and respects the shared budget.

    Readers yield pages one by one and ask for the next only when the last was saved; a reader that ends without an
    error has read everything it was asked for. A bookmark taken from any page resumes after it, in any later process.
    """

    manifest: Manifest

    def check(self) -> ConnectionCheck:
        """Signs in and looks at what the connecting user may see. Raises TryAgainLater during an outage."""

    def read_catalog(self) -> Iterator[FetchedPage]:
        """Appointment types, locations and practitioners, complete."""

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Appointments changed since the bookmark (with the overlap that this EMR needs). None: since just now.

        Yields at least one page, so that the bookmark moves on even where nothing changed.
        """

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        """Every appointment on these days (both included, wall dates), independently of what changed."""

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        """One appointment now. A record that is absent says that the EMR no longer has it."""

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """What the list did not say about these appointments; nothing where lists say everything."""

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients, in the given order where one by one; other patients may ride along."""

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        """Patients changed since the bookmark, where the EMR can tell; like read_changes."""


class TranslationContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a translator may know besides the record itself."""

    practice_zone: str
    settings: Mapping[str, str] = {}
    locations: Mapping[str, CatalogEntry] = {}
    practitioners: Mapping[str, CatalogEntry] = {}
    appointment_types: Mapping[str, CatalogEntry] = {}
    status_meanings: Mapping[str, AppointmentStatus] = {}


class Translator(Protocol):
    """Understands one EMR's payloads. Pure; raises RecordUnreadable for a record, AnswerUnreadable for a page."""

    version: str
    """Changes whenever the same bytes may translate to something else; all records are then translated again."""

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """The records of a page, in order. Raises AnswerUnreadable unless it surely answers the question."""

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment: ...

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail: ...

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient: ...

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry: ...

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes less what must never be kept (a social security number); what storage keeps."""

    def page_from_file(self, body: bytes) -> FetchedPage:
        """Guesses what a saved payload is from its shape, for `visitsync translate`. Raises AnswerUnreadable."""


class PushTranslator(Translator, Protocol):
    """Understands messages, which say what has changed and leave out the rest."""

    def appointment_after(
        self, record: RawRecord, context: TranslationContext, known: Appointment | None
    ) -> Appointment | None:
        """The appointment as it stands after an APPOINTMENT_UPDATE; None where the update says nothing new.

        Messages may come late or twice: an older one (by `changed_at`) never turns back what a newer one said.
        """

    def patient_after(self, record: RawRecord, context: TranslationContext, known: Patient | None) -> Patient | None:
        """The same for a PATIENT_UPDATE."""


class Reception(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with one pushed message, found out from its bytes alone."""

    answer: bytes
    """What the sender is told once `page` is committed; at once where there is none."""
    page: FetchedPage | None
    """What to keep and take in. None: nothing of it concerns us, or it was refused."""
    delivery_id: str | None = None
    """The same for the same message sent again, which is then answered and not taken in twice."""
    sent_at: datetime | None = None
    """By the sender's clock (aware, UTC)."""
    refusal: str = ""
    """For engineers: why the sender is told no; never a value of the message. "" where it is accepted."""


class Receiver(Protocol):
    """Understands the envelope of what one EMR pushes. Pure."""

    def receive(self, body: bytes, config: ConnectionConfig, *, now: datetime, answer_id: str) -> Reception:
        """Never raises: whatever cannot be read is refused on purpose, in the sender's own language."""

    def busy(self, body: bytes, config: ConnectionConfig, *, now: datetime, answer_id: str) -> bytes | None:
        """What the sender is told when nothing can be kept just now; None: hang up, so that it sends again."""


class ConnectorModule(Protocol):
    """What a connector's folder offers: connectors/<emr>/__init__.py exposes these names."""

    MANIFEST: Manifest
    TRANSLATOR: Translator
    # RECEIVER: Receiver, only where manifest.feed is PUSH.

    def open_connection(
        self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock
    ) -> Connector: ...
