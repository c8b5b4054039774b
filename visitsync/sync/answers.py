"""The answer to "where is my appointment?": gathered from what is stored, in the words of the reason catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import Check, Explanation, Screen, explain, for_patient, moment, seven_checks
from visitsync.domain.patient import Patient
from visitsync.domain.time_words import wall_in_words, zone_letters
from visitsync.domain.visit import Visit, VisitState
from visitsync.rules.reading import expected_after_fix
from visitsync.storage import appointment_lists, decisions, patients, setting_touches, visits
from visitsync.storage.appointment_lists import Key
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import PastDecision
from visitsync.storage.vault import Vault
from visitsync.storage.visits import PastChange, VisitOfOld
from visitsync.sync.beside import NEVER_PLANNED, beside, mark_taken_away, others_beside
from visitsync.sync.desk import Desk
from visitsync.sync.evidence import Evidence, evidence_by_section
from visitsync.sync.judging import SETTING_CHANGED
from visitsync.sync.lines import booked_as, full_name, known_patient, named, screen_of, standing
from visitsync.sync.looking_up import look_up, nearest_first
from visitsync.sync.never_received import NotReceived, never_received
from visitsync.sync.office import Office, office_of
from visitsync.sync.timeline import TimelineLine, timeline
from visitsync.sync.unreadable import Unreadable, unreadable

MOST_ANSWERS = 50

OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.READY: "The visit is there.",
    Outcome.WAITING: "Nothing to do: it comes by itself.",
    Outcome.NEEDS_FIX: "Somebody must change something first.",
    Outcome.NEEDS_PROVIDER: "The visit is there, but links to nobody.",
    Outcome.ON_HOLD: "On hold: not safe to show before a person has looked.",
    Outcome.NOT_TELEMEDICINE: "Not booked as telemedicine.",
    Outcome.CANCELLED: "Cancelled.",
    Outcome.OVER: "Over.",
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an appointment's history."""

    at: datetime
    what: str
    outcome: str = ""
    codes: tuple[str, ...] = ()
    cause: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that staff may want to know about one appointment."""

    appointment_id: str
    connection_id: UUID
    emr: str
    outcome: Outcome
    in_a_word: str
    start: datetime
    """Aware, UTC."""
    start_text: str
    zone: str
    duration_minutes: int
    booked_as: str
    provider: str
    location: str
    patient_id: str
    patient_name: str
    """"" where we keep no record of the patient."""
    explanations: tuple[Explanation, ...]
    checks: tuple[Check, ...]
    expected_by: datetime | None
    expected_by_text: str
    for_patient: str
    first_seen_at: datetime | None
    history: tuple[Event, ...]
    """For engineers: codes, as they were."""
    visit: Visit | None
    emr_name: str
    """As staff know it."""
    is_test: bool
    evidence: Mapping[int, str]
    """Section of the article → what the check looked at, in a sentence; of some sections there is none."""
    timeline: tuple[TimelineLine, ...]
    """What happened, in words."""


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer to one question."""

    query: str
    understood_as: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    left_out: int = 0
    """More appointments fit than are shown."""
    unreadable: tuple[Unreadable, ...] = ()
    not_received: tuple[NotReceived, ...] = ()
    """Filled where no appointment fits."""


def answer(
    transaction: Transaction, vault: Vault, query: str, *, now: datetime, next_reads: Mapping[UUID, datetime | None],
    office: Office | None = None,
) -> Answers:  # fmt: skip
    """What is known about whatever the question means. `next_reads` tells when the queue reads each connection.

    `office` is the practice as an OfficeCache gives it; without it everything is read anew.
    """
    office = office or office_of(transaction, vault, now)
    looked_up = look_up(transaction, vault, office, query)
    found = looked_up.found
    desks = tuple(office.desks.values())
    return Answers(
        query=query,
        understood_as=looked_up.understood_as,
        answers=answers_to(transaction, vault, office, [one.key for one in found[:MOST_ANSWERS]]),
        left_out=max(0, len(found) - MOST_ANSWERS),
        unreadable=unreadable(transaction, desks, query, is_found=bool(found)),
        not_received=() if found else never_received(transaction, desks, query, next_reads),
    )


def answer_to(
    transaction: Transaction, vault: Vault, office: Office, connection_id: UUID, appointment_id: str
) -> Answer | None:
    """The answer about one appointment; None where the practice has none of that id on that connection."""
    return next(iter(answers_to(transaction, vault, office, [(connection_id, appointment_id)])), None)


def to_be_fixed(
    transaction: Transaction, vault: Vault, connection_id: UUID, outcomes: Sequence[Outcome], *, now: datetime
) -> list[Answer]:
    """The answers of one connection's appointments that have one of these outcomes, the nearest first."""
    where = "connection_id = %(connection)s and outcome = any(%(outcomes)s)"
    parameters = {"connection": connection_id, "outcomes": [str(one) for one in outcomes]}
    met = appointment_lists.met(transaction, where, parameters)
    met.sort(key=lambda one: nearest_first(one, now))
    return list(answers_to(transaction, vault, office_of(transaction, vault, now), [one.key for one in met]))


def answers_to(transaction: Transaction, vault: Vault, office: Office, keys: Sequence[Key]) -> tuple[Answer, ...]:
    """The answers about these appointments, in this order, in six queries however many they are, or seven."""
    stored = {
        (one.stored.connection_id, one.stored.appointment.id): one.stored
        for one in appointment_lists.listed(transaction, vault, keys)
    }
    around = _around(transaction, vault, stored)
    return tuple(_answer(office.desks[key[0]], stored[key], around) for key in keys if key in stored)


class _Around(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to some appointments, found for all of them at once."""

    people: Mapping[Key, Patient]
    others: Mapping[Key, Sequence[str]]
    histories: Mapping[Key, Sequence[PastDecision]]
    visits: Mapping[Key, Sequence[VisitOfOld]]
    changes: Mapping[str, Sequence[PastChange]]
    authors: Mapping[str, str]
    """Number of a setting change, as causes name it → who made it."""


def _around(transaction: Transaction, vault: Vault, stored: Mapping[Key, StoredAppointment]) -> _Around:
    keys = list(stored)
    histories = decisions.histories(transaction, keys)
    their_visits = visits.of_appointments(transaction, keys)
    visit_ids = [one.visit.id for some in their_visits.values() for one in some]
    their_patients = {
        (key[0], one.appointment.patient_id)
        for key, one in stored.items()
        if one.appointment.patient_id is not None and one.outcome != Outcome.NOT_TELEMEDICINE
    }
    return _Around(
        people=patients.find_everywhere(transaction, vault, their_patients),
        others=others_beside(transaction, keys),
        histories=histories,
        visits=their_visits,
        changes=visits.histories(transaction, visit_ids),
        authors=_authors(transaction, histories.values()),
    )


def _authors(transaction: Transaction, histories: Iterable[Sequence[PastDecision]]) -> dict[str, str]:
    numbers = {int(one.cause_id) for past in histories for one in past if _is_of_a_change(one)}
    return {str(number): name for number, name in setting_touches.authors(transaction, list(numbers)).items()}


def _is_of_a_change(past: PastDecision) -> bool:
    return past.cause == SETTING_CHANGED and past.cause_id.isdecimal()


def _answer(desk: Desk, stored: StoredAppointment, around: _Around) -> Answer:
    appointment = stored.appointment
    key = stored.connection_id, appointment.id
    screen = screen_of(appointment, desk)
    decision = standing(stored.decided(), appointment, desk, _seen_now(desk, stored, around))
    after_fix = expected_after_fix(appointment, desk.practice, screen.now)
    patient = known_patient(stored, around.people)
    history, their_visits = around.histories.get(key, ()), around.visits.get(key, ())
    return Answer(
        appointment_id=appointment.id,
        connection_id=stored.connection_id,
        emr=desk.manifest.emr,
        emr_name=desk.manifest.name,
        outcome=decision.outcome,
        in_a_word=OUTCOME_WORDS[decision.outcome],
        start=appointment.start.instant,
        start_text=_when(appointment, screen),
        zone=screen.zone,
        duration_minutes=appointment.duration_minutes,
        booked_as=booked_as(appointment, desk.practice),
        provider=named(appointment.practitioner_id, appointment.practitioner_name, desk.practice.practitioners),
        location=named(appointment.location_id, appointment.location_name, desk.practice.locations),
        patient_id=appointment.patient_id or "",
        patient_name=full_name(patient) if patient else "",
        explanations=tuple(
            explain(one, screen, expected_by=decision.expected_by, expected_after_fix=after_fix)
            for one in decision.findings
        ),
        checks=seven_checks(decision, screen, expected_after_fix=after_fix),
        expected_by=decision.expected_by,
        expected_by_text=moment(decision.expected_by, screen) if decision.expected_by else "",
        for_patient=for_patient(decision),
        first_seen_at=appointment.first_seen_at,
        history=_history(history, their_visits, around.changes),
        visit=_latest(their_visits),
        is_test=appointment.id in desk.practice.test_visit_ids,
        evidence=evidence_by_section(
            Evidence(
                appointment=appointment,
                patient=patient,
                practice=desk.practice,
                screen=screen,
                outcome=decision.outcome,
            )
        ),
        timeline=timeline(stored, screen, history, their_visits, around.changes, around.authors),
    )


def _seen_now(desk: Desk, stored: StoredAppointment, around: _Around) -> tuple[Finding, ...]:
    key = stored.connection_id, stored.appointment.id
    if stored.outcome == Outcome.NOT_TELEMEDICINE:
        return mark_taken_away(around.histories.get(key, ()))
    return () if Outcome(stored.outcome) in NEVER_PLANNED else beside(stored, around.others.get(key, ()), desk.practice)


def _when(appointment: Appointment, screen: Screen) -> str:
    """With the time of day, as the EMR's screen shows it."""
    start = appointment.start
    near = moment(start.instant, screen)
    letters = f" {zone_letters(start.instant, screen.zone)}" if screen.names_zone else ""
    return near if ":" in near else f"{wall_in_words(start.wall)}{letters}"


def _latest(their_visits: Sequence[VisitOfOld]) -> Visit | None:
    """The active one, else the one it had last."""
    by_preference = sorted(their_visits, key=lambda one: (one.visit.state is VisitState.ACTIVE, one.changed_at))
    return by_preference[-1].visit if by_preference else None


def _history(
    history: Sequence[PastDecision], their_visits: Sequence[VisitOfOld], changes: Mapping[str, Sequence[PastChange]]
) -> tuple[Event, ...]:
    events = [
        Event(at=one.decided_at, what="judged", outcome=one.outcome, codes=_codes(one.findings), cause=one.cause)
        for one in history
    ]
    for one in their_visits:
        events.append(Event(at=one.created_at, what="visit created"))
        events += (
            Event(at=change.changed_at, what=f"visit {change.what}", cause=_from_to(change.before, change.after))
            for change in changes.get(one.visit.id, ())
        )
    return tuple(sorted(events, key=lambda event: event.at))


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(one.code for one in findings)


def _from_to(before: str | None, after: str | None) -> str:
    return f"{before or 'nothing'} → {after or 'nothing'}"
