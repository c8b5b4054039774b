"""The practices: the register of all of them, and what each one says about itself."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from psycopg.errors import CheckViolation, UniqueViolation
from psycopg.types.json import Jsonb

from visitsync.storage.database import Database, Transaction


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A practice as the register knows it."""

    practice_id: UUID
    slug: str
    """Short name for the command line and for addresses: a–z, 0–9 and hyphens."""


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """What a practice says about itself."""

    practice_id: UUID
    name: str
    zone: str
    """IANA name."""
    closures: frozenset[date] = frozenset()
    """Days on which it is closed, in its own zone."""
    settings: Mapping[str, Any] = {}


class NoSuchPractice(LookupError):
    """No practice has this id or slug; `visitsync practice list` shows those that are there."""


class SlugTaken(ValueError):
    """Another practice has this slug, or it is not made of a–z, 0–9 and hyphens; choose another."""


class UnknownZone(ValueError):
    """Not the name of a time zone; write it like America/Chicago."""


def add_practice(database: Database, *, slug: str, name: str, zone: str) -> Practice:
    """Registers a practice under a new random id. Raises SlugTaken, UnknownZone."""
    _refuse_unknown_zone(zone)
    practice = Practice(practice_id=uuid4(), name=name, zone=zone)
    try:
        with database.practice(practice.practice_id) as transaction:
            transaction.execute("insert into tenant (id, slug) values (%s, %s)", [practice.practice_id, slug])
            transaction.execute(
                "insert into practice (practice_id, name, zone) values (%s, %s, %s)",
                [practice.practice_id, name, zone],
            )
    except (UniqueViolation, CheckViolation):
        raise SlugTaken(f"The slug {slug!r} is taken, or not made of a–z, 0–9 and hyphens.") from None
    return practice


def tenants(database: Database) -> list[Tenant]:
    """Every practice in the register, by slug."""
    with database.shared() as connection:
        rows = connection.execute("select id, slug from tenant order by slug").fetchall()
    return [Tenant(practice_id=practice_id, slug=slug) for practice_id, slug in rows]


def find_tenant(database: Database, slug_or_id: str) -> Tenant:
    """The practice with this slug or this id as text. Raises NoSuchPractice."""
    with database.shared() as connection:
        row = connection.execute(
            "select id, slug from tenant where slug = %(it)s or id::text = lower(%(it)s)", {"it": slug_or_id}
        ).fetchone()
    if row is None:
        raise NoSuchPractice(f"No practice {slug_or_id!r}.")
    return Tenant(practice_id=row[0], slug=row[1])


def find_practice(transaction: Transaction) -> Practice:
    """The practice of this transaction. Raises NoSuchPractice."""
    row = transaction.execute(
        "select name, zone, closures, settings from practice where practice_id = %s", [transaction.practice_id]
    ).fetchone()
    if row is None:
        raise NoSuchPractice(f"No practice {transaction.practice_id}.")
    name, zone, closures, settings = row
    return Practice(
        practice_id=transaction.practice_id, name=name, zone=zone, closures=frozenset(closures), settings=settings
    )


def change_practice(
    transaction: Transaction,
    *,
    name: str | None = None,
    zone: str | None = None,
    closures: Iterable[date] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Changes what is given and leaves the rest; `settings` are replaced as a whole. Raises UnknownZone."""
    if zone is not None:
        _refuse_unknown_zone(zone)
    transaction.execute(
        """
        update practice set name = coalesce(%s, name), zone = coalesce(%s, zone),
                            closures = coalesce(%s::date[], closures), settings = coalesce(%s::jsonb, settings)
        where practice_id = %s
        """,
        [
            name,
            zone,
            None if closures is None else sorted(set(closures)),
            None if settings is None else Jsonb(dict(settings)),
            transaction.practice_id,
        ],
    )


def _refuse_unknown_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(f"{zone!r} is not the name of a time zone.") from None
