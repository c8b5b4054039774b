"""The practice's schedule as Kareo keeps it: what lists show, what an id means, what reasons and resources say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from visitsync.connectors.kareo.simulator.account import Account
from visitsync.simulator_kit.records import Appointment, Patient, Practitioner

ROOM_ID_BASE = 9_000
PROVIDER, OTHER_RESOURCE = "1", "2"
"""ResourceTypeID: 1 is a provider, anything else a resource of the practice."""

OTHER_REASONS = ((8_101, "Lab Review"), (8_102, "Paperwork"))
"""Reasons of the practice that may fill the slots before the one that matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One of the ten numbered places of an appointment for a reason or a resource."""

    number: int
    id: int
    name: str
    kind: str = ""


class Schedule:
    """Finds appointments by time and by Kareo's id."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._clinic = account.clinic
        self._sorted: list[tuple[datetime, int, Appointment]] = []
        self._sorted_at_revision = -1

    def between(self, first: datetime | None, last: datetime | None) -> Iterator[tuple[datetime, Appointment]]:
        """What lists show as starting from `first` to `last` (aware, both included), with the start, in time order."""
        entries = self._entries()
        at = 0 if first is None else bisect_left(entries, (first,))
        for start, _, appointment in entries[at:] if last is None else _until(entries, at, last):
            yield start, appointment

    def kareo_id(self, appointment: Appointment) -> int:
        """The id on the wire; occurrences of a series may share the series' own."""
        if appointment.series_id is not None and self._account.is_variant("series", "shared_id"):
            return appointment.series_id
        return appointment.id

    def called(self, kareo_id: int) -> Appointment | None:
        """The appointment that Kareo calls so, deleted ones included; of a series the first that is left."""
        shelf, now = self._clinic.appointments, self._account.now
        found = shelf.shown_one(kareo_id, now)
        if self._account.is_variant("series", "shared_id") and (found is None or found.is_archived):
            others = [a for a in self._clinic.occurrences_of(kareo_id) if not a.is_archived]
            found = next(iter(others), found)
        return found or shelf.removed.get(kareo_id)

    def is_deleted(self, appointment: Appointment) -> bool:
        """Deleted as staff see it: gone from every list."""
        return appointment.is_archived or appointment.id not in self._clinic.appointments

    def patient_of(self, appointment: Appointment) -> Patient | None:
        """The patient; None for a block."""
        number = appointment.patient_id
        return None if number is None else self._clinic.patients.shown_one(number, self._account.now)

    def location_name(self, appointment: Appointment) -> str:
        """The service location's name."""
        location = self._clinic.locations.get(appointment.location_id)
        return location.name if location else ""

    def reasons(self, appointment: Appointment) -> list[Slot]:
        """The reasons in their slots: one that matters, which may stand anywhere among the ten."""
        kind = None if appointment.type_id is None else self._clinic.types.get(appointment.type_id)
        if kind is None:
            return []
        before = 0 if self._account.is_variant("reason_slot", "first") else _SLOT_SHIFTS[appointment.id % 8]
        others = [Slot(number=n + 1, id=key, name=name) for n, (key, name) in enumerate(OTHER_REASONS[:before])]
        number = 10 if before > len(others) else before + 1
        return [*others, Slot(number=number, id=kind.id, name=kind.name)]

    def resources(self, appointment: Appointment) -> list[Slot]:
        """Provider and room in their slots; the provider is not always in the first."""
        booked = self._clinic.practitioners.get(appointment.practitioner_id)
        room = self._room(appointment)
        names = [] if booked is None else [(booked.id, resource_name(booked), _resource_kind(booked))]
        if room is not None:
            names.append((ROOM_ID_BASE + appointment.room, room, OTHER_RESOURCE))
        if self._account.is_variant("provider_slot", "any") and appointment.id % 3 == 0:
            names.reverse()
        return [Slot(number=n + 1, id=key, name=name, kind=kind) for n, (key, name, kind) in enumerate(names)]

    def _room(self, appointment: Appointment) -> str | None:
        location = self._clinic.locations.get(appointment.location_id)
        rooms = location.rooms if location else ()
        return rooms[appointment.room - 1] if 0 < appointment.room <= len(rooms) else None

    def _entries(self) -> list[tuple[datetime, int, Appointment]]:
        shelf, now = self._clinic.appointments, self._account.now
        is_settled = shelf.is_settled(now)
        if not is_settled or self._sorted_at_revision != shelf.revision + self._clinic.locations.revision:
            shown = [a for a in shelf.shown(now).values() if not a.is_archived]
            self._sorted = sorted((self._clinic.instant_of(a), a.id, a) for a in shown)
            settled_revision = shelf.revision + self._clinic.locations.revision
            self._sorted_at_revision = settled_revision if is_settled else -1
        return self._sorted


def resource_name(booked: Practitioner) -> str:
    """How schedule and lists print a provider: `Imara Osei, MD`."""
    return f"{booked.name}, {booked.suffix}" if booked.suffix else booked.name


def length_of(appointment: Appointment) -> timedelta:
    """From its start to its end."""
    return timedelta(minutes=appointment.minutes)


# Five in eight appointments have the reason first, the others second, third or tenth.
_SLOT_SHIFTS = (0, 0, 0, 0, 0, 1, 2, 9)


def _resource_kind(booked: Practitioner) -> str:
    return PROVIDER if booked.is_provider else OTHER_RESOURCE


def _until(
    entries: list[tuple[datetime, int, Appointment]], at: int, last: datetime
) -> Iterator[tuple[datetime, int, Appointment]]:
    for entry in entries[at:]:
        if entry[0] > last:
            return
        yield entry
