"""One trial: a clinic, its pretend EMR served over real HTTP, a connection to it, and what that understood."""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any, cast

import msgspec

from visitsync.connector_kit.conformance.far_side import MemoryBudget, MemoryCredentials
from visitsync.connector_kit.connector import ConnectionConfig, Connector, ConnectorModule, TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import CATALOG_KINDS, FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry
from visitsync.simulator_kit.app import App, SimulatorModule
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.server import SimulatorServer

NOON = datetime(2026, 11, 9, 17, 0, tzinfo=UTC)
"""When trials take place unless they say otherwise: a Monday noon in New York, a week after the clocks went back."""
DAYS_BEHIND, DAYS_AHEAD = 6, 140


def connector_module(emr: str) -> ConnectorModule:
    """The folder of an EMR as the rest of the house sees it."""
    return cast(ConnectorModule, importlib.import_module(f"visitsync.connectors.{emr}"))


def simulator_module(emr: str) -> SimulatorModule:
    """The pretend vendor of an EMR."""
    return cast(SimulatorModule, importlib.import_module(f"visitsync.connectors.{emr}.simulator"))


class Known(msgspec.Struct):
    """What a connection has understood so far, kept as the engine would keep it."""

    appointments: dict[str, Appointment] = {}
    patients: dict[str, Patient] = {}
    unreadable: list[UnreadableRecord] = []
    records: int = 0

    def living(self) -> dict[str, Appointment]:
        """The appointments that the EMR still holds."""
        return {key: each for key, each in self.appointments.items() if not each.is_deleted}


class Trial:
    """`with Trial(...) as trial:` serves the pretend EMR until the block ends."""

    def __init__(
        self,
        emr: str,
        *,
        clinic: Clinic | None = None,
        clock: VirtualClock | None = None,
        variants: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        credentials: Mapping[str, str] | None = None,
        path: str = "",
    ) -> None:
        self.clock = clock or (cast(VirtualClock, clinic.clock) if clinic else VirtualClock.frozen_at(NOON))
        self.clinic = clinic or Clinic(clock=self.clock)
        self.module = connector_module(emr)
        self.vendor = simulator_module(emr)
        self.app: App = self.vendor.simulator(self.clinic, clock=self.clock, variants=variants or {})
        self.server = SimulatorServer(self.app)
        self.budget = MemoryBudget(self.clock)
        self.credentials = MemoryCredentials(credentials or self.vendor.CREDENTIALS)
        self.settings = dict(settings or {})
        self.path = path
        self.known = Known()
        self._context: TranslationContext | None = None

    def __enter__(self) -> "Trial":
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.stop()

    @property
    def config(self) -> ConnectionConfig:
        """The connection as a practice would have set it up."""
        return ConnectionConfig(
            connection_id="trial",
            base_url=self.server.url + self.path,
            settings=self.settings,
            practice_zone=self.clinic.zone,
            allows_loopback=True,
        )

    def connector(self, **changes: Any) -> Connector:
        """A connector as a worker opens it, new each time; `changes` to its ConnectionConfig."""
        config = msgspec.structs.replace(self.config, **changes)
        return self.module.open_connection(config, self.credentials, self.budget, self.clock)

    @property
    def window(self) -> tuple[date, date]:
        """The wall dates that a sweep of this trial covers."""
        today = self.clinic.wall_time().date()
        return today - timedelta(days=DAYS_BEHIND), today + timedelta(days=DAYS_AHEAD)

    @property
    def context(self) -> TranslationContext:
        """What translating may use: the EMR's lists, read once."""
        if self._context is None:
            self._context = self._read_context()
        return self._context

    def sweep(self, bookmark: str | None = None) -> list[FetchedPage]:
        """The whole window, read by a new connector and taken in."""
        pages = list(self.connector().read_window(*self.window, bookmark))
        self.take_in(pages)
        return pages

    def changes(self, bookmark: str | None) -> str | None:
        """Changes since the bookmark, taken in; the bookmark to go on from."""
        for page in self.connector().read_changes(bookmark):
            self.take_in([page])
            bookmark = page.bookmark or bookmark
        return bookmark

    def fetch(self, appointment_id: str) -> Appointment | None:
        """One appointment as the EMR has it now, taken in; None if it is gone."""
        if self.module.MANIFEST.reads_single:
            self.take_in(self.connector().read_appointment(appointment_id, urgency=Urgency.PERSON_WAITS))
        else:
            self._read_its_day(appointment_id)
        found = self.known.appointments.get(appointment_id)
        return None if found is None or found.is_deleted else found

    def read_patients(self, ids: Sequence[str]) -> dict[str, Patient]:
        """These patients, read and taken in."""
        self.take_in(self.connector().read_patients(ids, urgency=Urgency.SOON))
        return {key: self.known.patients[key] for key in ids if key in self.known.patients}

    def take_in(self, pages: Iterable[FetchedPage]) -> None:
        """Splits and translates pages, later records over earlier ones, and reads the details that rows lack."""
        lacking = [identity for page in pages for identity in self._take_in_page(page)]
        if lacking:
            details = self.connector().read_details(list(dict.fromkeys(lacking)), urgency=Urgency.SOON)
            for page in details:
                self._take_in_page(page)

    def _take_in_page(self, page: FetchedPage) -> list[str]:
        """The ids of appointments that lack detail."""
        lacking = []
        for record in self.module.TRANSLATOR.split(page):
            self.known.records += 1
            if isinstance(record, UnreadableRecord):
                self.known.unreadable.append(record)
                continue
            try:
                appointment = self._take_in_record(record)
            except RecordUnreadable as error:
                self.known.unreadable.append(_set_aside(record, error))
                continue
            if appointment is not None and appointment.lacks_detail:
                lacking.append(appointment.id)
        return lacking

    def _take_in_record(self, record: RawRecord) -> Appointment | None:
        translator, known = self.module.TRANSLATOR, self.known
        if record.kind is RecordKind.PATIENT:
            gone = Patient(id=record.id, status=PatientStatus.GONE)
            known.patients[record.id] = gone if record.is_absent else translator.patient(record, self.context)
        elif record.is_absent:
            self._bury(record.id)
        elif record.kind is RecordKind.APPOINTMENT_DETAIL:
            detail = translator.detail(record, self.context)
            known.appointments[record.id] = with_detail(known.appointments[record.id], detail)
        elif record.kind is RecordKind.APPOINTMENT:
            known.appointments[record.id] = translator.appointment(record, self.context)
            return known.appointments[record.id]
        return None

    def _read_its_day(self, identity: str) -> None:
        """Where an EMR cannot be asked for one appointment: it is gone if a complete reading of its day lacks it."""
        before = self.known.appointments.pop(identity, None)
        first, last = self.window if before is None else (before.start.wall.date(),) * 2
        self.take_in(self.connector().read_window(first, last, None))
        if before is not None:
            self.known.appointments.setdefault(identity, msgspec.structs.replace(before, is_deleted=True))

    def _bury(self, identity: str) -> None:
        found = self.known.appointments.get(identity)
        if found is not None:
            self.known.appointments[identity] = msgspec.structs.replace(found, is_deleted=True)

    def _read_context(self) -> TranslationContext:
        bare = TranslationContext(practice_zone=self.clinic.zone, settings=self.settings)
        entries: dict[RecordKind, dict[str, CatalogEntry]] = {kind: {} for kind in CATALOG_KINDS}
        for page in self.connector().read_catalog():
            for record in self.module.TRANSLATOR.split(page):
                if isinstance(record, RawRecord):
                    entry = self.module.TRANSLATOR.catalog_entry(record, bare)
                    entries[record.kind][entry.id] = entry
        return msgspec.structs.replace(
            bare,
            locations=entries[RecordKind.LOCATION],
            practitioners=entries[RecordKind.PRACTITIONER],
            appointment_types=entries[RecordKind.APPOINTMENT_TYPE],
        )


def with_detail(row: Appointment, detail: AppointmentDetail) -> Appointment:
    """A list's row with what the single record says over it."""
    told = {name: getattr(detail, name) for name in ("start", "duration_minutes", "status", "patient_id")}
    told |= {name: getattr(detail, name) for name in ("practitioner_id", "location_id", "booked_at", "changed_at")}
    return msgspec.structs.replace(
        row,
        **{name: value for name, value in told.items() if value is not None},
        marks=(*row.marks, *detail.marks),
        is_deleted=row.is_deleted or detail.is_deleted,
        is_group=row.is_group or detail.is_group,
        lacks_detail=False,
    )


def _set_aside(record: RawRecord, error: RecordUnreadable) -> UnreadableRecord:
    return UnreadableRecord(kind=record.kind, position=0, body=record.body, reason=str(error), id=record.id)
