"""The answer to "where is my appointment?": gathered from what is stored, in the words of the reason catalogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment, MarkKind
from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import Check, Explanation, Screen, explain, for_patient, seven_checks
from visitsync.domain.patient import Patient
from visitsync.domain.practice import PracticeContext
from visitsync.domain.time_words import in_words, wall_in_words
from visitsync.domain.visit import Visit
from visitsync.rules.as_it_stands import as_it_stands
from visitsync.rules.reading import expected_after_fix
from visitsync.storage import appointments, decisions, patients, practices, quarantine, visits
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.beside import beside
from visitsync.sync.desk import Desk, desk_of
from visitsync.sync.looking_up import Place, look_up
from visitsync.sync.never_received import NotReceived, never_received

MOST_ANSWERS = 50
MOST_UNREADABLE = 50

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
    visit: Visit | None


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A record that arrived and made no sense; it may be the one that is asked for."""

    emr: str
    kind: str
    record: str
    first_seen_at: datetime
    last_seen_at: datetime
    explanation: Explanation


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
    transaction: Transaction, vault: Vault, query: str, *, now: datetime, next_reads: Mapping[UUID, datetime | None]
) -> Answers:
    """What is known about whatever the question means. `next_reads` tells when the queue reads each connection."""
    desks = [desk_of(transaction, vault, one, now) for one in practices.connections(transaction)]
    met: list[tuple[Desk, StoredAppointment]] = []
    understood: list[str] = []
    for desk in desks:
        place = Place(connection_id=desk.connection.connection_id, zone=desk.screen.zone, now=now)
        looked_up = look_up(transaction, vault, place, query)
        understood += looked_up.understood_as
        met += ((desk, one) for one in looked_up.found)
    met.sort(key=lambda pair: _nearest_first(pair[1], now))
    return Answers(
        query=query,
        understood_as=tuple(dict.fromkeys(understood)),
        answers=tuple(_answer(transaction, vault, desk, one) for desk, one in met[:MOST_ANSWERS]),
        left_out=max(0, len(met) - MOST_ANSWERS),
        unreadable=_unreadable(transaction, desks, query, is_found=bool(met)),
        not_received=() if met else tuple(never_received(transaction, desk, query, next_reads) for desk in desks),
    )


def to_be_fixed(
    transaction: Transaction, vault: Vault, connection_id: UUID, outcomes: Sequence[Outcome], *, now: datetime
) -> list[Answer]:
    """The answers of one connection's appointments that have one of these outcomes, the nearest first."""
    desk = desk_of(transaction, vault, practices.find_connection(transaction, connection_id), now)
    where = "connection_id = %(connection)s and outcome = any(%(outcomes)s)"
    parameters = {"connection": connection_id, "outcomes": [str(one) for one in outcomes]}
    found = [one for batch in appointments.select(transaction, vault, where, parameters) for one in batch]
    found.sort(key=lambda one: _nearest_first(one, now))
    return [_answer(transaction, vault, desk, one) for one in found]


def _nearest_first(one: StoredAppointment, now: datetime) -> tuple[bool, float]:
    """Those to come, the nearest first; then those that are past, the latest first."""
    distance = (one.appointment.start.instant - now).total_seconds()
    return one.appointment.end <= now, abs(distance)


def _answer(transaction: Transaction, vault: Vault, desk: Desk, stored: StoredAppointment) -> Answer:
    appointment = stored.appointment
    screen = msgspec.structs.replace(desk.screen, zone=appointment.start.zone)
    seen_now = beside(transaction, stored, desk.practice)
    decision = as_it_stands(stored.decided(), appointment, desk.practice, screen.now, seen_now)
    after_fix = expected_after_fix(appointment, desk.practice, screen.now)
    existing = visits.latest_for(transaction, stored.connection_id, [appointment.id]).get(appointment.id)
    return Answer(
        appointment_id=appointment.id,
        connection_id=stored.connection_id,
        emr=desk.manifest.emr,
        outcome=decision.outcome,
        in_a_word=OUTCOME_WORDS[decision.outcome],
        start=appointment.start.instant,
        start_text=_when(appointment, screen),
        zone=screen.zone,
        duration_minutes=appointment.duration_minutes,
        booked_as=booked_as(appointment, desk.practice),
        provider=_named(appointment.practitioner_id, appointment.practitioner_name, desk.practice.practitioners),
        location=_named(appointment.location_id, appointment.location_name, desk.practice.locations),
        patient_id=appointment.patient_id or "",
        patient_name=_patient_name(transaction, vault, stored),
        explanations=tuple(
            explain(one, screen, expected_by=decision.expected_by, expected_after_fix=after_fix)
            for one in decision.findings
        ),
        checks=seven_checks(decision, screen, expected_after_fix=after_fix),
        expected_by=decision.expected_by,
        expected_by_text=in_words(decision.expected_by, screen.zone, screen.now) if decision.expected_by else "",
        for_patient=for_patient(decision),
        first_seen_at=appointment.first_seen_at,
        history=_history(transaction, stored),
        visit=existing,
    )


def _when(appointment: Appointment, screen: Screen) -> str:
    """With the time of day, as the EMR's screen shows it."""
    near = in_words(appointment.start.instant, screen.zone, screen.now)
    return near if ":" in near else wall_in_words(appointment.start.wall)


def booked_as(appointment: Appointment, practice: PracticeContext) -> str:
    """All that stands in the type, else in the reason, by its name in the EMR's list; free text may name a person."""
    listed = practice.appointment_types
    names = {entry.name for entry in listed.values()}
    for kind in (MarkKind.TYPE, MarkKind.REASON):
        marks = [mark for mark in appointment.marks if mark.kind is kind]
        shown = (listed[mark.id or ""].name if mark.id in listed else mark.text or "" for mark in marks)
        if found := dict.fromkeys(name for name in shown if name in names):
            return ", ".join(found)
    return ""


def _named(identity: str | None, name: str | None, entries: Mapping[str, object]) -> str:
    entry = entries.get(identity or "")
    return str(getattr(entry, "name", "")) or name or (f"number {identity}" if identity else "")


def _patient_name(transaction: Transaction, vault: Vault, stored: StoredAppointment) -> str:
    patient_id = stored.appointment.patient_id
    if patient_id is None or stored.outcome == Outcome.NOT_TELEMEDICINE:
        return ""
    found = patients.find(transaction, vault, stored.connection_id, [patient_id]).get(patient_id)
    return full_name(found.patient) if found else ""


def full_name(patient: Patient) -> str:
    """First and last name."""
    return " ".join(filter(None, (patient.first_name.strip(), patient.last_name.strip())))


def _history(transaction: Transaction, stored: StoredAppointment) -> tuple[Event, ...]:
    appointment_id = stored.appointment.id
    events = [
        Event(at=one.decided_at, what="judged", outcome=one.outcome, codes=_codes(one.findings), cause=one.cause)
        for one in decisions.history(transaction, stored.connection_id, appointment_id)
    ]
    for visit, created_at in visits.of_appointment(transaction, stored.connection_id, appointment_id):
        events.append(Event(at=created_at, what="visit created"))
        events += (
            Event(at=change.changed_at, what=f"visit {change.what}", cause=_from_to(change.before, change.after))
            for change in visits.history(transaction, visit.id)
        )
    return tuple(sorted(events, key=lambda event: event.at))


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(one.code for one in findings)


def _from_to(before: str | None, after: str | None) -> str:
    return f"{before or 'nothing'} → {after or 'nothing'}"


def _unreadable(
    transaction: Transaction, desks: Sequence[Desk], query: str, *, is_found: bool
) -> tuple[Unreadable, ...]:
    """The record that was asked for by its id; or, where nothing was found, all that it may be."""
    held = [
        (desk, one)
        for desk in desks
        for one in quarantine.unresolved(transaction, desk.connection.connection_id)
        if one.kind not in quarantine.NO_RECORDS and (one.record_key == query.strip() or not is_found)
    ]
    exact = [pair for pair in held if pair[1].record_key == query.strip()]
    return tuple(
        Unreadable(
            emr=desk.manifest.emr,
            kind=one.kind,
            record=one.record_key,
            first_seen_at=one.first_seen_at,
            last_seen_at=one.last_seen_at,
            explanation=explain(Finding("record-unreadable"), desk.screen),
        )
        for desk, one in (exact or held)[:MOST_UNREADABLE]
    )
