"""What else is to be said of an appointment when somebody asks: what stands beside it, and what it was before.

Like trouble of the connection this belongs to the moment in which somebody asks. It takes no visit away, and is in no
decision that is kept: else every move of one appointment would have others judged again.
"""

from visitsync.domain.decision import WITH_VISIT, Finding, Outcome
from visitsync.domain.practice import PracticeContext
from visitsync.storage import appointments, decisions
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction

NEVER_PLANNED = frozenset({Outcome.CANCELLED, Outcome.OVER})
MOST_NAMED = 3


def beside(transaction: Transaction, stored: StoredAppointment, practice: PracticeContext) -> tuple[Finding, ...]:
    """F5 and F10."""
    if stored.outcome == Outcome.NOT_TELEMEDICINE:
        return _mark_taken_away(transaction, stored)
    return () if Outcome(stored.outcome) in NEVER_PLANNED else _overlaps(transaction, stored, practice)


def _mark_taken_away(transaction: Transaction, stored: StoredAppointment) -> tuple[Finding, ...]:
    """F5: it had a visit, and was neither cancelled nor over in between."""
    was = None
    for past in decisions.history(transaction, stored.connection_id, stored.appointment.id):
        if past.outcome in WITH_VISIT:
            was = past
        elif past.outcome in NEVER_PLANNED:
            was = None
        elif was is not None and past.outcome is Outcome.NOT_TELEMEDICINE:
            found = next((one.evidence for one in past.findings if "kind" in one.evidence), {})
            kind = {"kind": found["kind"]} if "kind" in found else {}
            return (Finding("mark-taken-away", {**kind, "changed_at": past.decided_at.isoformat()}),)
    return ()


def _overlaps(transaction: Transaction, stored: StoredAppointment, practice: PracticeContext) -> tuple[Finding, ...]:
    """F10. Two patients of one group are one appointment, and nothing overlaps itself."""
    appointment = stored.appointment
    if appointment.practitioner_id is None:
        return ()
    others = appointments.overlapping(
        transaction, stored.connection_id, appointment.id, appointment.practitioner_id,
        starts=appointment.start.instant, ends=appointment.end,
    )  # fmt: skip
    if not others:
        return ()
    entry = practice.practitioners.get(appointment.practitioner_id)
    named = ", ".join(others[:MOST_NAMED]) + (" and more" if len(others) > MOST_NAMED else "")
    provider = entry.name if entry else f"number {appointment.practitioner_id}"
    return (Finding("overlaps-another", {"provider": provider, "appointments": named}),)
