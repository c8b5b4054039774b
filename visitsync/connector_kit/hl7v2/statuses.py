"""What event, status word and action codes together say about an appointment's state (reference, sections 5 and 6)."""

from functools import lru_cache

import msgspec

from visitsync.connector_kit.hl7v2.message import NULL, Message
from visitsync.connector_kit.hl7v2.places import Place
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.domain.appointment import AppointmentStatus

BOOKINGS = frozenset({"S12", "S13", "S14", "S27"})
RESOURCE_EVENTS = frozenset({"S18", "S19", "S20", "S21", "S22"})
"""About one service or resource of the appointment; the appointment itself stays."""
ENDINGS = frozenset({"S15", "S16", "S17", "S26"})
BLOCKINGS = frozenset({"S23", "S24"})

# Table 0278 and what else was met, case-folded, without blanks, hyphens and underscores.
WORDS = {
    "pending": AppointmentStatus.PENDING,
    "waitlist": AppointmentStatus.WAITLIST,
    "booked": AppointmentStatus.BOOKED,
    "overbook": AppointmentStatus.BOOKED,
    "scheduled": AppointmentStatus.BOOKED,
    "sch": AppointmentStatus.BOOKED,
    "confirmed": AppointmentStatus.BOOKED,
    "active": AppointmentStatus.BOOKED,
    "o": AppointmentStatus.BOOKED,
    "b": AppointmentStatus.BOOKED,
    "arrived": AppointmentStatus.ARRIVED,
    "started": AppointmentStatus.ARRIVED,
    "checkedin": AppointmentStatus.CHECKED_IN,
    "complete": AppointmentStatus.FULFILLED,
    "completed": AppointmentStatus.FULFILLED,
    "checkedout": AppointmentStatus.FULFILLED,
    "cancelled": AppointmentStatus.CANCELLED,
    "canceled": AppointmentStatus.CANCELLED,
    "cancel": AppointmentStatus.CANCELLED,
    "dc": AppointmentStatus.CANCELLED,
    "discontinued": AppointmentStatus.CANCELLED,
    "deleted": AppointmentStatus.ENTERED_IN_ERROR,
    "noshow": AppointmentStatus.NO_SHOW,
}
BLOCKED = "blocked"
RESCHEDULED = "rescheduled"
_KNOWN = WORDS.keys() | {BLOCKED, RESCHEDULED}
GONE_ACTIONS = frozenset({"D", "C"})
"""Action codes of RGS and AIx for what is taken off the appointment; table 0206 has only D, C was met."""

_MISPLACED = (24, 18, 17)
"""Fields of SCH in which the word was met instead; it counts there only if it can be nothing else."""
_ACTING = frozenset({"RGS", "AIS", "AIG", "AIL", "AIP"})


class State(msgspec.Struct, frozen=True, gc=False):
    """What a message says about the state. `is_said` False: nothing, so that it stays."""

    status: AppointmentStatus | None = None
    text: str = ""
    is_deleted: bool = False
    is_blocked: bool = False
    is_said: bool = True


_SILENT = State(is_said=False)
_BOOKED = State(AppointmentStatus.BOOKED)


def state_of(message: Message, profile: SenderProfile) -> State:
    """Decided by the event, then by the status word, then by action codes that all take away."""
    event, text = message.event, status_text(message, profile)
    if event in ENDINGS:
        return _ending(event, text, message)
    if event in RESOURCE_EVENTS:
        return _SILENT
    word = _folded(text)
    if word:
        return _by_word(event, word, text)
    if event in ("S12", "S14") and _takes_everything_away(message):
        return State(AppointmentStatus.CANCELLED)
    return _SILENT if event == "S14" else _BOOKED


def status_text(message: Message, profile: SenderProfile) -> str:
    """The status as the sender writes it: the first filled place, its text where the code says nothing."""
    for place in profile.status_places:
        segment = message.first(place.segment)
        word = segment.value(place.field, place.component or 1)
        if _folded(word) in _KNOWN:
            return word
        text = segment.value(place.field, 2)
        if text and (not word or _folded(text) in _KNOWN):
            return text
        if word and word != NULL:
            return word
    schedule = message.first("SCH")
    return next((word for word in map(schedule.value, _MISPLACED) if is_status_word(word)), "")


def is_status_word(text: str) -> bool:
    """Whether a text can only be the word for an appointment's state."""
    return len(text) > 2 and _folded(text) in _KNOWN


def says_no_show(message: Message, place: Place) -> bool:
    """Whether a field says in code or text that the patient did not come."""
    return any(_folded(part).startswith("noshow") for part in message.first(place.segment).components(place.field)[:2])


def _ending(event: str, text: str, message: Message) -> State:
    if event == "S17":
        return State(AppointmentStatus.ENTERED_IN_ERROR, text, is_deleted=True)
    if event == "S26" or (event == "S15" and _is_a_no_show(message)):
        return State(AppointmentStatus.NO_SHOW, text)
    return State(AppointmentStatus.CANCELLED, text or ("Discontinued" if event == "S16" else ""))


def _is_a_no_show(message: Message) -> bool:
    """Some senders tell a no-show as a cancellation with that status or reason (section 5)."""
    return says_no_show(message, Place("SCH", 25)) or says_no_show(message, Place("SCH", 6))


@lru_cache(maxsize=4_096)
def _by_word(event: str, word: str, text: str) -> State:
    status = WORDS.get(word)
    if word == BLOCKED:
        return State(AppointmentStatus.BOOKED, text, is_blocked=True)
    if word == RESCHEDULED and event in ("S12", "S13"):
        return State(AppointmentStatus.BOOKED, text)  # it stands where it was moved to
    return State(status, text, is_deleted=status is AppointmentStatus.ENTERED_IN_ERROR)


def _takes_everything_away(message: Message) -> bool:
    """Whether every resource is deleted; the action of an AIx counts before that of its group."""
    actions: list[str] = []
    group = ""
    for segment in message.in_order(_ACTING):
        if segment.name == "RGS":
            group = segment.value(2).upper()
            actions.append(group)
        else:
            actions.append(segment.value(2).upper() or group)
    return bool(actions) and all(action in GONE_ACTIONS for action in actions)


@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    return text.replace(" ", "").replace("-", "").replace("_", "").casefold()
