"""What Help says of one reason: what an answer tells, what to do, who can, and when it works then."""

from collections.abc import Mapping, Sequence

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.explanation import SECTIONS
from visitsync.domain.reason import Owner, Reason, Severity
from visitsync.domain.reasons import REASONS
from visitsync.rules.sync_time import expected_minutes
from visitsync.sync.desk import Desk
from visitsync.sync.in_general import any_screen, in_general, screens
from visitsync.sync.office import Office

OTHER_GROUPS: Mapping[str, str] = {
    "B": "The patient and the chart",
    "E": "Dates, hours and time zones",
    "F": "The state of the appointment",
    "G": "The connection to the EMR",
    "H": "The connection to the EMR",
}
"""Reasons in none of the seven sections, by the first letter of their cause."""

MEANS: Mapping[Outcome, str] = {
    Outcome.READY: "The visit is there all the same.",
    Outcome.WAITING: "The visit waits. Time alone makes it.",
    Outcome.NEEDS_FIX: "There is no visit until somebody changes something.",
    Outcome.NEEDS_PROVIDER: "The visit is there, but it belongs to nobody yet, so no provider sees it.",
    Outcome.ON_HOLD: "Nothing is shown to anybody until a person has looked.",
    Outcome.NOT_TELEMEDICINE: "Nothing is wrong: it is not taken for a video visit.",
    Outcome.CANCELLED: "The visit, if there was one, is cancelled.",
    Outcome.OVER: "The visit, if there was one, is over.",
}

WHO: Mapping[Owner, str] = {
    Owner.FRONT_DESK: "The front desk.",
    Owner.PRACTICE_ADMIN: "A practice admin.",
    Owner.PATIENT: "The patient.",
    Owner.EMR: "The EMR’s vendor, or whoever looks after your computers.",
    Owner.US: "We do. You need not do anything.",
    Owner.NOBODY: "Nobody has to.",
}

_NOTHING_FOLLOWS = frozenset({Outcome.CANCELLED, Outcome.OVER, Outcome.NOT_TELEMEDICINE})


class Saying(msgspec.Struct, frozen=True):
    """A sentence, and in which EMR it is so; "" for all of the practice's."""

    emr_name: str
    text: str


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One reason, ready to be read."""

    code: str
    title: str
    section: int | None
    group: str
    outcome: Outcome
    means: str
    says: tuple[Saying, ...]
    """As answers word it, with an example's details."""
    fixes: tuple[Saying, ...]
    who: str
    when: str

    def has(self, words: Sequence[str]) -> bool:
        """Whether each of these (case-folded) is somewhere in it."""
        texts = (self.code, self.title, self.who, *(one.text for one in (*self.says, *self.fixes)))
        whole = " ".join(texts).casefold()
        return all(word in whole for word in words)


def advice_about(code: str, office: Office) -> Advice:
    """In the words of this practice's EMRs. Raises KeyError for a code that is in no catalogue."""
    reason, several = REASONS[code], len(office.desks) > 1
    worded = [(screen.words.get("emr", ""), in_general(code, screen, always)) for screen, always in screens(office)]
    title = in_general(code, any_screen(office), {}).title if several else worded[0][1].title
    return Advice(
        code=code,
        title=title,
        section=reason.section,
        group=group_of(reason),
        outcome=reason.outcome,
        means=_means(reason),
        says=_sayings([(name, words.sentence) for name, words in worded]),
        fixes=_sayings([(name, words.fix) for name, words in worded]),
        who=WHO[reason.owner],
        when=_when(reason, list(office.desks.values())),
    )


def all_advice(office: Office) -> list[Advice]:
    """About every reason of the catalogue, that which leads first."""
    return [advice_about(one.code, office) for one in sorted(REASONS.values(), key=lambda one: one.rank)]


def group_of(reason: Reason) -> str:
    """The title of the section or group where Help lists it."""
    return OTHER_GROUPS[reason.cause[0]] if reason.section is None else SECTIONS[reason.section]


def minutes_in_words(desks: Sequence[Desk]) -> str:
    """How long a change made in the EMR may take: "15 minutes", "15 minutes (Kareo) or 30 minutes (…)"."""
    named = [(desk.manifest.name, minutes_until_it_shows(desk)) for desk in desks]
    if len({minutes for _, minutes in named}) > 1:
        return " or ".join(f"{minutes} minutes ({name})" for name, minutes in named)
    return f"{named[0][1]} minutes" if named else "the usual sync time"


def minutes_until_it_shows(desk: Desk) -> int:
    """At most, while nothing is wrong."""
    facts = desk.practice.connection
    return max(expected_minutes(facts), facts.usual_minutes[1])


def _means(reason: Reason) -> str:
    if reason.severity is Severity.WARNS and reason.outcome is Outcome.READY:
        return f"{MEANS[reason.outcome]} It is a warning, so that somebody looks."
    return MEANS[reason.outcome]


def _sayings(worded: Sequence[tuple[str, str]]) -> tuple[Saying, ...]:
    """One for all where they are the same."""
    if len({text for _, text in worded}) == 1:
        return (Saying("", worded[0][1]),)
    return tuple(Saying(name, text) for name, text in worded)


def _when(reason: Reason, desks: Sequence[Desk]) -> str:
    soon = minutes_in_words(desks)
    if reason.resolves_itself:
        return "By itself. The answer says by when, as soon as that is known."
    if reason.owner is Owner.NOBODY:
        return "Nothing has to happen."
    if reason.owner is Owner.PRACTICE_ADMIN:
        return f"What is changed in this app works at once. What is changed in the EMR shows within {soon}."
    if reason.owner is Owner.US:
        return "As soon as we have mended it; everything goes on by itself then."
    if reason.outcome in _NOTHING_FOLLOWS:
        return f"Nothing follows by itself. If something is changed in the EMR, it shows here within {soon}."
    return (
        f"Within {soon} of the change in the EMR, by itself: nobody books again. “Check again” on the answer is "
        "quicker. More than seven business days ahead it may take a day."
    )
