"""What stands behind each of the seven checks, as booked and as read: shown also where the check is passed."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from visitsync.domain.appointment import Appointment, Mark
from visitsync.domain.decision import Outcome
from visitsync.domain.evidence_text import shown
from visitsync.domain.explanation import DEFAULT_WORDS, Screen, moment
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry, Demographic, PracticeContext
from visitsync.domain.time_words import wall_in_words, zone_letters
from visitsync.rules.conditions import TYPE_LIKE


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks looked at."""

    appointment: Appointment
    patient: Patient | None
    practice: PracticeContext
    screen: Screen
    outcome: Outcome


def evidence_by_section(found: Evidence) -> dict[int, str]:
    """Section of the article → one sentence; sections about which nothing was read are left out.

    No whole e-mail address is shown, and no free text that may speak of a person.
    """
    said = {section: say(found) for section, say in _SAYINGS.items()}
    return {section: sentence for section, sentence in said.items() if sentence}


def _marks(found: Evidence) -> str:
    """All marks of a kind that counts here, as booked."""
    kinds = {condition.kind for condition in found.practice.connection.recognition.conditions} or TYPE_LIKE
    marks = [one for one in found.appointment.marks if one.kind in kinds]
    said = dict.fromkeys(
        f"{_word(one.kind, found.screen)} is {text}" for one in marks if (text := _mark(one, found.practice))
    )
    return _sentence(", ".join(said))


def _mark(mark: Mark, practice: PracticeContext) -> str:
    entry = practice.appointment_types.get(mark.id or "") or practice.locations.get(mark.id or "")
    if entry is not None:
        return f"“{shown(entry.name)}”"
    names = {one.name for one in practice.appointment_types.values()}
    if mark.text and (mark.id or mark.text in names or not names):
        return f"“{shown(mark.text)}”"
    return f"number {shown(mark.id)}" if mark.id else "typed in freely" if mark.text else ""


def _email(found: Evidence) -> str:
    if found.patient is None:
        return ""
    return _sentence(f"E-mail on the record: {_masked(found.patient.email) if found.patient.email else 'none'}")


def _masked(address: str) -> str:
    name, at, domain = address.strip().rpartition("@")
    return f"{shown(name[:1])}…@{shown(domain)}" if at else "not an address"


def _time(found: Evidence) -> str:
    booked_at, start = found.appointment.booked_at, found.appointment.start.instant
    if booked_at is None:
        return ""
    return f"Booked {moment(booked_at, found.screen)}, {_span(start - booked_at)}."


def _span(ahead: timedelta) -> str:
    minutes = int(ahead.total_seconds() // 60)
    if minutes < 0:
        return "after it had begun"
    for size, word in ((1_440, "day"), (60, "hour"), (1, "minute")):
        if count := minutes // size:
            return f"{count} {word}{'s' if count > 1 else ''} ahead"
    return "as it began"


def _demographics(found: Evidence) -> str:
    required = found.practice.connection.required_demographics - {Demographic.EMAIL}
    if found.patient is None or not required:
        return ""
    return f"Required here: {', '.join(one.value for one in Demographic if one in required)}."


def _starts(found: Evidence) -> str:
    start = found.appointment.start
    letters = f" {zone_letters(start.instant, start.zone)}" if found.screen.names_zone else ""
    return f"Starts {wall_in_words(start.wall)}{letters}."


def _provider(found: Evidence) -> str:
    entry: CatalogEntry | None = found.practice.practitioners.get(found.appointment.practitioner_id or "")
    if entry is None:
        return ""
    return f"{shown(entry.name)} is {'' if entry.is_connected else 'not '}enabled."


def _word(kind: str, screen: Screen) -> str:
    return screen.words.get(kind) or DEFAULT_WORDS.get(kind, kind)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


_SAYINGS: Mapping[int, Callable[[Evidence], str]] = {
    1: _marks,
    2: _email,
    4: _time,
    5: _demographics,
    6: _starts,
    7: _provider,
}
