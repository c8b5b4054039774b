"""Puts what was found, and what is known of what was not, into the shape in which the page shows it."""

from datetime import date
from uuid import UUID

import msgspec

from visitsync.domain.explanation import Explanation
from visitsync.domain.role import Permission
from visitsync.domain.time_words import day_in_words
from visitsync.sync.asked_checks import can_look_up, may_be_an_id
from visitsync.sync.day import today
from visitsync.sync.find import Found
from visitsync.sync.lines import Line
from visitsync.sync.never_received import NotReceived
from visitsync.sync.office import Office
from visitsync.sync.unreadable import Unreadable
from visitsync.web.staff.viewer import Viewer


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment that fits."""

    line: Line
    day: str
    unnamed: str
    """In place of a name that we do not have."""
    emr_name: str
    """Where the practice has more than one; else ""."""


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that has never shown what is asked for."""

    connection_id: UUID
    emr_name: str
    sentence: str
    explanations: tuple[Explanation, ...]
    is_late: bool
    """It should be here by now, if it was booked before the last reading."""
    is_told_when: bool
    """The explanations say when it was read and when it is next."""
    expected_by_text: str
    usual: str
    abnormal_minutes: int
    read_until: str
    can_look_up: bool


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one question brings up."""

    cards: tuple[Card, ...]
    not_telemedicine: tuple[Card, ...]
    left_out: int
    unreadable: tuple[Unreadable, ...]
    silent: tuple[Silent, ...]
    number: str
    """What was typed, if it may be an appointment's number."""
    may_look_up: bool
    """The viewer may ask the EMR, and some EMR can be asked."""
    spoken: str
    """How many there are, for whoever listens."""

    @property
    def is_single(self) -> bool:
        """Then it is shown in full."""
        return len(self.cards) + len(self.not_telemedicine) == 1


def results_of(found: Found, office: Office, viewer: Viewer) -> Results:
    """As the page shows them to this person."""
    silent = tuple(_silent(one, office) for one in found.not_received)
    may_look_up = viewer.may(Permission.ACT_ON_VISITS) and any(one.can_look_up for one in silent)
    return Results(
        cards=tuple(_card(line, office) for line in found.lines),
        not_telemedicine=tuple(_card(line, office) for line in found.not_telemedicine),
        left_out=found.left_out,
        unreadable=found.unreadable,
        silent=silent,
        number=found.query if may_be_an_id(found.query, office.now) else "",
        may_look_up=may_look_up,
        spoken=_spoken(len(found.lines), len(found.not_telemedicine)),
    )


def _card(line: Line, office: Office) -> Card:
    return Card(
        line=line,
        day=_day(line.day, today(office)),
        unnamed=_unnamed(line),
        emr_name=line.emr_name if len(office.desks) > 1 else "",
    )


def _day(day: date, today: date) -> str:
    words = day_in_words(day, today)
    return words[0].upper() + words[1:]


def _unnamed(line: Line) -> str:
    if line.outcome == "not_telemedicine":
        return line.booked_as or "Not telemedicine"
    return "Name not read" if line.patient_id else "No patient"


def _silent(one: NotReceived, office: Office) -> Silent:
    desk = office.desks[one.connection_id]
    least, most = desk.practice.connection.usual_minutes
    return Silent(
        connection_id=one.connection_id,
        emr_name=desk.manifest.name,
        sentence=one.sentence,
        explanations=one.explanations,
        is_late=any(explanation.code in _LATE for explanation in one.explanations),
        is_told_when=not _TELL_WHEN.isdisjoint(explanation.code for explanation in one.explanations),
        expected_by_text=one.expected_by_text,
        usual=f"{least}–{most}",
        abnormal_minutes=one.abnormal_minutes,
        read_until=_day(one.read_until, today(office)) if one.read_until else "",
        can_look_up=can_look_up(desk),
    )


def _spoken(cards: int, others: int) -> str:
    total = cards + others
    if not total:
        return "Nothing found."
    return f"{total} appointment{'s' if total > 1 else ''} found."


_TELL_WHEN = frozenset({"not-received-yet", "not-received-late"})
_LATE = frozenset({"not-received-late", "not-sent-late"})
