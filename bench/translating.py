"""How fast each connector's payloads are understood, on answers that its own simulator gives for a busy clinic."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from lxml import etree

from visitsync.connector_kit.conformance.across_rooms import across_rooms
from visitsync.connector_kit.conformance.push_trial import PushTrial
from visitsync.connector_kit.conformance.trial import NOON, Trial, connector_module
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.manifest import Feed
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors import supported_emrs
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic

SEED = 7
PASSES = 9
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
    seconds: float
    """Of splitting and translating together."""

    @property
    def per_second(self) -> float:
        """Records split and translated per second of one core."""
        return self.records / self.seconds

    @property
    def times_floor(self) -> float:
        """How many times the time it takes to decode the same bytes into nothing."""
        return self.seconds / self.floor_seconds


def rates(appointments: int, emrs: Sequence[str] = ()) -> Iterator[Rate]:
    """Measures these connectors, else all there are; `appointments` is the size of the pretend clinic."""
    for emr in emrs or supported_emrs():
        is_pushed = connector_module(emr).MANIFEST.feed is Feed.PUSH
        served = _pushed(emr, appointments) if is_pushed else _served(emr, appointments)
        for kind in served.translate:
            if pages := [page for page in served.pages if any(one.kind is kind for one in served.split(page))]:
                yield _measured(emr, kind, pages, served)


@dataclass(frozen=True, slots=True)
class _Served:
    """What one pretend EMR gave, and how each kind of record is translated."""

    pages: list[FetchedPage]
    split: Callable[[FetchedPage], list[RawRecord | UnreadableRecord]]
    translate: Mapping[RecordKind, Callable[[RawRecord], object]]


def _served(emr: str, appointments: int) -> _Served:
    """The schedule, and the charts of patients on it, as the pretend EMR serves them over HTTP."""
    told = across_rooms(emr)
    with Trial(
        emr, clinic=_clinic(appointments), variants=told.variants, settings=told.settings, path=told.path
    ) as trial:
        pages = trial.sweep()
        booked = {each.patient_id: None for each in trial.known.appointments.values() if each.patient_id}
        charts = list(trial.connector().read_patients(list(booked)[:PATIENTS], urgency=Urgency.SOON))
        translator, context = trial.module.TRANSLATOR, trial.context
    return _Served(
        pages=[*pages, *charts],
        split=translator.split,
        translate={
            RecordKind.APPOINTMENT: lambda record: translator.appointment(record, context),
            RecordKind.PATIENT: lambda record: translator.patient(record, context),
        },
    )


def _pushed(emr: str, appointments: int) -> _Served:
    """The messages by which the pretend EMR tells of its schedule and charts."""
    told = across_rooms(emr)
    trial = PushTrial(emr, clinic=_clinic(appointments), variants=told.variants, settings=told.settings)
    letters = trial.take_in_all()
    translator, context = trial.translator, trial.context
    received = (trial.receive(letter.body).page for letter in letters)
    return _Served(
        pages=[page for page in received if page is not None],
        split=translator.split,
        translate={
            RecordKind.APPOINTMENT_UPDATE: lambda record: translator.appointment_after(record, context, None),
            RecordKind.PATIENT_UPDATE: lambda record: translator.patient_after(record, context, None),
        },
    )


def _clinic(appointments: int) -> Clinic:
    return a_busy_clinic(SEED, NOON, appointments=appointments, zones=("America/New_York",))


def _measured(emr: str, kind: RecordKind, pages: list[FetchedPage], served: _Served) -> Rate:
    form = format_of(pages[0].body)
    counts = [_count(pages, kind, served) for _ in range(PASSES)]
    return Rate(
        emr=emr,
        format=form,
        kind=kind,
        records=counts[0].records,
        unreadable=counts[0].unreadable,
        megabytes=sum(len(page.body) for page in pages) / 1e6,
        floor_seconds=min(_seconds(pages, FLOORS[form]) for _ in range(PASSES)),
        split_seconds=min(_seconds_of_splitting(pages, served) for _ in range(PASSES)),
        seconds=min(count.seconds for count in counts),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """One pass over all pages, each split and then translated, as they come."""

    seconds: float
    records: int
    unreadable: int


def _count(pages: list[FetchedPage], kind: RecordKind, served: _Served) -> _Count:
    """What a message says besides (who else is in it, what it names) is split off and not translated."""
    split, translate = served.split, served.translate[kind]
    records = unreadable = 0
    start = time.process_time()
    for page in pages:
        for record in split(page):
            if record.kind is kind and isinstance(record, RawRecord):
                records += 1
                try:
                    translate(record)
                except RecordUnreadable:
                    unreadable += 1
    return _Count(time.process_time() - start, records, unreadable)


def _seconds_of_splitting(pages: list[FetchedPage], served: _Served) -> float:
    start = time.process_time()
    for page in pages:
        served.split(page)
    return time.process_time() - start


def _seconds(pages: list[FetchedPage], decode: Callable[[bytes], object]) -> float:
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
