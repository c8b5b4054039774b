"""Who of a practice can be told something, and what each of them chose."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.role import Role, role_named
from visitsync.domain.telling_choices import USUAL, Choices, Kind
from visitsync.storage.database import Transaction


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works at the practice and can sign in: nobody else is told anything."""

    staff_id: UUID
    role: Role
    choices: Choices

    def __repr__(self) -> str:
        return f"Listener({self.staff_id})"


def listeners(transaction: Transaction, now: datetime) -> list[Listener]:
    """Everybody who may be told something now, in the role that they have now; one query."""
    return [one for row in _rows(transaction, "", now) if (one := _listener(row)) is not None]


def listener(transaction: Transaction, staff_id: UUID, now: datetime) -> Listener | None:
    """One of them; None for who left, cannot sign in, or has a role that we do not know."""
    rows = _rows(transaction, "and staff.staff_id = %(staff)s", now, staff_id)
    return next((one for row in rows if (one := _listener(row)) is not None), None)


def choose(transaction: Transaction, staff_id: UUID, choices: Choices, *, now: datetime) -> None:
    """From now on this person is told that way."""
    quiet_from, quiet_until = choices.quiet or (None, None)
    transaction.execute(
        """insert into telling_choice (practice_id, staff_id, wants, digest_at, quiet_from, quiet_until,
                                       is_told_when_closed, hours_ahead, locations, practitioners, changed_at)
           values (%(practice)s, %(staff)s, %(wants)s, %(digest_at)s, %(quiet_from)s, %(quiet_until)s,
                   %(when_closed)s, %(hours)s, %(locations)s, %(practitioners)s, %(now)s)
           on conflict (practice_id, staff_id) do update set
               wants = excluded.wants, digest_at = excluded.digest_at, quiet_from = excluded.quiet_from,
               quiet_until = excluded.quiet_until, is_told_when_closed = excluded.is_told_when_closed,
               hours_ahead = excluded.hours_ahead, locations = excluded.locations,
               practitioners = excluded.practitioners, changed_at = excluded.changed_at""",
        {
            "practice": transaction.practice_id,
            "staff": staff_id,
            "wants": sorted(choices.wants),
            "digest_at": _minute(choices.digest_at),
            "quiet_from": _minute(quiet_from),
            "quiet_until": _minute(quiet_until),
            "when_closed": choices.is_told_when_closed,
            "hours": choices.hours_ahead,
            "locations": sorted(choices.locations),
            "practitioners": sorted(choices.practitioners),
            "now": now,
        },
    )


def forget_choice(transaction: Transaction, staff_id: UUID) -> None:
    """From now on this person is told as their role usually is."""
    transaction.execute(
        "delete from telling_choice where practice_id = %s and staff_id = %s", (transaction.practice_id, staff_id)
    )


def has_chosen(transaction: Transaction, staff_id: UUID) -> bool:
    """False: they are told as their role usually is."""
    row = transaction.execute(
        "select from telling_choice where practice_id = %s and staff_id = %s", (transaction.practice_id, staff_id)
    ).fetchone()
    return row is not None


def _rows(transaction: Transaction, further: str, now: datetime, staff_id: UUID | None = None) -> Iterable[Any]:
    return transaction.execute(
        f"""select staff.staff_id,
                   case when emergency_until > %(now)s then emergency_role else staff.role end,
                   wants, digest_at, quiet_from, quiet_until, is_told_when_closed,
                   hours_ahead, locations, practitioners
            from staff
            join account_membership as membership
              on membership.tenant_id = staff.practice_id and membership.staff_id = staff.staff_id
            join account_user on account_user.id = membership.user_id and account_user.is_active
            left join telling_choice as chosen
              on chosen.practice_id = staff.practice_id and chosen.staff_id = staff.staff_id
            where staff.practice_id = %(practice)s and staff.is_active {further}
            order by staff.staff_id""".encode(),
        {"practice": transaction.practice_id, "staff": staff_id, "now": now},
    ).fetchall()


def _listener(row: Any) -> Listener | None:
    staff_id, role_name, *chosen = row
    role = role_named(role_name)
    if role is None:
        return None
    choices = USUAL[role] if chosen[0] is None else _choices(*chosen)
    return Listener(staff_id=staff_id, role=role, choices=choices)


def _choices(
    wants: list[str],
    digest_at: int,
    quiet_from: int | None,
    quiet_until: int | None,
    is_told_when_closed: bool,
    hours_ahead: int,
    locations: list[str],
    practitioners: list[str],
) -> Choices:
    is_quiet = quiet_from is not None and quiet_until is not None
    return Choices(
        wants=frozenset(kind for kind in Kind if kind in wants),
        digest_at=_clock(digest_at),
        quiet=(_clock(quiet_from or 0), _clock(quiet_until or 0)) if is_quiet else None,
        is_told_when_closed=is_told_when_closed,
        hours_ahead=hours_ahead,
        locations=frozenset(locations),
        practitioners=frozenset(practitioners),
    )


def _minute(clock: time | None) -> int | None:
    return None if clock is None else clock.hour * 60 + clock.minute


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)
