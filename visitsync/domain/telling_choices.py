"""What somebody wants to be told, and when; by role, until they choose for themselves."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum

import msgspec

from visitsync.domain.role import ALLOWS, Permission, Role

HOURS_AHEAD = (1, 2, 3, 4, 6, 8, 12)
MOST_HOURS = max(HOURS_AHEAD)


class Kind(StrEnum):
    """The sorts of things that are told; each is switched on and off by itself. Stored, and part of addresses."""

    DIGEST = "digest"
    WARNING = "warning"
    ALARM = "alarm"


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What one person at one practice wants. Times are wall times of the practice's zone."""

    wants: frozenset[Kind]
    digest_at: time = time(7)
    quiet: tuple[time, time] | None = (time(20), time(7))
    """From, until; over midnight where the second is earlier. Digests come when they were asked for all the same."""
    is_told_when_closed: bool = False
    """Also on weekends and closures."""
    hours_ahead: int = 4
    """So long before a visit a warning may come."""
    locations: frozenset[str] = frozenset()
    """`connection:id` of those that the person cares for; empty: all."""
    practitioners: frozenset[str] = frozenset()


NEEDS: Mapping[Kind, frozenset[Permission]] = {
    Kind.DIGEST: frozenset({Permission.SEE_VISITS, Permission.SEE_OWN_VISITS}),
    Kind.WARNING: frozenset({Permission.SEE_VISITS, Permission.SEE_OWN_VISITS}),
    Kind.ALARM: frozenset({Permission.SEE_CONNECTIONS}),
}
"""A kind may be had by whoever has any of these."""

USUAL: Mapping[Role, Choices] = {
    Role.FRONT_DESK: Choices(wants=frozenset({Kind.DIGEST, Kind.WARNING})),
    Role.ADMIN: Choices(wants=frozenset(Kind)),
    Role.PROVIDER: Choices(wants=frozenset({Kind.DIGEST})),
    Role.READ_ONLY: Choices(wants=frozenset()),
    Role.OPERATOR: Choices(wants=frozenset({Kind.ALARM}), is_told_when_closed=True),
}


def offered(role: Role) -> tuple[Kind, ...]:
    """The kinds that somebody in this role may choose."""
    return tuple(kind for kind in Kind if not NEEDS[kind].isdisjoint(ALLOWS[role]))


def sees_all_visits(role: Role) -> bool:
    """False: only those booked with a practitioner who is linked to the person."""
    return Permission.SEE_VISITS in ALLOWS[role]


def wanted(choices: Choices, role: Role) -> frozenset[Kind]:
    """What is chosen, as far as the role (still) allows it."""
    return choices.wants & frozenset(offered(role))
