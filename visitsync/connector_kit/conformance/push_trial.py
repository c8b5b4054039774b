"""One trial of pushed messages: a clinic, its pretend sender, and what folding the messages came to. No network."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol, cast

import msgspec

from visitsync.connector_kit.conformance.trial import (
    DAYS_AHEAD,
    DAYS_BEHIND,
    NOON,
    Known,
    connector_module,
    simulator_module,
)
from visitsync.connector_kit.connector import (
    ConnectionConfig,
    PushTranslator,
    Receiver,
    Reception,
    TranslationContext,
)
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import CATALOG_KINDS, FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.hl7v2.letters import Letter


class Sender(Protocol):
    """What a pretend sender offers besides being an App."""

    def take_all(self) -> list[Letter]:
        """Every message that waits, oldest first."""
        ...

    def patient_key(self, patient_id: int) -> str:
        """What a receiver calls this chart."""
        ...


class PushKnown(Known):
    """What the messages came to, in the clinic's own numbers."""

    charts: dict[str, str] = msgspec.field(default_factory=dict)
    """What a chart is called → the clinic's number of it."""
    present: set[str] = msgspec.field(default_factory=set)
    """What the clinic still has: a sender may tell a deletion as a cancellation."""

    def living(self) -> dict[str, Appointment]:
        """The appointments that are still there, with patients by the clinic's numbers."""
        ended = AppointmentStatus.CANCELLED
        return {
            key: msgspec.structs.replace(each, patient_id=self.charts.get(each.patient_id or "", each.patient_id))
            for key, each in self.appointments.items()
            if not each.is_deleted and (key in self.present or each.status is not ended)
        }


class PushTrial:
    """The messages of a clinic, received and folded as the engine does it."""

    def __init__(
        self,
        emr: str,
        *,
        clinic: Clinic | None = None,
        variants: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.clock = cast(VirtualClock, clinic.clock) if clinic else VirtualClock.frozen_at(NOON)
        self.clinic = clinic or Clinic(clock=self.clock)
        self.module = connector_module(emr)
        self.app: App = simulator_module(emr).simulator(self.clinic, clock=self.clock, variants=variants or {})
        self.settings = dict(settings or {})
        self.known = PushKnown()
        self.lists: dict[RecordKind, dict[str, CatalogEntry]] = {kind: {} for kind in CATALOG_KINDS}
        self.receptions: list[Reception] = []
        self._seen: set[str] = set()

    @property
    def sender(self) -> Sender:
        return cast(Sender, self.app)

    @property
    def translator(self) -> PushTranslator:
        return cast(PushTranslator, self.module.TRANSLATOR)

    @property
    def receiver(self) -> Receiver:
        return cast(Receiver, self.module.RECEIVER)  # type: ignore[attr-defined] # only where the feed is PUSH

    @property
    def config(self) -> ConnectionConfig:
        """The connection as a practice would have set it up."""
        return ConnectionConfig(
            connection_id="trial", base_url="", settings=self.settings, practice_zone=self.clinic.zone
        )

    @property
    def context(self) -> TranslationContext:
        """What translating may use: what messages have named so far."""
        return TranslationContext(
            practice_zone=self.clinic.zone,
            settings=self.settings,
            locations=self.lists[RecordKind.LOCATION],
            practitioners=self.lists[RecordKind.PRACTITIONER],
            appointment_types=self.lists[RecordKind.APPOINTMENT_TYPE],
        )

    @property
    def window(self) -> tuple[date, date]:
        """The wall dates that count."""
        today = self.clinic.wall_time().date()
        return today - timedelta(days=DAYS_BEHIND), today + timedelta(days=DAYS_AHEAD)

    def take_in_all(self) -> list[Letter]:
        """Everything that the sender has to say, taken in; the messages."""
        letters = self.sender.take_all()
        self.take_in(letter.body for letter in letters)
        return letters

    def take_in(self, bodies: Iterable[bytes], *, arriving: datetime | None = None) -> None:
        """These messages in this order. What was received before is answered again and not taken in twice."""
        for body in bodies:
            reception = self.receive(body, arriving=arriving)
            if reception.page is None or reception.delivery_id in self._seen:
                continue
            if reception.delivery_id is not None:
                self._seen.add(reception.delivery_id)
            self.fold(reception.page)
        self._learn_what_is_so()

    def receive(self, body: bytes, *, arriving: datetime | None = None) -> Reception:
        """The envelope of one message."""
        answer_id = f"A{len(self.receptions) + 1}"
        reception = self.receiver.receive(body, self.config, now=arriving or self.clock(), answer_id=answer_id)
        self.receptions.append(reception)
        return reception

    def fold(self, page: FetchedPage) -> None:
        """One page: what it names, then patients, then appointments."""
        order = {RecordKind.PATIENT_UPDATE: 1, RecordKind.APPOINTMENT_UPDATE: 2}
        records = self.translator.split(page)
        for record in sorted(records, key=lambda each: order.get(each.kind, 0)):
            self.known.records += 1
            if isinstance(record, UnreadableRecord):
                self.known.unreadable.append(record)
                continue
            try:
                self._fold_record(record)
            except RecordUnreadable as error:
                aside = UnreadableRecord(
                    kind=record.kind, position=0, body=record.body, reason=str(error), id=record.id
                )
                self.known.unreadable.append(aside)

    def _fold_record(self, record: RawRecord) -> None:
        known, context = self.known, self.context
        if record.kind in CATALOG_KINDS:
            entry = self.translator.catalog_entry(record, context)
            self.lists[record.kind][entry.id] = entry
        elif record.kind is RecordKind.PATIENT_UPDATE:
            patient = self.translator.patient_after(record, context, known.patients.get(record.id))
            if patient is not None:
                known.patients[record.id] = patient
                self._follow_merge(patient)
        else:
            after = self.translator.appointment_after(record, context, known.appointments.get(record.id))
            if after is not None:
                known.appointments[record.id] = self._on_surviving_chart(after)

    def _follow_merge(self, patient: Patient) -> None:
        if patient.status is PatientStatus.MERGED:
            for key, each in self.known.appointments.items():
                self.known.appointments[key] = self._on_surviving_chart(each)

    def _on_surviving_chart(self, appointment: Appointment) -> Appointment:
        chart = self.known.patients.get(appointment.patient_id or "")
        if chart is None or chart.status is not PatientStatus.MERGED:
            return appointment
        return msgspec.structs.replace(appointment, patient_id=chart.merged_into_id)

    def _learn_what_is_so(self) -> None:
        """The clinic's own numbers, for comparing."""
        charts = [*self.clinic.patients, *self.clinic.patients.removed.values()]
        self.known.charts = {self.sender.patient_key(each.id): str(each.id) for each in charts}
        self.known.present = {self.app.vendor_id(each.id) for each in self.clinic.appointments if not each.is_archived}


def edited(trial: PushTrial, edits: Iterable[Any], seconds: int = 70) -> None:
    """Carry out these edits, some time apart, so that each message has a time of its own."""
    for edit in edits:
        trial.clock.advance(timedelta(seconds=seconds))
        edit(trial.clinic)
