"""What staff type when they ask where an appointment is, turned into the appointments that may be meant."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.email_address import canonical
from visitsync.domain.local_time import zone_named
from visitsync.storage import appointments, catalog, patients
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.people import name_index

LONGEST_QUERY = 200
MOST_WORDS = 6
SHORTEST_PART_OF_AN_ID = 5
_NEAR_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look: one connection of the practice, on the practice's clocks."""

    connection_id: UUID
    zone: str
    now: datetime


class LookedUp(msgspec.Struct, frozen=True, kw_only=True):
    """The appointments that may be meant, and as what the question was understood."""

    understood_as: tuple[str, ...]
    found: tuple[StoredAppointment, ...]


def look_up(transaction: Transaction, vault: Vault, place: Place, query: str) -> LookedUp:
    """Everything on this connection that the question may mean: an id, a patient, a provider, a day."""
    text = query.strip()[:LONGEST_QUERY]
    found: dict[str, StoredAppointment] = {}
    understood: list[str] = []
    for meaning, search in _SEARCHES.items():
        met = list(search(transaction, vault, place, text))
        if met:
            understood.append(meaning)
            found.update((one.appointment.id, one) for one in met)
    return LookedUp(understood_as=tuple(understood), found=tuple(found.values()))


def day_meant(text: str, today: date) -> date | None:
    """The day that a text names: 2026-11-24, 11/24/2026, today, tomorrow, a weekday (the next one, today included)."""
    word = text.strip().casefold()
    if word in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[word])
    if word in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(word) - today.weekday()) % 7)
    try:
        if _ISO_DAY.fullmatch(word):
            return date.fromisoformat(word)
        if parts := _US_DAY.fullmatch(word):
            month, day, year = map(int, parts.groups())
            return date(year, month, day)
    except ValueError:
        return None
    return None


def _by_appointment_id(transaction: Transaction, vault: Vault, place: Place, text: str) -> Iterator[StoredAppointment]:
    """By its whole id, else by a part of it: some EMRs call every occurrence of a series by one number and its day."""
    exact = appointments.find(transaction, vault, place.connection_id, [text])
    yield from exact
    if exact or not text.isalnum():
        return
    if called := appointments.numbered(transaction, place.connection_id, text):
        yield from appointments.find(transaction, vault, place.connection_id, called)
    elif len(text) >= SHORTEST_PART_OF_AN_ID:
        yield from _select(transaction, vault, place, "position(%(part)s in appointment_id) > 0", part=text)


def _by_patient_id(transaction: Transaction, vault: Vault, place: Place, text: str) -> Iterator[StoredAppointment]:
    yield from _of_patients(transaction, vault, place, [text])


def _by_email(transaction: Transaction, vault: Vault, place: Place, text: str) -> Iterator[StoredAppointment]:
    if "@" not in text:
        return
    index = vault.blind_index(transaction.practice_id, canonical(text))
    holders = patients.holders_of_emails(transaction, place.connection_id, [index]).get(index, [])
    yield from _of_patients(transaction, vault, place, [holder for holder in holders if ":" not in holder])


def _by_patient_name(transaction: Transaction, vault: Vault, place: Place, text: str) -> Iterator[StoredAppointment]:
    ids = {
        patient_id
        for names in _as_names(text)
        for connection_id, patient_id in patients.named(transaction, _indexes(transaction, vault, names))
        if connection_id == place.connection_id
    }
    yield from _of_patients(transaction, vault, place, sorted(ids))


def _by_provider(transaction: Transaction, vault: Vault, place: Place, text: str) -> Iterator[StoredAppointment]:
    """Those still to come; a part of the name is enough."""
    wanted = text.casefold()
    if len(wanted) < 3:
        return
    known = catalog.entries(transaction, place.connection_id, RecordKind.PRACTITIONER)
    ids = [entry.id for entry in known.values() if wanted in entry.name.casefold()]
    if ids:
        where = "practitioner_id = any(%(ids)s) and end_at > %(now)s and start_at < %(until)s"
        yield from _select(
            transaction, vault, place, where, ids=ids, now=place.now, until=place.now + timedelta(days=14)
        )


def _by_day(transaction: Transaction, vault: Vault, place: Place, text: str) -> Iterator[StoredAppointment]:
    """All whose wall clock shows that day, in whichever zone they are."""
    zone = zone_named(place.zone)
    day = day_meant(text, place.now.astimezone(zone).date())
    if day is None:
        return
    begins = datetime.combine(day, time(), zone)
    around = {"begins": begins - timedelta(days=1), "ends": begins + timedelta(days=2)}
    for one in _select(transaction, vault, place, "start_at >= %(begins)s and start_at < %(ends)s", **around):
        if one.appointment.start.wall.date() == day:
            yield one


_Search = Callable[[Transaction, Vault, Place, str], Iterator[StoredAppointment]]
_SEARCHES: dict[str, _Search] = {
    "appointment": _by_appointment_id,
    "patient number": _by_patient_id,
    "e-mail": _by_email,
    "patient": _by_patient_name,
    "provider": _by_provider,
    "day": _by_day,
}


def _of_patients(
    transaction: Transaction, vault: Vault, place: Place, ids: Sequence[str]
) -> Iterator[StoredAppointment]:
    if ids:
        where = """(patient_id = any(%(ids)s) or appointment_id in (
                        select appointment_id from group_member where practice_id = %(practice)s
                        and connection_id = %(connection)s and patient_id = any(%(ids)s)))"""
        yield from _select(transaction, vault, place, where, ids=list(ids))


def _select(
    transaction: Transaction, vault: Vault, place: Place, where: str, **parameters: Any
) -> Iterator[StoredAppointment]:
    condition = f"connection_id = %(connection)s and {where}"
    for batch in appointments.select(transaction, vault, condition, {"connection": place.connection_id, **parameters}):
        yield from batch


def _as_names(text: str) -> Iterator[tuple[str, ...]]:
    """The whole as one name, and every way to part it into first and last name, in either order."""
    words = text.replace(",", " ").split()[:MOST_WORDS]
    if not words or "@" in text:
        return
    yield (" ".join(words),)
    for cut in range(1, len(words)):
        yield " ".join(words[:cut]), " ".join(words[cut:])


def _indexes(transaction: Transaction, vault: Vault, names: Sequence[str]) -> list[tuple[bytes, bytes]]:
    pairs = (
        (
            name_index(vault, transaction.practice_id, "first", name),
            name_index(vault, transaction.practice_id, "last", name),
        )
        for name in names
    )
    return [(first, last) for first, last in pairs if first is not None and last is not None]
