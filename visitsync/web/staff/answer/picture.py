"""Puts the answer about one appointment into the shape in which the page shows it."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from django.http import Http404

from visitsync.domain.decision import WITH_VISIT, Outcome
from visitsync.domain.explanation import Check, CheckMark, Explanation
from visitsync.domain.reason import Owner, Severity
from visitsync.domain.role import Permission
from visitsync.domain.time_words import time_in_words, zone_letters
from visitsync.storage import answer_votes, help_requests
from visitsync.storage.database import Transaction
from visitsync.storage.help_requests import HelpRequest
from visitsync.sync.answers import Answer, answer_to
from visitsync.sync.asked_checks import can_check
from visitsync.sync.desk import Desk
from visitsync.sync.timeline import TimelineLine
from visitsync.web.parts import parts
from visitsync.web.staff.answer.progress import Shown, progress_of
from visitsync.web.staff.answer.remedies import Remedies, remedies_for
from visitsync.web.staff.viewer import Viewer
from visitsync.web.staff.where_to_mend import Place, where_to_mend

WHO: Mapping[Owner, str] = {
    Owner.FRONT_DESK: "The front desk can do this",
    Owner.PRACTICE_ADMIN: "A practice admin can do this",
    Owner.PATIENT: "Only the patient can do this",
    Owner.EMR: "The EMR's vendor or your IT can do this",
    Owner.US: "We are on it; you need not do anything",
}

STANDS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.READY: ("Nothing to do", "The visit is there, and its provider sees it."),
    Outcome.WAITING: ("Nothing to do but wait", "The visit comes by itself."),
    Outcome.NEEDS_FIX: ("Something must be changed", "Ask for help below if it is not clear what."),
    Outcome.NEEDS_PROVIDER: ("Choose a provider", "The visit is there, but links to nobody."),
    Outcome.ON_HOLD: ("Somebody must look", "It is not shown to the patient before that."),
    Outcome.NOT_TELEMEDICINE: ("Nothing to do", "It is not booked as telemedicine, so there is no visit."),
    Outcome.CANCELLED: ("Nothing to do", "The appointment is cancelled, so there is no visit."),
    Outcome.OVER: ("Nothing to do", "The appointment is over."),
}
"""For where no reason leads."""

MOST_HISTORY = 60
NO_VISIT = frozenset({Outcome.NOT_TELEMEDICINE, Outcome.CANCELLED, Outcome.OVER})


class ToDo(msgspec.Struct, frozen=True, kw_only=True):
    """The one thing that leads."""

    title: str
    sentence: str
    fix: str = ""
    who: str = ""
    by_when: str = ""
    code: str = ""
    further: int = 0
    """How many other things must be done besides."""


class ShownCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One of the seven, with what it looked at."""

    check: Check
    evidence: str
    who: tuple[str, ...]
    """Of each explanation; "" where there is nothing to be done."""

    @property
    def pairs(self) -> list[tuple[Explanation, str]]:
        return list(zip(self.check.explanations, self.who, strict=True))


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows."""

    answer: Answer
    connection_id: UUID
    heading: str
    is_named: bool
    """The heading is the patient's name."""
    todo: ToDo
    place: Place | None
    """The page of this app where what leads is put right."""
    checks: tuple[ShownCheck, ...]
    passed: int
    to_fix: int
    beside: tuple[tuple[Explanation, str], ...]
    """Findings that belong to none of the seven checks and do not lead, with who can do it."""
    progress: Shown | None
    is_check_offered: bool
    may_act: bool
    remedies: Remedies
    here_text: str
    """When it starts by the practice's clocks; "" where the location's are the same."""
    vote: bool | None
    requests: tuple[HelpRequest, ...]
    history: tuple[TimelineLine, ...]
    """The latest of the timeline."""

    @property
    def counts_checks(self) -> bool:
        """Where there will be no visit, nothing is to be fixed."""
        return self.answer.outcome not in NO_VISIT

    @property
    def is_history_cut(self) -> bool:
        return len(self.history) < len(self.answer.timeline)


def picture_in(transaction: Transaction, viewer: Viewer, connection_id: UUID, appointment_id: str) -> Picture:
    """The appointment as it stands. Raises Http404 where the practice has none of that number there."""
    answer, desk = answer_in(transaction, viewer, connection_id, appointment_id)
    may_act = viewer.may(Permission.ACT_ON_VISITS)
    requests = help_requests.of_appointment(transaction, parts().vault, connection_id, appointment_id)
    failing = [one for one in answer.checks if one.mark is CheckMark.CROSS]
    todo = _todo(answer)
    beside = (one for one in answer.explanations if one.section is None and one.code != todo.code)
    return Picture(
        answer=answer,
        connection_id=connection_id,
        heading=answer.patient_name or _unnamed(answer),
        is_named=bool(answer.patient_name),
        todo=todo,
        place=where_to_mend(todo.code, viewer),
        checks=tuple(_shown(check, answer) for check in answer.checks),
        passed=sum(one.mark is CheckMark.TICK for one in answer.checks),
        to_fix=len(failing),
        beside=tuple((one, _who(one)) for one in beside),
        progress=progress_of(transaction, viewer, desk, appointment_id),
        is_check_offered=may_act and can_check(desk),
        may_act=may_act,
        remedies=remedies_for(transaction, viewer, answer, desk),
        here_text=_here(answer, viewer),
        vote=answer_votes.vote_of(transaction, connection_id, appointment_id, staff_id=viewer.staff_id),
        requests=tuple(requests),
        history=answer.timeline[-MOST_HISTORY:],
    )


def answer_in(
    transaction: Transaction, viewer: Viewer, connection_id: UUID, appointment_id: str
) -> tuple[Answer, Desk]:
    """The answer, and the desk of its connection. Raises Http404 where the practice has none of that number there."""
    office = parts().offices.office(transaction, parts().vault, viewer.now)
    if connection_id not in office.desks:
        raise Http404
    answer = answer_to(transaction, parts().vault, office, connection_id, appointment_id)
    if answer is None:
        raise Http404
    return answer, office.desks[connection_id]


def _here(answer: Answer, viewer: Viewer) -> str:
    here = time_in_words(answer.start, viewer.zone)
    if here == time_in_words(answer.start, answer.zone):
        return ""
    return f"{here} {zone_letters(answer.start, viewer.zone)}"


def _unnamed(answer: Answer) -> str:
    if answer.outcome is Outcome.NOT_TELEMEDICINE:
        return answer.booked_as or "An appointment"
    if not answer.patient_id:
        return "No patient"
    return "Patient not read" if answer.outcome in NO_VISIT else "Patient not read yet"


def _todo(answer: Answer) -> ToDo:
    leading = next((one for one in answer.explanations if _is_to_lead(one, answer)), None)
    if leading is None:
        title, sentence = STANDS[answer.outcome]
        if answer.outcome is Outcome.WAITING and answer.expected_by_text:
            sentence = f"The visit comes by itself, by {answer.expected_by_text}."
        return ToDo(title=title, sentence=sentence)
    return ToDo(
        title=leading.title,
        sentence=leading.sentence,
        fix=leading.fix,
        who=_who(leading),
        by_when=leading.expected_by_text,
        code=leading.code,
        further=sum(one.mark is CheckMark.CROSS and one.section != leading.section for one in answer.checks),
    )


def _is_to_lead(one: Explanation, answer: Answer) -> bool:
    """Beside a visit that is there only what weighs something leads: a remark is no thing to do."""
    if answer.outcome in WITH_VISIT:
        return one.severity is not Severity.INFORMS
    return True


def _who(one: Explanation) -> str:
    """Who can do it; "" where there is nothing to be done."""
    return "" if one.owner is Owner.NOBODY or one.fix.startswith("Nothing to do") else WHO[one.owner]


def _shown(check: Check, answer: Answer) -> ShownCheck:
    return ShownCheck(
        check=check,
        evidence=answer.evidence.get(check.section, ""),
        who=tuple(map(_who, check.explanations)),
    )
