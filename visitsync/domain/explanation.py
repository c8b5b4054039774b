"""Findings and decisions in the words of those who read them: staff in their EMR's own terms, and patients."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from visitsync.domain.decision import WITH_VISIT, Decision, Finding, Outcome
from visitsync.domain.evidence_text import fill, shown
from visitsync.domain.local_time import zone_named
from visitsync.domain.patient_wording import NOTHING_TO_DO
from visitsync.domain.reason import Owner, Reason, Severity
from visitsync.domain.reasons import REASONS, TROUBLE_OF_UNKNOWN_KIND
from visitsync.domain.time_words import day_in_words, in_words, zone_letters

DEFAULT_WORDS: Mapping[str, str] = {
    "type": "appointment type",
    "reason": "appointment reason",
    "location": "location",
    "room": "room",
    "resource": "resource",
    "service": "service",
    "mode": "appointment mode",
    "provider": "provider",
    "patient": "patient",
    "note": "note",
    "gone": "deleted there, not cancelled",
}
"""Our word → what staff read where the EMR has no word of its own."""

SECTIONS: Mapping[int, str] = {
    1: "Booked as approved telemedicine",
    2: "The patient has a valid e-mail of their own",
    3: "No staff member uses that e-mail",
    4: "Enough time for the sync",
    5: "The patient's record is complete",
    6: "Not in the past",
    7: "The provider is enabled for telemedicine",
}
"""The help article's seven sections, as checks."""


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """For whom the words are: which EMR they use, what it calls things, in which zone they are, and what time it is."""

    emr: str
    words: Mapping[str, str]
    """Our word → the EMR's; "emr" may hold its name as staff know it."""
    fixes: Mapping[str, str] = {}
    """Reason → the fix in the EMR's own words, where its menus or fields have names of their own."""
    zone: str
    now: datetime
    names_zone: bool = False
    """Whether times of day say whose clocks they are by: where those are not the practice's."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, ready to be read by staff."""

    code: str
    title: str
    sentence: str
    fix: str
    owner: Owner
    severity: Severity
    section: int | None
    resolves_itself: bool
    expected_by_text: str
    """By when the visit appears, by itself or once the fix is made; "" where that cannot be said."""


class CheckMark(StrEnum):
    """How one of the seven checks stands."""

    TICK = "ok"
    CROSS = "to be fixed"
    WAITING = "waiting"
    NOT_ASKED = "not asked"
    """It does not matter here, or what it would need was not read on purpose."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One of the article's seven checks, with everything that was found there."""

    section: int
    title: str
    mark: CheckMark
    explanations: tuple[Explanation, ...] = ()


def moment(instant: datetime, screen: Screen) -> str:
    """An aware instant on the screen's clocks: "today 2:30 PM", "today 2:30 PM CST"."""
    words = in_words(instant, screen.zone, screen.now)
    return f"{words} {zone_letters(instant, screen.zone)}" if screen.names_zone and ":" in words else words


def explain(
    finding: Finding, screen: Screen, *, expected_by: datetime | None = None, expected_after_fix: datetime | None = None
) -> Explanation:
    """The finding in words. Never raises for what the evidence holds or lacks, nor for an unknown code.

    `expected_by` is the decision's; `expected_after_fix` is when a fix made now would show (both aware).
    """
    reason = REASONS.get(finding.code, REASONS[TROUBLE_OF_UNKNOWN_KIND])

    def say(template: str) -> str:
        return fill(template, lambda name: _value(name, finding.evidence, screen))

    return Explanation(
        code=finding.code,
        title=say(reason.title),
        sentence=say(reason.sentence),
        fix=say(screen.fixes.get(reason.code, reason.fix)),
        owner=reason.owner,
        severity=reason.severity,
        section=reason.section,
        resolves_itself=reason.resolves_itself,
        expected_by_text=_expected_by_text(reason, finding, screen, expected_by, expected_after_fix),
    )


def seven_checks(
    decision: Decision, screen: Screen, *, expected_after_fix: datetime | None = None
) -> tuple[Check, ...]:
    """The article's checklist for one decision. Findings of no section (state, connection) are not in it."""
    explanations = [
        explain(finding, screen, expected_by=decision.expected_by, expected_after_fix=expected_after_fix)
        for finding in decision.findings
    ]
    return tuple(
        Check(
            section=section,
            title=title,
            mark=_mark(section, decision),
            explanations=tuple(one for one in explanations if one.section == section),
        )
        for section, title in SECTIONS.items()
    )


def for_patient(decision: Decision) -> str:
    """What the patient may read: it never blames, and names no detail of a record."""
    if decision.outcome in WITH_VISIT or not decision.findings:
        return NOTHING_TO_DO
    return _reason(decision.findings[0]).patient_sentence


def _reason(finding: Finding) -> Reason:
    return REASONS.get(finding.code, REASONS[TROUBLE_OF_UNKNOWN_KIND])


_PATIENT_SECTIONS = frozenset({2, 3, 5})
_PATIENT_UNREAD = frozenset(
    {"video-in-note", "type-not-connected", "type-unknown", "no-patient", "details-not-read-yet"}
)
_ASKED_WITHOUT_VISIT = {Outcome.NOT_TELEMEDICINE: {1}, Outcome.CANCELLED: set[int](), Outcome.OVER: {6}}


def _mark(section: int, decision: Decision) -> CheckMark:
    here = [_reason(finding) for finding in decision.findings if _reason(finding).section == section]
    codes = {finding.code for finding in decision.findings}
    asked = _ASKED_WITHOUT_VISIT.get(decision.outcome)
    if asked is not None:
        return CheckMark.CROSS if section in asked and here else CheckMark.NOT_ASKED
    failing = [one for one in here if one.severity is Severity.BLOCKS or one.outcome is Outcome.NEEDS_PROVIDER]
    if any(not one.resolves_itself for one in failing):
        return CheckMark.CROSS
    if failing or (section in _PATIENT_SECTIONS and "patient-not-read-yet" in codes):
        return CheckMark.WAITING
    if section in _PATIENT_SECTIONS and not here and not codes.isdisjoint(_PATIENT_UNREAD):
        return CheckMark.NOT_ASKED
    return CheckMark.TICK


def _expected_by_text(
    reason: Reason, finding: Finding, screen: Screen, expected_by: datetime | None, expected_after_fix: datetime | None
) -> str:
    needs_somebody = reason.severity is Severity.BLOCKS or (
        reason.outcome in (Outcome.NEEDS_PROVIDER, Outcome.NOT_TELEMEDICINE) and reason.owner is not Owner.NOBODY
    )
    if not needs_somebody:
        return ""
    if reason.resolves_itself:
        if expected_by is None:
            return ""
        day = _day_it_enters(finding, screen)
        return f"Expected by {day or moment(expected_by, screen)}."
    if expected_after_fix is None:
        return ""
    return f"Once that is done, it comes right by itself, by {moment(expected_after_fix, screen)}."


def _day_it_enters(finding: Finding, screen: Screen) -> str | None:
    """The day that the sentence names; where the location's clocks lag behind, midnight is still the day before."""
    return _time_in_words("enters_on", finding.evidence.get("enters_on", ""), screen)


def _value(name: str, evidence: Mapping[str, str], screen: Screen) -> str | None:
    """A placeholder's value; None where nobody knows it."""
    if name == "emr":
        return screen.words.get("emr") or screen.emr
    if name == "mark":
        return _word(evidence.get("kind", "type"), screen)
    if name == "marks":
        return _either(_word(kind, screen) for kind in evidence.get("kinds", "type").split(", "))
    if name.startswith("word."):
        return _word(name.removeprefix("word."), screen)
    text = evidence.get(name)
    if text is None:
        return None
    return _time_in_words(name, text, screen) or shown(text)


def _word(name: str, screen: Screen) -> str:
    return screen.words.get(name) or DEFAULT_WORDS.get(name, name)


def _either(words: Iterable[str]) -> str:
    *others, last = dict.fromkeys(words)
    return f"{', '.join(others)} or {last}" if others else last


def _time_in_words(name: str, text: str, screen: Screen) -> str | None:
    """Evidence named …_on holds an ISO date, …_at an ISO instant; anything else is text."""
    try:
        if name.endswith("_on"):
            today = screen.now.astimezone(zone_named(screen.zone)).date()
            return day_in_words(date.fromisoformat(text), today)
        if name.endswith("_at"):
            return moment(datetime.fromisoformat(text), screen)
    except (ValueError, OverflowError):
        pass
    return None
