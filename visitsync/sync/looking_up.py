"""What staff type when they ask where an appointment is, turned into the appointments that may be meant."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from unicodedata import combining, normalize
from uuid import UUID

import msgspec

from visitsync.domain.email_address import canonical
from visitsync.domain.local_time import zone_named
from visitsync.domain.patient import Patient
from visitsync.storage import appointment_lists, patients
from visitsync.storage.appointment_lists import LONGEST, Key, Met
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.office import Office
from visitsync.sync.people import name_index
from visitsync.sync.question import Question, understood

MOST_WORDS = 6
SHORTEST_PART_OF_AN_ID = 5
SHORTEST_PART_OF_A_NAME = 3
MOST_OPENED = 2_000
"""Patients whose names are compared where only a part of a name is known: those with the nearest appointments."""
PROVIDERS_AHEAD = timedelta(days=14)


class LookedUp(msgspec.Struct, frozen=True, kw_only=True):
    """The appointments that may be meant, and as what the question was understood."""

    understood_as: tuple[str, ...]
    day: date | None
    """The day that the question names."""
    found: tuple[Met, ...]
    """Those to come first, the nearest first."""


class _Search(msgspec.Struct, frozen=True, kw_only=True):
    transaction: Transaction
    vault: Vault
    office: Office
    question: Question
    who: str
    """The whole question, or what it says besides the day."""


def look_up(transaction: Transaction, vault: Vault, office: Office, query: str) -> LookedUp:
    """Everything in the practice that the question may mean: an id, a patient, a provider, a day, or one on a day."""
    question = understood(query, office.now.astimezone(zone_named(office.zone)).date())
    search = _Search(transaction=transaction, vault=vault, office=office, question=question, who=question.text)
    found: dict[Key, Met] = {}
    meanings = _meant(search, found)
    if question.day is not None:
        on_day = {one.key: one for one in _on_day(search, question.day)}
        if question.rest:
            theirs: dict[Key, Met] = {}
            also = _meant(msgspec.structs.replace(search, who=question.rest), theirs)
            on_day = {key: one for key, one in on_day.items() if key in theirs}
            meanings += also if on_day else []
        meanings += ["day"] if on_day else []
        found |= on_day
    in_order = sorted(found.values(), key=lambda one: nearest_first(one, office.now))
    return LookedUp(understood_as=tuple(dict.fromkeys(meanings)), day=question.day, found=tuple(in_order))


def nearest_first(one: Met, now: datetime) -> tuple[bool, float]:
    """Those to come, the nearest first; then those that are past, the latest first."""
    return one.end_at <= now, abs((one.start_at - now).total_seconds())


def _meant(search: _Search, found: dict[Key, Met]) -> list[str]:
    """Adds what is found to `found`; returns as what the words were understood."""
    meanings = []
    for meaning, look in _SEARCHES.items():
        met = list(look(search))
        if met:
            meanings.append(meaning)
            found.update((one.key, one) for one in met)
    return meanings


def _by_appointment_id(search: _Search) -> Sequence[Met]:
    """By its whole id, else by a part of it: some EMRs call every occurrence of a series by one number and its day.

    Senders' own numbers stand behind a slash (hl7v2).
    """
    who, transaction = search.who, search.transaction
    exact = appointment_lists.met(transaction, "appointment_id = %(id)s", {"id": who})
    if exact or not who.isalnum() or not any(map(str.isdecimal, who)):
        return exact
    slash = {"length": len(who) + 1, "end": f"/{who}"}
    called = appointment_lists.met(transaction, "right(appointment_id, %(length)s) = %(end)s", slash)
    if called or len(who) < SHORTEST_PART_OF_AN_ID:
        return called
    return appointment_lists.met(transaction, "position(%(part)s in appointment_id) > 0", {"part": who})


def _by_patient_id(search: _Search) -> Sequence[Met]:
    keys = [(connection_id, search.who) for connection_id in search.office.desks]
    return appointment_lists.of_patients(search.transaction, keys)


def _by_email(search: _Search) -> Sequence[Met]:
    if "@" not in search.who:
        return ()
    index = search.vault.blind_index(search.transaction.practice_id, canonical(search.who))
    return appointment_lists.of_patients(search.transaction, patients.with_email(search.transaction, index))


def _by_patient_name(search: _Search) -> Sequence[Met]:
    """By whole names; a part of a name is compared with those who have the nearest appointments."""
    words = search.who.replace(",", " ").split()[:MOST_WORDS]
    if not words or "@" in search.who:
        return ()
    ways = [_indexes(search, names) for names in _as_names(words)]
    keys = set(patients.named(search.transaction, ways))
    is_partly_a_day = search.question.day is not None and search.who == search.question.text
    if not is_partly_a_day and (not keys or len(words) == 1):
        keys |= _named_in_part(search, words)
    return appointment_lists.of_patients(search.transaction, sorted(keys))


def _by_provider(search: _Search) -> Sequence[Met]:
    """Those still to come soon, or on the day that is asked for; a part of the name is enough."""
    wanted, office = search.who.casefold(), search.office
    if len(wanted) < SHORTEST_PART_OF_A_NAME:
        return ()
    theirs = list(_providers_called(wanted, office))
    if not theirs:
        return ()
    if search.question.day is not None:
        first, before = _around(search.question.day, office)
    else:
        first, before = office.now, office.now + PROVIDERS_AHEAD
    return appointment_lists.with_practitioners(search.transaction, theirs, first - LONGEST, before, ends_after=first)


def _on_day(search: _Search, day: date) -> Iterator[Met]:
    """All whose wall clock shows that day, in whichever zone they are."""
    first, before = _around(day, search.office)
    for one, met in appointment_lists.opened_between(search.transaction, search.vault, first, before):
        if one.appointment.start.wall.date() == day:
            yield met


_SEARCHES: dict[str, Callable[[_Search], Sequence[Met]]] = {
    "appointment": _by_appointment_id,
    "patient number": _by_patient_id,
    "e-mail": _by_email,
    "patient": _by_patient_name,
    "provider": _by_provider,
}


def _around(day: date, office: Office) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time(), zone_named(office.zone))
    return begins - timedelta(days=1), begins + timedelta(days=2)


def _providers_called(wanted: str, office: Office) -> Iterator[tuple[UUID, str]]:
    for connection_id, desk in office.desks.items():
        for entry in desk.practice.practitioners.values():
            if wanted in entry.name.casefold():
                yield connection_id, entry.id


def _as_names(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The whole as one name, and every way to part it into first and last name, in either order."""
    yield (" ".join(words),)
    for cut in range(1, len(words)):
        yield " ".join(words[:cut]), " ".join(words[cut:])


def _indexes(search: _Search, names: Iterable[str]) -> list[tuple[bytes, bytes]]:
    vault, practice_id = search.vault, search.transaction.practice_id
    pairs = (
        (name_index(vault, practice_id, "first", name), name_index(vault, practice_id, "last", name)) for name in names
    )
    return [(first, last) for first, last in pairs if first is not None and last is not None]


def _named_in_part(search: _Search, words: Sequence[str]) -> set[Key]:
    """Who has, for each of these words, a name that begins with it; accents and case aside."""
    parts = [_folded(word) for word in words]
    if max(map(len, parts)) < SHORTEST_PART_OF_A_NAME or any(map(str.isdecimal, search.who)):
        return set()
    around = appointment_lists.patients_around(search.transaction, search.office.now, at_most=MOST_OPENED)
    people = patients.find_everywhere(search.transaction, search.vault, around)
    return {key for key, patient in people.items() if _is_called(patient, parts)}


def _is_called(patient: Patient, parts: Sequence[str]) -> bool:
    names = _folded(f"{patient.first_name} {patient.last_name}").replace("-", " ").split()
    return all(any(name.startswith(part) for name in names) for part in parts)


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))
