"""How often the coming appointments use what the EMR lists, and what they say that nobody has decided about."""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from threading import Lock
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment, MarkKind
from visitsync.domain.decision import Outcome
from visitsync.domain.local_time import zone_named
from visitsync.domain.practice import CatalogEntry, PracticeContext
from visitsync.rules.calendar import months_later
from visitsync.rules.conditions import TYPE_LIKE
from visitsync.rules.state import status_of
from visitsync.storage.appointment_lists import opened_between
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.days_ahead import DaysState, days_state
from visitsync.storage.present_state import present_state
from visitsync.storage.vault import Vault
from visitsync.sync.office import Office

MONTHS = 3
AT_MOST = 256
"""Practices whose counts are kept; the one that was asked for longest ago goes first."""
_NO_LONGER = frozenset({Outcome.CANCELLED, Outcome.OVER})

Entry = tuple[UUID, str]
"""Connection and id in one of its EMR's lists."""


class NearMissSeen(msgspec.Struct, frozen=True):
    """A spelling that stands on coming appointments, and the approved one that was probably meant."""

    connection_id: UUID
    kind: MarkKind
    found: str
    approved: str
    difference: str


class ListUse(msgspec.Struct, frozen=True, kw_only=True):
    """Of the appointments of the next three months that are not cancelled: how many use what."""

    types: Mapping[Entry, int]
    locations: Mapping[Entry, int]
    practitioners: Mapping[Entry, int]
    speaking_of_video: Mapping[Entry, int]
    """Type → how many of those so booked speak of video in their note or reason."""
    statuses_unknown: Mapping[tuple[UUID, str], int]
    """Connection and the practice's own status, which nobody has given a meaning → how many."""
    near_misses: Mapping[NearMissSeen, int]


class ListUses:
    """Counts by practice, kept until an appointment, a setting or a list of it changes; shared between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[tuple[int, DaysState], ListUse]] = OrderedDict()
        self._lock = Lock()

    def of(self, transaction: Transaction, vault: Vault, office: Office) -> ListUse:
        """Two queries, and a third that opens the coming appointments if anything changed since the last time."""
        first, before = office.now, _ends(office)
        key = present_state(transaction).revision, days_state(transaction, first, before)
        with self._lock:
            kept = self._kept.get(transaction.practice_id)
        if kept is None or kept[0] != key:
            opened = (stored for stored, _ in opened_between(transaction, vault, first, before))
            kept = key, list_use(opened, office)
        self._keep(transaction.practice_id, kept)
        return kept[1]

    def _keep(self, practice_id: UUID, kept: tuple[tuple[int, DaysState], ListUse]) -> None:
        with self._lock:
            self._kept[practice_id] = kept
            self._kept.move_to_end(practice_id)
            while len(self._kept) > AT_MOST:
                self._kept.popitem(last=False)


def list_use(appointments: Iterable[StoredAppointment], office: Office) -> ListUse:
    """Counts these appointments."""
    types: Counter[Entry] = Counter()
    locations: Counter[Entry] = Counter()
    practitioners: Counter[Entry] = Counter()
    speaking: Counter[Entry] = Counter()
    statuses: Counter[tuple[UUID, str]] = Counter()
    near_misses: Counter[NearMissSeen] = Counter()
    finders = {identity: _Finder(desk.practice) for identity, desk in office.desks.items()}
    for stored in appointments:
        if Outcome(stored.outcome) in _NO_LONGER or stored.connection_id not in finders:
            continue
        connection, appointment, finder = stored.connection_id, stored.appointment, finders[stored.connection_id]
        booked_as = [(connection, one) for one in finder.types(appointment)]
        types.update(booked_as)
        speaking.update(booked_as if appointment.video_words else ())
        locations.update((connection, one) for one in finder.location(appointment))
        practitioners.update((connection, one) for one in finder.practitioner(appointment))
        statuses.update((connection, one) for one in finder.unknown_status(appointment))
        near_misses.update(_near_misses(stored))
    return ListUse(
        types=types,
        locations=locations,
        practitioners=practitioners,
        speaking_of_video=speaking,
        statuses_unknown=statuses,
        near_misses=near_misses,
    )


class _Finder:
    """Finds an appointment's types, place and person in the lists of its EMR."""

    def __init__(self, practice: PracticeContext) -> None:
        self._practice = practice
        self._types = _by_name(practice.appointment_types)
        self._locations = _by_name(practice.locations)
        self._practitioners = _by_name(practice.practitioners)

    def types(self, appointment: Appointment) -> set[str]:
        marks = [mark for mark in appointment.marks if mark.kind in TYPE_LIKE]
        return {
            one for mark in marks for one in _found(mark.id, mark.text, self._practice.appointment_types, self._types)
        }

    def location(self, appointment: Appointment) -> set[str]:
        return _found(appointment.location_id, appointment.location_name, self._practice.locations, self._locations)

    def practitioner(self, appointment: Appointment) -> set[str]:
        listed = self._practice.practitioners
        return _found(appointment.practitioner_id, appointment.practitioner_name, listed, self._practitioners)

    def unknown_status(self, appointment: Appointment) -> set[str]:
        known = status_of(appointment, self._practice.connection.status_meanings)
        word = appointment.status_text.strip()
        return {word} if known is None and word else set()


def _by_name(entries: Mapping[str, CatalogEntry]) -> dict[str, str]:
    """Name (or another text for it) → the first id that has it."""
    return {name: entry.id for entry in reversed(list(entries.values())) for name in (*entry.synonyms, entry.name)}


def _found(
    identity: str | None, name: str | None, entries: Mapping[str, CatalogEntry], by_name: Mapping[str, str]
) -> set[str]:
    if identity in entries:
        return {str(identity)}
    return {by_name[name]} if name is not None and name in by_name else set()


def _near_misses(stored: StoredAppointment) -> set[NearMissSeen]:
    if b"type-misspelt" not in stored.findings:
        return set()
    evidence = (one.evidence for one in stored.decided().findings if one.code == "type-misspelt")
    return {
        NearMissSeen(
            stored.connection_id,
            MarkKind(one.get("kind", MarkKind.TYPE)),
            one.get("found", ""),
            one.get("approved", ""),
            one.get("difference", ""),
        )
        for one in evidence
    }


def _ends(office: Office) -> datetime:
    zone = zone_named(office.zone)
    last = months_later(office.now.astimezone(zone).date(), MONTHS)
    return datetime.combine(last, time.max, zone).astimezone(UTC)
