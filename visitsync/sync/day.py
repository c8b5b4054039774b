"""The telemedicine visits of some days, as Today, the week and a provider's own day show them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.local_time import zone_named
from visitsync.storage import appointment_lists
from visitsync.storage.appointment_lists import LONGEST, Listed
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.beside import overlapping
from visitsync.sync.lines import Line, lines_of
from visitsync.sync.office import Office

MOST_DAYS = 31


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which appointments are asked for; None: all."""

    location_id: str | None = None
    practitioner_id: str | None = None
    connection_id: UUID | None = None
    """Of which location and practitioner are, as ids may be the same in two EMRs."""
    staff_id: UUID | None = None
    """Only visits that this staff member sees; never what is linked to nobody or to somebody else."""


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of some days."""

    first: date
    last: date
    lines: tuple[Line, ...]
    """By start."""
    counts: Mapping[Outcome, int]
    """Of all lines; outcomes that none has are left out."""

    @property
    def urgent(self) -> tuple[Line, ...]:
        """Those for which a person must do something, the soonest first."""
        return tuple(line for line in self.lines if line.needs_somebody)


EVERYTHING = Filters()


def days(
    transaction: Transaction, vault: Vault, office: Office, first: date, last: date, filters: Filters = EVERYTHING
) -> Days:
    """All telemedicine appointments that start on these days by the practice's clocks, both included; three queries.

    Raises ValueError for more than MOST_DAYS, or days that no calendar of ours has.
    """
    begins, ends = _limits(first, last, office)
    listed = _listed(transaction, vault, begins, ends, filters)
    taken = appointment_lists.taken_between(transaction, begins - LONGEST, ends + LONGEST) if listed else []
    lines = tuple(lines_of(transaction, vault, office, listed, overlapping(taken)))
    return Days(first=first, last=last, lines=lines, counts=dict(Counter(line.outcome for line in lines)))


def counts_by_day(
    transaction: Transaction, vault: Vault, office: Office, first: date, last: date, filters: Filters = EVERYTHING
) -> dict[date, dict[Outcome, int]]:
    """How many telemedicine appointments have which outcome on each of these days; one query, and nothing is opened.

    (With a location or a connection the records must be opened, which hold it.) Raises ValueError as `days` does.
    """
    midnights = [_limits(day, day, office)[0] for day in _each_day(first, last)] + [_limits(first, last, office)[1]]
    counts: dict[date, dict[Outcome, int]] = {day: {} for day in _each_day(first, last)}
    if filters.location_id is not None or filters.connection_id is not None:
        opened = _listed(transaction, vault, midnights[0], midnights[-1], filters)
        return counts | _counted(opened, office, counts)
    found = appointment_lists.outcomes_by_day(
        transaction, midnights, practitioner_id=filters.practitioner_id, staff_id=filters.staff_id
    )
    for (number, outcome), count in found.items():
        counts[first + timedelta(days=number)][Outcome(outcome)] = count
    return counts


def today(office: Office) -> date:
    """By the practice's clocks."""
    return office.now.astimezone(zone_named(office.zone)).date()


def _limits(first: date, last: date, office: Office) -> tuple[datetime, datetime]:
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS) or not 1900 <= last.year < 9000:
        raise ValueError(f"Ask for 1 to {MOST_DAYS} days of our time.")
    zone = zone_named(office.zone)
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def _listed(
    transaction: Transaction, vault: Vault, begins: datetime, ends: datetime, filters: Filters
) -> Sequence[Listed]:
    found = appointment_lists.starting_between(
        transaction, vault, begins, ends, practitioner_id=filters.practitioner_id, staff_id=filters.staff_id
    )
    return [one for one in found if _fits(one, filters)]


def _fits(one: Listed, filters: Filters) -> bool:
    return (filters.location_id is None or one.stored.appointment.location_id == filters.location_id) and (
        filters.connection_id is None or one.stored.connection_id == filters.connection_id
    )


def _counted(listed: Iterable[Listed], office: Office, days: Iterable[date]) -> dict[date, dict[Outcome, int]]:
    zone = zone_named(office.zone)
    counters = {day: Counter[Outcome]() for day in days}
    for one in listed:
        counters[one.stored.appointment.start.instant.astimezone(zone).date()][Outcome(one.stored.outcome)] += 1
    return {day: dict(counter) for day, counter in counters.items()}


def _each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
