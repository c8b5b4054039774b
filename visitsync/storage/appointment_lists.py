"""Appointments as pages list them: many at once, of all connections of a practice, each list in one query."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.storage.appointments import STORED_COLUMNS, StoredAppointment, opened
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault

NEEDS_SOMEBODY = (Outcome.NEEDS_FIX, Outcome.NEEDS_PROVIDER, Outcome.ON_HOLD)
"""Outcomes for which the index appointment_needs_somebody stands ready."""

LONGEST = timedelta(days=1)
"""No appointment is taken to last longer, so that what overlaps a time is found through the index of starts."""

Key = tuple[UUID, str]
"""Connection and appointment (or patient) of one practice."""


class VisitSeen(msgspec.Struct, frozen=True, gc=False):
    """The visit of a listed appointment: the active one, else the one it had last."""

    id: str
    state: str
    staff_id: UUID | None
    is_test: bool


class Listed(msgspec.Struct, frozen=True):
    """An appointment with its current decision and its visit."""

    stored: StoredAppointment
    visit: VisitSeen | None


class Met(msgspec.Struct, frozen=True, gc=False):
    """As much of an appointment as is known without opening its record."""

    connection_id: UUID
    appointment_id: str
    start_at: datetime
    end_at: datetime
    outcome: str

    @property
    def key(self) -> Key:
        return self.connection_id, self.appointment_id


class Taken(msgspec.Struct, frozen=True, gc=False):
    """The time that a video visit takes of a practitioner."""

    connection_id: UUID
    practitioner_id: str
    appointment_id: str
    start_at: datetime
    end_at: datetime


def starting_between(
    transaction: Transaction,
    vault: Vault,
    first: datetime,
    before: datetime,
    *,
    practitioner_id: str | None = None,
    staff_id: UUID | None = None,
) -> list[Listed]:
    """Telemedicine appointments that start in that time, by start; only one practitioner's or one staff member's."""
    where = f"""{_BETWEEN} and outcome <> 'not_telemedicine'
                and (%(practitioner)s::text is null or practitioner_id = %(practitioner)s)"""
    query = f"""{_LISTED.format(where=where)}
                where (%(staff)s::uuid is null or (visit.staff_id = %(staff)s and visit.state <> 'cancelled'))
                order by start_at, appointment_id"""
    parameters = {"first": first, "before": before, "practitioner": practitioner_id, "staff": staff_id}
    return _listed(transaction, vault, query, parameters)


def needing_somebody(
    transaction: Transaction, vault: Vault, now: datetime, before: datetime, *, at_most: int
) -> list[Listed]:
    """Appointments for which a person must do something and that end after now, the nearest first."""
    outcomes = ", ".join(f"'{one}'" for one in NEEDS_SOMEBODY)
    where = f"{_BETWEEN} and end_at > %(now)s and outcome in ({outcomes}) order by start_at limit %(most)s"
    query = f"{_LISTED.format(where=where)} order by start_at, appointment_id"
    parameters = {"first": now - LONGEST, "before": before, "now": now, "most": at_most}
    return _listed(transaction, vault, query, parameters)


def listed(transaction: Transaction, vault: Vault, keys: Collection[Key]) -> list[Listed]:
    """These appointments, as far as they are stored, in no order."""
    if not keys:
        return []
    connections, ids = zip(*keys, strict=True)
    return _listed(transaction, vault, _BY_KEY, {"connections": list(connections), "ids": list(ids)})


def outcomes_by_day(
    transaction: Transaction,
    midnights: Sequence[datetime],
    *,
    practitioner_id: str | None = None,
    staff_id: UUID | None = None,
) -> dict[tuple[int, str], int]:
    """(number of the day, outcome) → how many telemedicine appointments; day 0 lies between the first two midnights."""
    rows = transaction.execute(
        f"""select width_bucket(start_at, %(midnights)s::timestamptz[]) - 1, outcome, count(*) from appointment
            where practice_id = %(practice)s and {_BETWEEN} and outcome <> 'not_telemedicine'
              and (%(practitioner)s::text is null or practitioner_id = %(practitioner)s)
              and (%(staff)s::uuid is null or {_SEEN_BY})
            group by 1, 2""".encode(),
        {
            "practice": transaction.practice_id,
            "midnights": list(midnights),
            "first": midnights[0],
            "before": midnights[-1],
            "practitioner": practitioner_id,
            "staff": staff_id,
        },
    ).fetchall()
    return {(int(day), str(outcome)): int(count) for day, outcome, count in rows}


def taken_between(transaction: Transaction, first: datetime, before: datetime) -> list[Taken]:
    """Which times of practitioners are taken by telemedicine appointments that may take place, by start."""
    rows = transaction.execute(
        f"""select connection_id, practitioner_id, appointment_id, start_at, end_at from appointment
            where practice_id = %(practice)s and {_BETWEEN} and practitioner_id is not null
              and outcome not in ('not_telemedicine', 'over', 'cancelled')
            order by start_at, appointment_id""".encode(),
        {"practice": transaction.practice_id, "first": first, "before": before},
        binary=True,
    ).fetchall()
    return [Taken(*row) for row in rows]


def beside_each(transaction: Transaction, keys: Collection[Key]) -> list[tuple[Key, str]]:
    """(appointment, another at the same time with the same practitioner), by start, of those that may take place."""
    if not keys:
        return []
    connections, ids = zip(*keys, strict=True)
    rows = transaction.execute(
        _BESIDE, {"practice": transaction.practice_id, "connections": list(connections), "ids": list(ids)}, binary=True
    ).fetchall()
    return [((row[0], row[1]), row[2]) for row in rows]


def met(transaction: Transaction, where: str, parameters: dict[str, Any]) -> list[Met]:
    """The practice's appointments that meet a condition of this room, unopened."""
    rows = transaction.execute(
        f"select {_MET} from appointment where practice_id = %(practice)s and {where}".encode(),
        {"practice": transaction.practice_id, **parameters},
        binary=True,
    ).fetchall()
    return [Met(*row) for row in rows]


def of_patients(transaction: Transaction, keys: Collection[Key]) -> list[Met]:
    """All appointments of these patients, group visits that they are part of included, unopened."""
    if not keys:
        return []
    connections, ids = zip(*keys, strict=True)
    rows = transaction.execute(
        _OF_PATIENTS,
        {"practice": transaction.practice_id, "connections": list(connections), "ids": list(ids)},
        binary=True,
    ).fetchall()
    return [Met(*row) for row in rows]


def with_practitioners(
    transaction: Transaction, keys: Collection[Key], first: datetime, before: datetime, *, ends_after: datetime
) -> list[Met]:
    """Appointments with these practitioners (connection, id) that start in that time, unopened."""
    connections, ids = zip(*keys, strict=True)
    where = f"""{_BETWEEN} and end_at > %(ends_after)s and (connection_id, practitioner_id) in (
                    select * from unnest(%(connections)s::uuid[], %(ids)s::text[]))"""
    times = {"first": first, "before": before, "ends_after": ends_after}
    return met(transaction, where, {"connections": list(connections), "ids": list(ids), **times})


def opened_between(
    transaction: Transaction, vault: Vault, first: datetime, before: datetime
) -> Iterator[tuple[StoredAppointment, Met]]:
    """All appointments that start in that time."""
    rows = transaction.execute(
        f"""select {STORED_COLUMNS}, start_at, end_at from appointment
            where practice_id = %(practice)s and {_BETWEEN}""".encode(),
        {"practice": transaction.practice_id, "first": first, "before": before},
        binary=True,
    ).fetchall()
    for *columns, start_at, end_at in rows:
        stored = opened(vault, transaction.practice_id, tuple(columns))
        yield stored, Met(stored.connection_id, stored.appointment.id, start_at, end_at, stored.outcome)


def patients_around(transaction: Transaction, now: datetime, *, at_most: int) -> list[Key]:
    """(connection, patient) of those telemedicine appointments that are nearest to now, in either direction."""
    half = """(select connection_id, patient_id from appointment where practice_id = %(practice)s
               and start_at {side} and patient_id is not null and outcome <> 'not_telemedicine'
               order by start_at {order} limit %(most)s)"""
    query = f"""{half.format(side=">= %(now)s", order="asc")} union
                {half.format(side="< %(now)s", order="desc")}"""
    rows = transaction.execute(
        query.encode(), {"practice": transaction.practice_id, "now": now, "most": at_most // 2}, binary=True
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


_BETWEEN = "start_at >= %(first)s and start_at < %(before)s"
_OF_IT = """visit.practice_id = %(practice)s and visit.appointment_id = {table}.appointment_id
            and visit.connection_id = {table}.connection_id"""
# Each half has its own partial index; a query that does not name the state would read all visits of the practice.
_VISIT = f"""left join lateral (
        (select visit_id::text, state, staff_id, is_test, 1 as preference from visit
         where {_OF_IT.format(table="one")} and state = 'active')
        union all
        (select visit_id::text, state, staff_id, is_test, 2 as preference from visit
         where {_OF_IT.format(table="one")} and state <> 'active' order by changed_at desc limit 1)
        order by preference limit 1) as visit on true"""
_SEEN_BY = f"""
    exists (select from visit where {_OF_IT.format(table="appointment")} and state = 'active'
            and staff_id = %(staff)s)
    or exists (select from visit where {_OF_IT.format(table="appointment")} and state <> 'active'
               and state = 'over' and staff_id = %(staff)s)"""
_COLUMNS = ", ".join(f"one.{name.strip()}" for name in STORED_COLUMNS.split(","))
_SELECTED = f"select {_COLUMNS}, visit.visit_id, visit.state, visit.staff_id, visit.is_test"
_LISTED = f"""{_SELECTED}
    from (select {STORED_COLUMNS}, start_at from appointment
          where practice_id = %(practice)s and {{where}}) as one {_VISIT}"""
_BY_KEY = f"""{_SELECTED}
    from unnest(%(connections)s::uuid[], %(ids)s::text[]) as asked (connection, id)
    cross join lateral (
        select {STORED_COLUMNS} from appointment where practice_id = %(practice)s
        and appointment_id = asked.id and connection_id = asked.connection offset 0) as one {_VISIT}"""
_MET = "connection_id, appointment_id, start_at, end_at, outcome"
_OF_PATIENTS = f"""
    with asked as materialized (
        select * from unnest(%(connections)s::uuid[], %(ids)s::text[]) as asked (connection, id))
    select found.* from asked cross join lateral (
        select {_MET} from appointment where practice_id = %(practice)s and patient_id = asked.id
        and connection_id = asked.connection offset 0) as found
    union
    select found.* from asked cross join lateral (
        select appointment_id as member_of from group_member where practice_id = %(practice)s
        and patient_id = asked.id and connection_id = asked.connection offset 0) as membership
    cross join lateral (
        select {_MET} from appointment where practice_id = %(practice)s and appointment_id = membership.member_of
        and connection_id = asked.connection offset 0) as found""".encode()
_BESIDE = b"""
    select one.connection_id, one.appointment_id, other.appointment_id
    from unnest(%(connections)s::uuid[], %(ids)s::text[]) as asked (connection, id)
    cross join lateral (
        select connection_id, appointment_id, practitioner_id, start_at, end_at from appointment
        where practice_id = %(practice)s and appointment_id = asked.id and connection_id = asked.connection
          and practitioner_id is not null and outcome not in ('not_telemedicine', 'over', 'cancelled')
        offset 0) as one
    cross join lateral (
        select appointment_id, start_at from appointment
        where practice_id = %(practice)s and connection_id = one.connection_id
          and appointment_id <> one.appointment_id and practitioner_id = one.practitioner_id
          and start_at < one.end_at and end_at > one.start_at and start_at > one.start_at - interval '1 day'
          and outcome not in ('not_telemedicine', 'over', 'cancelled') offset 0) as other
    order by other.start_at, other.appointment_id"""


def _listed(transaction: Transaction, vault: Vault, query: str, parameters: dict[str, Any]) -> list[Listed]:
    practice_id = transaction.practice_id
    rows = transaction.execute(query.encode(), {"practice": practice_id, **parameters}, binary=True).fetchall()
    return [
        Listed(opened(vault, practice_id, row[:-4]), VisitSeen(*row[-4:]) if row[-4] is not None else None)
        for row in rows
    ]
