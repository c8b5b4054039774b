"""What there is to tell of at one moment: the visits that come, and what is the matter with visits and connections."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID

import msgspec

from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import explain
from visitsync.domain.reason import Owner
from visitsync.domain.reasons import REASONS
from visitsync.domain.telling_choices import Kind
from visitsync.rules.connection import check
from visitsync.storage import appointment_lists
from visitsync.storage.appointment_lists import NEEDS_SOMEBODY, Listed
from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState
from visitsync.storage.vault import Vault
from visitsync.sync.desk import Desk
from visitsync.sync.lateness import TITLES as LATE_KINDS
from visitsync.sync.lateness import what_takes_long
from visitsync.sync.office import Office
from visitsync.sync.push_health import push_health
from visitsync.sync.telling.times import Calendar

WAITS_TOO_LONG = timedelta(hours=1)
"""A visit that only time keeps from being ready is a concern when it begins so soon, and time will not do it."""
SET_UP = "connection-being-set-up"


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """A telemedicine visit that is still to begin; nothing of its patient."""

    connection_id: UUID
    appointment_id: str
    starts_at: datetime
    outcome: Outcome
    expected_by: datetime | None = None
    location: str
    """`connection:id`, as people choose them."""
    practitioner: str
    staff_id: str | None = None
    """The staff member to whom its practitioner is linked."""

    @property
    def needs_somebody(self) -> bool:
        """A person must do something; time will not."""
        return self.outcome in NEEDS_SOMEBODY


class Rank(IntEnum):
    """What is the matter, the gravest first: of one connection only that is told, and told anew when it gets worse."""

    RECONNECT = 0
    FOR_AN_ADMIN = 1
    LATE = 2
    PAUSED = 3


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is the matter now, in words without patient data."""

    kind: Kind
    subject: str
    code: str
    title: str = ""
    lines: tuple[str, ...] = ()
    visit: Coming | None = None


def calendar_of(office: Office) -> Calendar:
    """When the practice works, by its own closures and what its connections say of its hours."""
    hours = {one for desk in office.desks.values() for one in desk.practice.opening_hours}
    return Calendar(zone=office.zone, closures=office.practice.closures, opening_hours=tuple(hours))


def coming(
    transaction: Transaction, vault: Vault, office: Office, first: datetime, before: datetime
) -> tuple[Coming, ...]:
    """The telemedicine visits that begin in that time and may take place, by start; test visits do not count."""
    found = appointment_lists.starting_between(transaction, vault, first, before)
    return tuple(_coming(one, office.desks[one.stored.connection_id]) for one in found if _is_meant(one, office))


def visits_seen(visits: Iterable[Coming], now: datetime) -> Iterator[Seen]:
    """Those that are not ready and will not be so by themselves in time; `now` is aware."""
    for one in visits:
        if one.starts_at > now and (one.needs_somebody or _waits_in_vain(one, now)):
            subject = f"{one.connection_id} {one.appointment_id} {one.starts_at.isoformat()}"
            yield Seen(kind=Kind.WARNING, subject=subject, code=one.outcome, visit=one)


def connections_seen(transaction: Transaction, office: Office) -> Iterator[Seen]:
    """The gravest matter of each connection that is not as usual."""
    for identity, desk in office.desks.items():
        found = [*_states(desk), *_troubles(desk), *_late(transaction, desk)]
        if found and desk.practice.connection.trouble != SET_UP:
            code, title, lines = min(found, key=lambda one: rank_of(one[0]))
            yield Seen(
                kind=Kind.ALARM,
                subject=f"connection {identity}",
                code=code,
                title=f"{desk.manifest.name}: {title}",
                lines=tuple(line for line in lines if line),
            )


def rank_of(code: str) -> Rank:
    """How grave a matter of a connection is."""
    if code in _RANKS:
        return _RANKS[code]
    return Rank.LATE if code in LATE_KINDS else Rank.FOR_AN_ADMIN


_Matter = tuple[str, str, tuple[str, ...]]
_STATES: Mapping[ConnectionState, str] = {
    ConnectionState.NEEDS_RECONNECT: "connection-needs-reconnect",
    ConnectionState.PAUSED: "connection-paused",
}
_RANKS: Mapping[str, Rank] = {"connection-needs-reconnect": Rank.RECONNECT, "connection-paused": Rank.PAUSED}


def _states(desk: Desk) -> Iterator[_Matter]:
    if found := _STATES.get(desk.connection.state):
        yield _explained(desk, found)


def _troubles(desk: Desk) -> Iterator[_Matter]:
    """Trouble that stays until the practice does something; what passes by itself is told once it makes things late."""
    for finding in check(desk.practice.connection):
        if REASONS[finding.code].owner is Owner.PRACTICE_ADMIN and finding.code not in _RANKS:
            yield _explained(desk, finding.code)


def _late(transaction: Transaction, desk: Desk) -> Iterator[_Matter]:
    if desk.connection.state is not ConnectionState.ACTIVE:
        return
    now, heard_at = desk.screen.now, desk.practice.connection.last_complete_read_at
    push = None if desk.manifest.is_listed else push_health(transaction, desk.connection, heard_at, now)
    late = what_takes_long(push, heard_at or desk.connection.created_at, desk.practice, now)
    if late is not None:
        yield late.kind, late.title, (late.what, late.then)


def _explained(desk: Desk, code: str) -> _Matter:
    words = explain(Finding(code), desk.screen)
    return code, words.title, (words.sentence, words.fix)


_MAY_TAKE_PLACE = frozenset({Outcome.READY, Outcome.WAITING, *NEEDS_SOMEBODY})


def _is_meant(one: Listed, office: Office) -> bool:
    tests = office.desks[one.stored.connection_id].practice.test_visit_ids
    is_test = (one.visit is not None and one.visit.is_test) or one.stored.appointment.id in tests
    return Outcome(one.stored.outcome) in _MAY_TAKE_PLACE and not is_test


def _coming(one: Listed, desk: Desk) -> Coming:
    appointment, connection = one.stored.appointment, one.stored.connection_id
    practitioner = desk.practice.practitioners.get(appointment.practitioner_id or "")
    return Coming(
        connection_id=connection,
        appointment_id=appointment.id,
        starts_at=appointment.start.instant,
        outcome=Outcome(one.stored.outcome),
        expected_by=one.stored.decided().expected_by,
        location=f"{connection}:{appointment.location_id or ''}",
        practitioner=f"{connection}:{appointment.practitioner_id or ''}",
        staff_id=practitioner.staff_id if practitioner and practitioner.is_connected else None,
    )


def _waits_in_vain(one: Coming, now: datetime) -> bool:
    if one.outcome is not Outcome.WAITING or one.starts_at - now > WAITS_TOO_LONG:
        return False
    return one.expected_by is None or not now < one.expected_by < one.starts_at
