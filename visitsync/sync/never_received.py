"""The answer for an appointment that a connection has never shown: is that still normal, and when is it read next?"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

import msgspec

from visitsync.domain.decision import Decision
from visitsync.domain.explanation import Explanation, explain
from visitsync.domain.local_time import zone_named
from visitsync.domain.time_words import in_words
from visitsync.rules.not_received import not_received
from visitsync.rules.sync_time import expected_minutes
from visitsync.storage import decisions
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import PastDecision
from visitsync.sync.cadence import sweep_window
from visitsync.sync.desk import Desk
from visitsync.sync.question import understood


class NotReceived(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of an appointment that a connection has never shown us."""

    emr: str
    connection_id: UUID
    sentence: str
    explanations: tuple[Explanation, ...]
    """Whether that is normal, what may be the matter, and what to do."""
    expected_by: datetime | None
    expected_by_text: str
    last_complete_read_at: datetime | None
    next_read_at: datetime | None
    next_far_read_at: datetime | None
    read_until: date | None
    """The last day that is read at present (the practice's own); what lies further ahead comes as it comes nearer.

    None where days cannot be asked for.
    """
    usual_minutes: int
    abnormal_minutes: int


def never_received(
    transaction: Transaction, desks: Sequence[Desk], query: str, next_reads: Mapping[UUID, datetime | None]
) -> tuple[NotReceived, ...]:
    """What each connection can say where nothing fits; a day that is asked for tells when it would come. One query."""
    gone = decisions.histories(transaction, [(desk.connection.connection_id, query.strip()) for desk in desks])
    return tuple(_not_received(desk, query, next_reads, gone) for desk in desks)


def next_read(desk: Desk, next_reads: Mapping[UUID, datetime | None]) -> datetime | None:
    """When the connection is read next, by the queue, else by its rhythm (aware); None where it only pushes."""
    if not desk.manifest.is_listed:
        return None
    return next_reads.get(desk.connection.connection_id) or desk.practice.connection.next_read_at


def _not_received(
    desk: Desk,
    query: str,
    next_reads: Mapping[UUID, datetime | None],
    histories: Mapping[tuple[UUID, str], Sequence[PastDecision]],
) -> NotReceived:
    facts, screen = desk.practice.connection, desk.screen
    connection_id = desk.connection.connection_id
    read_at, next_at = facts.last_complete_read_at, next_read(desk, next_reads)
    practice = msgspec.structs.replace(desk.practice, connection=msgspec.structs.replace(facts, next_read_at=next_at))
    gone = _gone_before_it_was_stored(histories.get((connection_id, query.strip()), ()))
    decision = gone or not_received(practice, screen.now, starts_at=_day_asked_for(desk, query))
    return NotReceived(
        emr=desk.manifest.emr,
        connection_id=connection_id,
        sentence=_never_seen(desk, read_at, next_at),
        explanations=tuple(explain(one, screen, expected_by=decision.expected_by) for one in decision.findings),
        expected_by=decision.expected_by,
        expected_by_text=in_words(decision.expected_by, screen.zone, screen.now) if decision.expected_by else "",
        last_complete_read_at=read_at,
        next_read_at=next_at,
        next_far_read_at=facts.next_far_read_at,
        read_until=sweep_window(screen.zone, screen.now, months=facts.sync_months, is_full=True).last
        if desk.manifest.is_listed
        else None,
        usual_minutes=expected_minutes(facts),
        abnormal_minutes=facts.abnormal_minutes,
    )


def _gone_before_it_was_stored(past: Sequence[PastDecision]) -> Decision | None:
    """F8: what was decided of an id that the EMR mentioned and, when asked, no longer knew."""
    return Decision(outcome=past[-1].outcome, findings=past[-1].findings) if past else None


def _day_asked_for(desk: Desk, query: str) -> datetime | None:
    zone = zone_named(desk.screen.zone)
    day = understood(query, desk.screen.now.astimezone(zone).date()).day
    return None if day is None else datetime.combine(day, time(12), zone)


def _never_seen(desk: Desk, read_at: datetime | None, next_at: datetime | None) -> str:
    screen, name = desk.screen, desk.manifest.name
    if not desk.manifest.is_listed:
        heard = (
            "Nothing has come from it yet"
            if read_at is None
            else f"Last heard from {in_words(read_at, screen.zone, screen.now)}"
        )
        return f"{name} has never sent it. {heard}."
    if read_at is None:
        return f"{name} has not been read completely yet."
    last = in_words(read_at, screen.zone, screen.now)
    if next_at is None:
        return f"{name} has never shown it. Last complete read {last}."
    coming = "due now" if next_at <= screen.now else in_words(next_at, screen.zone, screen.now)
    return f"{name} has never shown it. Last complete read {last}, next {coming}."
