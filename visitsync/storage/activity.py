"""What happened in some weeks, counted: how visits began, how quick they were there, what stood in the way.

Test visits are left out everywhere. Nothing here names a patient or opens a sealed record.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.decision import Finding
from visitsync.storage.database import Transaction

_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Some weeks, on the practice's clocks."""

    since: datetime
    """Aware, included."""
    until: datetime
    """Aware, not included."""
    zone: str
    """IANA name; days are counted in it."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """The telemedicine appointments of one connection that began on one day."""

    connection_id: UUID
    day: date
    count: int
    ready: int
    """Their visit was there, linked, at the start."""
    saved: int
    """Of those: a person had to do something first, and did."""
    lost_minutes: int
    """From the start until ready, or until the end where they never were: of those that were not ready."""


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """How many whole minutes, rounded up, visits of one connection took from booking until they were there."""

    connection_id: UUID
    has_waited: bool
    """They were known five minutes and more before: something had to be put right first."""
    is_far: bool
    """Booked so far ahead that they may take a day."""
    minutes: tuple[int, ...]


class Found(msgspec.Struct, frozen=True, gc=False):
    """One thing that was found about one appointment when it was judged to need somebody."""

    connection_id: UUID
    appointment_id: str
    day: date
    code: str


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What the readings of one connection brought."""

    connection_id: UUID
    found_only_by_sweep: int
    changed: int
    """New and changed records, those found only by the sweep among them."""
    readings: int


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What people asked."""

    help_requests: int
    helpful: int
    not_helpful: int


def begun(transaction: Transaction, span: Span) -> list[Begun]:
    """What began in that time, by connection and day; days on which nothing began are left out.

    What was cancelled before its start, and what was known only when it was over, did not begin.
    """
    rows = transaction.execute(_BEGUN, _parameters(transaction, span), binary=True).fetchall()
    return [Begun(**dict(zip(Begun.__struct_fields__, row, strict=True))) for row in rows]


def took(transaction: Transaction, span: Span, far_from: Mapping[date, date]) -> list[Took]:
    """Of the visits that were booked and made in that time, once the EMR had been read (or heard) a first time.

    `far_from` says for a day of booking from which day on a start is far ahead.
    """
    parameters = _parameters(transaction, span) | {
        "booked_on": list(far_from),
        "far_from": list(far_from.values()),
    }
    rows = transaction.execute(_TOOK, parameters, binary=True).fetchall()
    return [
        Took(connection_id=connection_id, has_waited=waited, is_far=is_far, minutes=tuple(minutes))
        for connection_id, waited, is_far, minutes in rows
    ]


def found(transaction: Transaction, span: Span, codes: Collection[str]) -> list[Found]:
    """Every one of these codes that was found in that time where somebody was needed, the first one first."""
    known: dict[bytes, Sequence[str]] = {}
    listed = []
    for connection_id, appointment_id, day, findings in transaction.execute(
        _FOUND, _parameters(transaction, span), binary=True
    ):
        if (here := known.get(findings)) is None:
            here = known[findings] = [one.code for one in _decode_findings(findings) if one.code in codes]
        listed += [Found(connection_id, appointment_id, day, code) for code in here]
    return listed


def swept(transaction: Transaction, span: Span) -> list[Swept]:
    """What was read in that time, by connection."""
    rows = transaction.execute(
        """select connection_id, sum(repaired)::bigint, sum(changed)::bigint, count(*) from sync_run
           where practice_id = %(practice)s and started_at >= %(since)s and started_at < %(until)s
           group by connection_id""",
        _parameters(transaction, span),
    ).fetchall()
    return [Swept(**dict(zip(Swept.__struct_fields__, row, strict=True))) for row in rows]


def asked(transaction: Transaction, span: Span) -> Asked:
    """What was asked in that time."""
    row = transaction.execute(
        """select (select count(*) from help_request where practice_id = %(practice)s
                   and asked_at >= %(since)s and asked_at < %(until)s),
                  count(*) filter (where is_helpful), count(*) filter (where not is_helpful)
           from answer_vote
           where practice_id = %(practice)s and voted_at >= %(since)s and voted_at < %(until)s""",
        _parameters(transaction, span),
    ).fetchone()
    assert row is not None  # noqa: S101  # one row of three counts
    return Asked(help_requests=int(row[0]), helpful=int(row[1]), not_helpful=int(row[2]))


def _parameters(transaction: Transaction, span: Span) -> dict[str, Any]:
    return {"practice": transaction.practice_id, **msgspec.structs.asdict(span)}


_IS_NO_TEST = """not exists (
    select from test_visit where practice_id = %(practice)s and test_visit.connection_id = {table}.connection_id
    and test_visit.appointment_id = {table}.appointment_id)"""

# The history says how an appointment stood when it began: what is stored now is how it stands since.
_BEGUN = f"""
    with started as materialized (
        select connection_id, appointment_id, start_at, end_at from appointment
        where practice_id = %(practice)s and start_at >= %(since)s and start_at < %(until)s
          and outcome <> 'not_telemedicine' and {_IS_NO_TEST.format(table="appointment")}
    ), told as (
        select connection_id, start_at, end_at, history.*
        from started cross join lateral (
            select (array_agg(outcome order by decision_id desc) filter (where decided_at <= start_at))[1] as at_start,
                   coalesce(bool_or(outcome in ('needs_fix', 'needs_provider', 'on_hold'))
                            filter (where decided_at <= start_at), false) as needed_somebody,
                   min(decided_at) filter (where outcome = 'ready' and decided_at > start_at) as ready_late_at
            from decision
            where practice_id = %(practice)s and decision.appointment_id = started.appointment_id
              and decision.connection_id = started.connection_id
            offset 0) as history
    )
    select connection_id, (start_at at time zone %(zone)s)::date as day, count(*),
           count(*) filter (where at_start = 'ready'),
           count(*) filter (where at_start = 'ready' and needed_somebody),
           coalesce(sum(ceil(extract(epoch from least(ready_late_at, end_at) - start_at) / 60))
                    filter (where at_start is distinct from 'ready'), 0)::bigint
    from told
    where at_start in ('ready', 'waiting', 'needs_fix', 'needs_provider', 'on_hold')
       or (at_start is null and ready_late_at is not null)
    group by connection_id, day order by day, connection_id
    """.encode()

_TOOK = f"""
    with known_since as materialized (
        select connection_id, coalesce(
            (select min(finished_at) from sync_run where sync_run.practice_id = connection.practice_id
             and sync_run.connection_id = connection.connection_id and kind = 'sweep' and is_complete),
            created_at) as at
        from connection where practice_id = %(practice)s
    )
    select visit.connection_id, visit.created_at >= appointment.first_seen_at + interval '5 minutes' as has_waited,
           coalesce((visit.start_at at time zone %(zone)s)::date >= far.starts_on, false) as is_far,
           array_agg(greatest(ceil(extract(epoch from visit.created_at - visit.booked_at) / 60), 0)::int)
    from visit join appointment using (practice_id, connection_id, appointment_id)
    join known_since on known_since.connection_id = visit.connection_id
    left join unnest(%(booked_on)s::date[], %(far_from)s::date[]) as far (booked_on, starts_on)
        on far.booked_on = (visit.booked_at at time zone %(zone)s)::date
    where visit.practice_id = %(practice)s and visit.created_at >= %(since)s and visit.created_at < %(until)s
      and visit.booked_at >= greatest(%(since)s, known_since.at)
      and not visit.is_test and {_IS_NO_TEST.format(table="visit")}
    group by 1, 2, 3 order by 1, 2, 3
    """.encode()

_FOUND = f"""
    select connection_id, appointment_id, (decided_at at time zone %(zone)s)::date, findings from decision
    where practice_id = %(practice)s and decided_at >= %(since)s and decided_at < %(until)s
      and outcome in ('needs_fix', 'needs_provider', 'on_hold') and {_IS_NO_TEST.format(table="decision")}
    order by decided_at, decision_id
    """.encode()
