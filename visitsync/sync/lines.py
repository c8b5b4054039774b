"""Appointments as lines of a list: who, when, with whom, how it stands, and what to do about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment, MarkKind
from visitsync.domain.decision import Decision, Finding, Outcome
from visitsync.domain.explanation import Explanation, Screen, explain
from visitsync.domain.local_time import UnknownZone, zone_named
from visitsync.domain.patient import Patient
from visitsync.domain.practice import PracticeContext
from visitsync.domain.reason import Precedence
from visitsync.domain.reasons import REASONS
from visitsync.domain.time_words import in_words, time_in_words
from visitsync.rules.as_it_stands import as_it_stands
from visitsync.rules.reading import expected_after_fix
from visitsync.storage import patients
from visitsync.storage.appointment_lists import NEEDS_SOMEBODY, Key, Listed
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.beside import NEVER_PLANNED, beside
from visitsync.sync.desk import Desk
from visitsync.sync.office import Office

NEAR_MISSES = frozenset(
    {"type-misspelt", "condition-not-met", "video-in-note", "type-not-connected", "type-name-changed",
     "type-has-new-id", "type-unknown"}
)  # fmt: skip
"""Reasons that make an appointment a near miss: not telemedicine by the letter, but so close that it must be seen."""


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One appointment in a list."""

    connection_id: UUID
    appointment_id: str
    emr: str
    """Code of the EMR."""
    emr_name: str
    """As staff know it."""
    start: datetime
    """Aware, UTC."""
    end: datetime
    """Aware, UTC."""
    day: date
    """On which it starts by the practice's clocks."""
    start_text: str
    """The wall time as the EMR's screen shows it: "2:30 PM"."""
    other_zone: str
    """Whose clocks `start_text` is by, where they differ from the practice's at that moment; else ""."""
    duration_minutes: int
    patient_id: str
    patient_name: str
    """"" where we keep no record of the patient, or it is not telemedicine."""
    provider: str
    practitioner_id: str
    location: str
    location_id: str
    booked_as: str
    outcome: Outcome
    reason: Explanation | None
    """What leads; of the connection's own trouble, which whole pages tell, only where nothing else was found.

    None: nothing is to be said.
    """
    further: int
    """How many findings there are besides."""
    codes: tuple[str, ...]
    """Of all findings, the leading one first."""
    needs_somebody: bool
    """A person must do something, and it has not ended."""
    minutes_to_start: int
    """Negative: it has begun."""
    is_near_miss: bool
    expected_by: datetime | None
    expected_by_text: str
    """When time alone will have made the visit; "" where that cannot be said."""
    visit_id: str
    """"" where it never had a visit."""
    visit_state: str
    staff_id: UUID | None
    """Who sees the visit; None: nobody."""
    is_test: bool
    first_seen_at: datetime | None

    @property
    def key(self) -> Key:
        return self.connection_id, self.appointment_id


def lines_of(
    transaction: Transaction,
    vault: Vault,
    office: Office,
    listed: Sequence[Listed],
    others: Mapping[Key, Sequence[str]] | None = None,
) -> list[Line]:
    """The lines of these appointments, in their order, their patients found in one query.

    `others` of the same practitioner at the same time are told as findings (see beside).
    """
    people = patients.find_everywhere(transaction, vault, _patients_of(listed))
    return [_line(office, one, people, (others or {}).get(_key(one), ())) for one in listed]


def standing(
    stored_decision: Decision, appointment: Appointment, desk: Desk, seen_now: tuple[Finding, ...]
) -> Decision:
    """The decision as it stands at the moment of the desk's screen."""
    return as_it_stands(stored_decision, appointment, desk.practice, desk.screen.now, seen_now)


def known_patient(stored: StoredAppointment, people: Mapping[Key, Patient]) -> Patient | None:
    """The patient; None where no record was read, or where it is none of our business: it is not telemedicine."""
    if stored.outcome == Outcome.NOT_TELEMEDICINE:
        return None
    return people.get((stored.connection_id, stored.appointment.patient_id or ""))


def is_of_connection(code: str) -> bool:
    """Whether a reason is the connection's, and so that of all its appointments."""
    reason = REASONS.get(code)
    return reason is None or reason.rank < Precedence.TIMING


def full_name(patient: Patient) -> str:
    """First and last name."""
    return " ".join(filter(None, (patient.first_name.strip(), patient.last_name.strip())))


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


def named(identity: str | None, name: str | None, entries: Mapping[str, object]) -> str:
    """A provider or location by the name in the EMR's list, else by the one that the appointment gives, else number."""
    entry = entries.get(identity or "")
    return str(getattr(entry, "name", "")) or name or (f"number {identity}" if identity else "")


def _key(one: Listed) -> Key:
    return one.stored.connection_id, one.stored.appointment.id


def _patients_of(listed: Iterable[Listed]) -> set[Key]:
    return {
        (one.stored.connection_id, one.stored.appointment.patient_id)
        for one in listed
        if one.stored.appointment.patient_id is not None and one.stored.outcome != Outcome.NOT_TELEMEDICINE
    }


def _line(office: Office, listed: Listed, people: Mapping[Key, Patient], others: Sequence[str]) -> Line:
    stored, visit = listed.stored, listed.visit
    appointment, desk = stored.appointment, office.desks[stored.connection_id]
    outcome = Outcome(stored.outcome)
    seen_now = () if outcome in NEVER_PLANNED else beside(stored, others, desk.practice)
    decision = standing(stored.decided(), appointment, desk, seen_now)
    patient = known_patient(stored, people)
    codes = tuple(one.code for one in decision.findings)
    start, now = appointment.start, office.now
    return Line(
        connection_id=stored.connection_id,
        appointment_id=appointment.id,
        emr=desk.manifest.emr,
        emr_name=desk.manifest.name,
        start=start.instant,
        end=appointment.end,
        day=start.instant.astimezone(zone_named(office.zone)).date(),
        start_text=time_in_words(start.wall.replace(tzinfo=UTC), "UTC"),  # as it stands, even where clocks skip it
        other_zone=other_zone(start.instant, start.zone, office.zone),
        duration_minutes=appointment.duration_minutes,
        patient_id=appointment.patient_id or "",
        patient_name=full_name(patient) if patient else "",
        provider=named(appointment.practitioner_id, appointment.practitioner_name, desk.practice.practitioners),
        practitioner_id=appointment.practitioner_id or "",
        location=named(appointment.location_id, appointment.location_name, desk.practice.locations),
        location_id=appointment.location_id or "",
        booked_as=booked_as(appointment, desk.practice),
        outcome=outcome,
        reason=_leading(decision, appointment, desk),
        further=max(0, len(codes) - 1),
        codes=codes,
        needs_somebody=outcome in NEEDS_SOMEBODY and appointment.end > now,
        minutes_to_start=int((start.instant - now).total_seconds() // 60),
        is_near_miss=not NEAR_MISSES.isdisjoint(codes),
        expected_by=decision.expected_by,
        expected_by_text=in_words(decision.expected_by, office.zone, now) if decision.expected_by else "",
        visit_id=visit.id if visit else "",
        visit_state=visit.state if visit else "",
        staff_id=visit.staff_id if visit else None,
        is_test=(visit is not None and visit.is_test) or appointment.id in desk.practice.test_visit_ids,
        first_seen_at=appointment.first_seen_at,
    )


def _leading(decision: Decision, appointment: Appointment, desk: Desk) -> Explanation | None:
    if not decision.findings:
        return None
    leading = next((one for one in decision.findings if not is_of_connection(one.code)), decision.findings[0])
    screen = screen_of(appointment, desk)
    after_fix = expected_after_fix(appointment, desk.practice, screen.now)
    return explain(leading, screen, expected_by=decision.expected_by, expected_after_fix=after_fix)


def screen_of(appointment: Appointment, desk: Desk) -> Screen:
    """The desk's screen on the clocks of the appointment, which it names where they are not the practice's."""
    start, screen = appointment.start, desk.screen
    is_other = bool(other_zone(start.instant, start.zone, screen.zone))
    return msgspec.structs.replace(screen, zone=start.zone, names_zone=is_other)


def other_zone(instant: datetime, zone: str, practice_zone: str) -> str:
    """The zone, where its clocks differ from the practice's at that instant; else ""."""
    if zone == practice_zone:
        return ""
    try:
        offsets = {instant.astimezone(zone_named(one)).utcoffset() for one in (zone, practice_zone)}
    except UnknownZone:
        return zone
    return zone if len(offsets) > 1 else ""
