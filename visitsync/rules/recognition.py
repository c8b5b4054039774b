"""1. Is this appointment booked as telemedicine, the way this practice marks it?"""

from collections.abc import Sequence

import msgspec

from visitsync.connector_kit.video_words import video_words
from visitsync.domain.appointment import Appointment, Mark, MarkKind
from visitsync.domain.decision import Finding
from visitsync.domain.practice import Agreement, PracticeContext
from visitsync.rules.conditions import (
    TYPE_LIKE,
    ConditionLookup,
    ConditionVerdict,
    Stance,
    condition_lookup,
    judge,
    video_in_note,
)

_TELLING = TYPE_LIKE | {MarkKind.MODE}
"""Kinds that say what sort of visit is meant; a location or room alone says little."""

_PLAINLY_MEANT = frozenset({"type-misspelt", "type-name-changed", "type-has-new-id", "condition-not-met"})
_MOST_REMEMBERED = 4_096
_LONGEST_REMEMBERED = 2_000


class Recognised(msgspec.Struct, frozen=True):
    """What an appointment's marks say."""

    is_telemedicine: bool
    is_near_miss: bool = False
    """Not telemedicine as it stands, but probably meant: somebody must see it."""
    wants_patient: bool = False
    """The patient's record is needed for a full answer; where it is not, it stays unread."""
    findings: tuple[Finding, ...] = ()

    @property
    def is_candidate(self) -> bool:
        """Whether the other rules have anything to say about it."""
        return self.is_telemedicine or self.is_near_miss


class RecognitionLookup(msgspec.Struct, eq=False):
    """The practice's conditions, and what was answered to the marks seen so far (most appointments repeat them)."""

    conditions: tuple[ConditionLookup, ...]
    agreement: Agreement
    has_location_condition: bool
    uses_mode: bool
    """The mode of an appointment may stand only in its details."""
    answers: dict[object, Recognised] = msgspec.field(default_factory=dict)


def recognition_lookup(practice: PracticeContext) -> RecognitionLookup:
    """Works out the practice's conditions once."""
    recognition = practice.connection.recognition
    kinds = {condition.kind for condition in recognition.conditions}
    conditions = tuple(condition_lookup(condition, practice) for condition in recognition.conditions)
    return RecognitionLookup(
        conditions=conditions if any(one.ids or one.texts for one in conditions) else (),
        agreement=recognition.agreement,
        has_location_condition=MarkKind.LOCATION in kinds,
        uses_mode=MarkKind.MODE in kinds,
    )


def recognise(appointment: Appointment, lookup: RecognitionLookup) -> Recognised:
    """Whether it is telemedicine, or was probably meant to be. The same marks always get the same answer."""
    key: object = appointment.marks
    if appointment.video_words or lookup.has_location_condition:
        key = (key, appointment.video_words, appointment.location_id, appointment.location_name)
    answer = lookup.answers.get(key)
    if answer is None:
        answer = _answer(appointment, lookup)
        if _is_worth_remembering(appointment):
            if len(lookup.answers) >= _MOST_REMEMBERED:
                lookup.answers.clear()
            lookup.answers[key] = answer
    return answer


def _is_worth_remembering(appointment: Appointment) -> bool:
    return sum(len(mark.text or "") + len(mark.id or "") for mark in appointment.marks) < _LONGEST_REMEMBERED


def _answer(appointment: Appointment, lookup: RecognitionLookup) -> Recognised:
    marks = _marks_with_location(appointment)
    if not lookup.conditions:
        return _without_conditions(appointment, marks)
    verdicts = [judge(condition, marks) for condition in lookup.conditions]
    agree = all if lookup.agreement is Agreement.ALL else any
    if agree(verdict.stance is Stance.MET for verdict in verdicts):
        met = [verdict for verdict in verdicts if verdict.stance is Stance.MET]
        return Recognised(is_telemedicine=True, wants_patient=True, findings=_all_findings(met))
    meant = _probably_meant(verdicts, lookup)
    return _near_miss(meant) if meant else _plainly_not(appointment, verdicts, lookup)


def _marks_with_location(appointment: Appointment) -> tuple[Mark, ...]:
    """Where the EMR names the location only once, that is its mark too."""
    marks = appointment.marks
    if any(mark.kind is MarkKind.LOCATION for mark in marks):
        return marks
    return (*marks, Mark(MarkKind.LOCATION, appointment.location_id, appointment.location_name))


def _probably_meant(verdicts: Sequence[ConditionVerdict], lookup: RecognitionLookup) -> tuple[Finding, ...]:
    """What stands in the way of each condition (A2, A3, A5, A6), if the appointment was probably meant."""
    if lookup.agreement is Agreement.ANY:
        return _all_findings([verdict for verdict in verdicts if verdict.stance is Stance.NEAR])
    telling = [verdict for verdict in verdicts if verdict.kind in _TELLING] or verdicts
    if not any(verdict.stance in (Stance.MET, Stance.NEAR) for verdict in telling):
        return ()
    failing = zip(verdicts, lookup.conditions, strict=True)
    return tuple(
        finding
        for verdict, condition in failing
        if verdict.stance is not Stance.MET
        for finding in (verdict.findings if verdict.stance is Stance.NEAR else (_not_met(verdict, condition),))
    )


def _not_met(verdict: ConditionVerdict, condition: ConditionLookup) -> Finding:
    """A6: the other conditions agree, this one does not."""
    evidence = {"kind": verdict.kind.value, "found": verdict.found, "approved": condition.approved}
    return Finding("condition-not-met", evidence)


def _near_miss(findings: tuple[Finding, ...]) -> Recognised:
    wants_patient = any(finding.code in _PLAINLY_MEANT for finding in findings)
    return Recognised(is_telemedicine=False, is_near_miss=True, wants_patient=wants_patient, findings=findings)


def _plainly_not(
    appointment: Appointment, verdicts: Sequence[ConditionVerdict], lookup: RecognitionLookup
) -> Recognised:
    if unknown := _all_findings([verdict for verdict in verdicts if verdict.stance is Stance.UNKNOWN]):
        return _near_miss(unknown)
    approved = lookup.conditions[0].approved
    booked_as = next((verdict for verdict in verdicts if verdict.stance is Stance.PLAIN), None)
    if appointment.video_words:
        found = booked_as.found if booked_as else "nothing in particular"
        return _near_miss((video_in_note(appointment.video_words, found, approved),))
    if booked_as is not None:
        return Recognised(is_telemedicine=False, findings=booked_as.findings)
    kinds = ", ".join(verdict.kind.value for verdict in verdicts)
    finding = Finding("nothing-marks-it", {"kinds": kinds, "approved": approved})
    return Recognised(is_telemedicine=False, findings=(finding,))


def _without_conditions(appointment: Appointment, marks: Sequence[Mark]) -> Recognised:
    """Nothing is approved yet: all the same, what speaks of video must be seen by somebody."""
    nothing_approved = Finding("no-types-approved", {"kind": MarkKind.TYPE.value})
    words = appointment.video_words or video_words(*(mark.text for mark in marks))
    if not words:
        return Recognised(is_telemedicine=False, findings=(nothing_approved,))
    return _near_miss((video_in_note(words, "something not approved", "(nothing is approved yet)"), nothing_approved))


def _all_findings(verdicts: Sequence[ConditionVerdict]) -> tuple[Finding, ...]:
    """Each once: where type and reason hold the same misspelt text, saying so once is enough."""
    findings = (finding for verdict in verdicts for finding in verdict.findings)
    return tuple({(finding.code, finding.evidence.get("found")): finding for finding in findings}.values())
