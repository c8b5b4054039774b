"""What else is to be said of an appointment when somebody asks: what stands beside it, and what it was before.

Like trouble of the connection this belongs to the moment in which somebody asks. It takes no visit away, and is in no
decision that is kept: else every move of one appointment would have others judged again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from visitsync.domain.decision import WITH_VISIT, Finding, Outcome
from visitsync.domain.practice import PracticeContext
from visitsync.storage import appointment_lists
from visitsync.storage.appointment_lists import LONGEST, Key, Taken
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import PastDecision

NEVER_PLANNED = frozenset({Outcome.CANCELLED, Outcome.OVER})
MOST_NAMED = 3


def others_beside(transaction: Transaction, keys: Sequence[Key]) -> dict[Key, list[str]]:
    """Appointment → others of its practitioner at the same time, by start; one query for all of them."""
    others: dict[Key, list[str]] = defaultdict(list)
    for key, other in appointment_lists.beside_each(transaction, keys):
        others[key].append(other)
    return others


def overlapping(taken: Sequence[Taken]) -> dict[Key, list[str]]:
    """The same, of times that are known already (sorted by start)."""
    others: dict[Key, list[str]] = defaultdict(list)
    by_practitioner: dict[tuple[object, str], list[Taken]] = defaultdict(list)
    for one in taken:
        by_practitioner[one.connection_id, one.practitioner_id].append(one)
    for times in by_practitioner.values():
        for position, one in enumerate(times):
            for other in _at_the_same_time(one, times, position + 1):
                others[one.connection_id, one.appointment_id].append(other.appointment_id)
                others[other.connection_id, other.appointment_id].append(one.appointment_id)
    return others


def beside(stored: StoredAppointment, others: Sequence[str], practice: PracticeContext) -> tuple[Finding, ...]:
    """F10: `others` of its practitioner are at the same time."""
    practitioner_id = stored.appointment.practitioner_id
    if not others or practitioner_id is None:
        return ()
    entry = practice.practitioners.get(practitioner_id)
    named = ", ".join(others[:MOST_NAMED]) + (" and more" if len(others) > MOST_NAMED else "")
    provider = entry.name if entry else f"number {practitioner_id}"
    return (Finding("overlaps-another", {"provider": provider, "appointments": named}),)


def mark_taken_away(history: Sequence[PastDecision]) -> tuple[Finding, ...]:
    """F5: what is no telemedicine now had a visit, and was neither cancelled nor over in between."""
    was = None
    for past in history:
        if past.outcome in WITH_VISIT:
            was = past
        elif past.outcome in NEVER_PLANNED:
            was = None
        elif was is not None and past.outcome is Outcome.NOT_TELEMEDICINE:
            return (Finding("mark-taken-away", {**_kind(past), "changed_at": past.decided_at.isoformat()}),)
    return ()


def _kind(past: PastDecision) -> Mapping[str, str]:
    found = next((one.evidence for one in past.findings if "kind" in one.evidence), {})
    return {"kind": found["kind"]} if "kind" in found else {}


def _at_the_same_time(one: Taken, times: Sequence[Taken], begin: int) -> list[Taken]:
    """Of those that start later: all until one starts when it has ended, or a day later."""
    until = min(one.end_at, one.start_at + LONGEST - timedelta(microseconds=1))
    found = []
    for other in times[begin:]:
        if other.start_at > until or other.start_at >= one.end_at:
            break
        if other.end_at > one.start_at:
            found.append(other)
    return found
