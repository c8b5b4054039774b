"""How fast each connector's payloads are understood, on answers that its own simulator gives for a busy clinic."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
from lxml import etree

from visitsync.connector_kit.conformance.across_rooms import across_rooms
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.connector import TranslationContext, Translator
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors import supported_emrs
from visitsync.simulator_kit.clinics import a_busy_clinic

SEED = 7
PASSES = 5
"""The best of them counts: neighbours on the machine only ever add time."""
PATIENTS = 400


@dataclass(frozen=True, slots=True)
class Rate:
    """What understanding one kind of one connector's records took; seconds are of one core."""

    emr: str
    format: str
    kind: RecordKind
    records: int
    unreadable: int
    megabytes: float
    floor_seconds: float
    split_seconds: float
    translate_seconds: float

    @property
    def per_second(self) -> float:
        """Records split and translated per second of one core."""
        return self.records / (self.split_seconds + self.translate_seconds)

    @property
    def times_floor(self) -> float:
        """How many times the time it takes to decode the same bytes into nothing."""
        return (self.split_seconds + self.translate_seconds) / self.floor_seconds


def rates(appointments: int, emrs: Sequence[str] = ()) -> Iterator[Rate]:
    """Measures these connectors, else all there are; `appointments` is the size of the pretend clinic."""
    for emr in emrs or supported_emrs():
        pages, context, translator = _served(emr, appointments)
        for kind in (RecordKind.APPOINTMENT, RecordKind.PATIENT):
            if of_kind := [page for page in pages if page.kind is kind]:
                yield _measured(emr, kind, of_kind, context, translator)


def _served(emr: str, appointments: int) -> tuple[list[FetchedPage], TranslationContext, Translator]:
    """The schedule, and the charts of patients on it, as the pretend EMR serves them over HTTP."""
    told = across_rooms(emr)
    clinic = a_busy_clinic(SEED, NOON, appointments=appointments, zones=("America/New_York",))
    with Trial(emr, clinic=clinic, variants=told.variants, settings=told.settings, path=told.path) as trial:
        pages = trial.sweep()
        booked = {each.patient_id: None for each in trial.known.appointments.values() if each.patient_id}
        charts = trial.connector().read_patients(list(booked)[:PATIENTS], urgency=Urgency.SOON)
        return [*pages, *charts], trial.context, trial.module.TRANSLATOR


def _measured(
    emr: str, kind: RecordKind, pages: list[FetchedPage], context: TranslationContext, translator: Translator
) -> Rate:
    translate = {RecordKind.APPOINTMENT: translator.appointment, RecordKind.PATIENT: translator.patient}[kind]
    form = format_of(pages[0].body)
    passes = [_one_pass(pages, translator, translate, context) for _ in range(PASSES)]
    split_seconds, translate_seconds, records, unreadable = min(passes, key=lambda each: each[0] + each[1])
    return Rate(
        emr=emr,
        format=form,
        kind=kind,
        records=records,
        unreadable=unreadable,
        megabytes=sum(len(page.body) for page in pages) / 1e6,
        floor_seconds=min(_floor(pages, FLOORS[form]) for _ in range(PASSES)),
        split_seconds=split_seconds,
        translate_seconds=translate_seconds,
    )


def _one_pass(
    pages: list[FetchedPage],
    translator: Translator,
    translate: Callable[[RawRecord, TranslationContext], object],
    context: TranslationContext,
) -> tuple[float, float, int, int]:
    """Seconds of splitting and of translating, how many records there were, and how many made no sense."""
    splitting = translating = 0.0
    count = unreadable = 0
    for page in pages:
        start = time.process_time()
        records = [record for record in translator.split(page) if isinstance(record, RawRecord)]
        between = time.process_time()
        for record in records:
            try:
                translate(record, context)
            except RecordUnreadable:
                unreadable += 1
        translating += time.process_time() - between
        splitting += between - start
        count += len(records)
    return splitting, translating, count, unreadable


def _floor(pages: list[FetchedPage], decode: Callable[[bytes], object]) -> float:
    start = time.process_time()
    for page in pages:
        decode(page.body)
    return time.process_time() - start


class _Nothing(msgspec.Struct):
    """Of an object nothing is kept."""


def _decode_message(body: bytes) -> None:
    for segment in body.split(b"\r"):
        segment.split(b"|")


FLOORS: dict[str, Callable[[bytes], object]] = {
    "JSON": msgspec.json.Decoder(_Nothing | list[_Nothing]).decode,
    "FHIR": msgspec.json.Decoder(_Nothing | list[_Nothing]).decode,
    "SOAP": etree.fromstring,
    "HL7 v2": _decode_message,
}
"""What only takes the bytes apart, by format."""

AIMS = {"JSON": 100_000, "FHIR": 60_000, "SOAP": 40_000, "HL7 v2": 30_000}
"""Appointments per second of one core."""


def format_of(body: bytes) -> str:
    """The format of a payload, by its beginning."""
    start = body.lstrip(b"\xef\xbb\xbf\x0b \t\r\n")[:4096]
    if start.startswith(b"MSH"):
        return "HL7 v2"
    if start.startswith(b"<"):
        return "SOAP"
    return "FHIR" if b'"resourceType"' in start else "JSON"
