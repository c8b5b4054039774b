"""What happened to an appointment, line by line, in words for people; the codes stand in answers' history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import Screen, explain, moment
from visitsync.domain.reason import Severity
from visitsync.domain.reasons import REASONS
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.decisions import PastDecision
from visitsync.storage.visits import PastChange, VisitOfOld
from visitsync.sync.judging import SETTING_CHANGED

MOST_NAMED = 3


class Happening(StrEnum):
    """Kinds of lines."""

    BOOKED = "booked"
    CHANGED_IN_EMR = "changed in the EMR"
    FIRST_READ = "first read"
    JUDGED = "judged"
    VISIT_CREATED = "visit created"
    VISIT_MOVED = "visit moved"
    VISIT_RELINKED = "visit relinked"
    VISIT_CANCELLED = "visit cancelled"
    VISIT_RESTORED = "visit restored"
    VISIT_OVER = "visit over"
    VISIT_CHANGED = "visit changed"


class TimelineLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    at: datetime
    """Aware."""
    at_text: str
    """On the clocks of the appointment's zone."""
    kind: Happening
    sentence: str
    because: str = ""
    """What led to it; "" where that goes without saying."""


STANDS: Mapping[Outcome, str] = {
    Outcome.READY: "Everything is in order: the visit can be made.",
    Outcome.WAITING: "Nothing to do but wait",
    Outcome.NEEDS_FIX: "Something must be changed first",
    Outcome.NEEDS_PROVIDER: "The visit can be made, but links to nobody",
    Outcome.ON_HOLD: "Put on hold until a person has looked",
    Outcome.NOT_TELEMEDICINE: "Not booked as telemedicine",
    Outcome.CANCELLED: "Cancelled",
    Outcome.OVER: "Over",
}

BECAUSE: Mapping[str, str] = {
    "read from the EMR": "the appointment was read",
    "details read": "the appointment's details were read",
    "patient's record read": "the patient's record was read",
    "patient's record pushed": "the patient's record arrived",
    "told by the EMR": "the EMR sent news of it",
    "setting changed": "a setting was changed here",
    "EMR's lists changed": "the EMR's lists changed",
    "time passed": "time passed",
    "rules changed": "the program was updated",
    "somebody asked": "somebody asked",
    "replayed": "what had arrived earlier was read again",
    "gone from the EMR": "the EMR no longer has it",
    "no longer in the EMR's schedule": "the EMR no longer shows it",
    "not met by a sweep": "the EMR did not show it",
    "met again in the EMR": "the EMR shows it again",
    "charts merged": "two charts were merged",
}
"""Cause of a decision → what happened."""


def timeline(
    stored: StoredAppointment,
    screen: Screen,
    history: Sequence[PastDecision],
    visits: Sequence[VisitOfOld],
    changes: Mapping[str, Sequence[PastChange]],
    authors: Mapping[str, str],
) -> tuple[TimelineLine, ...]:
    """Everything that is known to have happened, the oldest first; `authors` are who made which setting change."""
    happened = [
        *_in_the_emr(stored, screen),
        *_judged(history, screen, authors),
        *(line for one in visits for line in _of_visit(one, changes.get(one.visit.id, ()), screen)),
    ]
    return tuple(sorted(happened, key=lambda line: (line.at.replace(microsecond=0), _turn(line.kind), line.at)))


def _turn(kind: Happening) -> int:
    """Of what is noted in the same second, which comes first: nothing is judged before it is read."""
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def _in_the_emr(stored: StoredAppointment, screen: Screen) -> Iterable[TimelineLine]:
    appointment, emr = stored.appointment, screen.words.get("emr", screen.emr)
    booked_at, changed_at, seen_at = appointment.booked_at, appointment.changed_at, appointment.first_seen_at
    if booked_at is not None:
        yield _line(screen, booked_at, Happening.BOOKED, f"Booked in {emr}.")
    if changed_at is not None and (booked_at is None or changed_at > booked_at):
        yield _line(screen, changed_at, Happening.CHANGED_IN_EMR, f"Last changed in {emr}.")
    if seen_at is not None:
        yield _line(screen, seen_at, Happening.FIRST_READ, f"First read from {emr}.")


def _judged(history: Sequence[PastDecision], screen: Screen, authors: Mapping[str, str]) -> Iterable[TimelineLine]:
    before: tuple[Finding, ...] = ()
    for past in history:
        because = _because(past, authors)
        yield _line(screen, past.decided_at, Happening.JUDGED, _verdict(past, before, screen), because)
        before = past.findings


def _because(past: PastDecision, authors: Mapping[str, str]) -> str:
    author = authors.get(past.cause_id, "") if past.cause == SETTING_CHANGED else ""
    return f"{author} changed a setting" if author else BECAUSE.get(past.cause, "")


def _verdict(past: PastDecision, before: Sequence[Finding], screen: Screen) -> str:
    """How it stands since then, what is found, and what of it is solved."""
    stands = STANDS[past.outcome]
    found = [one for one in _titles(past.findings, screen) if one.lower() != stands.lower()]
    codes = {one.code for one in past.findings}
    solved = _titles([one for one in before if one.code not in codes and _was_a_problem(one)], screen)
    words = stands if stands.endswith(".") else f"{stands}{': ' + _and_so_on(found) if found else ''}."
    return f"{words} Solved: {_and_so_on(solved)}." if solved else words


def _was_a_problem(finding: Finding) -> bool:
    """What passes by itself was none: nobody solved it."""
    reason = REASONS.get(finding.code)
    return reason is not None and not reason.resolves_itself and reason.severity is not Severity.INFORMS


def _titles(findings: Iterable[Finding], screen: Screen) -> list[str]:
    return [_uncapitalised(explain(one, screen).title) for one in findings]


def _uncapitalised(title: str) -> str:
    """Inside a sentence; names and abbreviations (EMR, DrChrono) stay as they are."""
    first, _, rest = title.partition(" ")
    return f"{first.lower()} {rest}".strip() if first[1:].islower() or len(first) == 1 else title


def _and_so_on(titles: Sequence[str]) -> str:
    more = len(titles) - MOST_NAMED
    return "; ".join(titles[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _of_visit(one: VisitOfOld, changes: Sequence[PastChange], screen: Screen) -> Iterable[TimelineLine]:
    created = "Test visit created." if one.visit.is_test else "Visit created."
    yield _line(screen, one.created_at, Happening.VISIT_CREATED, created)
    for change in changes:
        kind, sentence = _VISIT_WORDS.get(change.what, (Happening.VISIT_CHANGED, f"Visit changed: {change.what}."))
        words = _linked(change) if change.what == "relinked" else sentence + _moved_to(change, screen)
        yield _line(screen, change.changed_at, kind, words)


def _linked(change: PastChange) -> str:
    if change.before == change.after:
        return "Visit brought up to date."
    if not change.after:
        return "Visit no longer linked to a provider."
    return "Visit linked to another provider." if change.before else "Visit linked to its provider."


def _moved_to(change: PastChange, screen: Screen) -> str:
    if change.what != "moved" or change.after is None:
        return ""
    return f" It starts {moment(datetime.fromisoformat(change.after), screen)} now."


def _line(screen: Screen, at: datetime, kind: Happening, sentence: str, because: str = "") -> TimelineLine:
    return TimelineLine(at=at, at_text=moment(at, screen), kind=kind, sentence=sentence, because=because)


_FIRST = (Happening.BOOKED, Happening.CHANGED_IN_EMR, Happening.FIRST_READ, Happening.JUDGED)

_VISIT_WORDS: Mapping[str, tuple[Happening, str]] = {
    "moved": (Happening.VISIT_MOVED, "Visit moved with its appointment."),
    "relinked": (Happening.VISIT_RELINKED, "Visit linked to another provider."),
    "cancelled": (Happening.VISIT_CANCELLED, "Visit cancelled."),
    "over": (Happening.VISIT_OVER, "Visit over."),
    "restored": (Happening.VISIT_RESTORED, "Visit restored."),
    "other patient": (Happening.VISIT_CANCELLED, "Visit cancelled: the appointment is for another patient now."),
    "chart merged": (Happening.VISIT_CHANGED, "Visit follows its patient to the chart that two were merged into."),
}
