"""The request budget of each EMR, counted in the database and shared by all workers on all machines."""

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.limits import Limit, Urgency
from visitsync.storage.database import Database

LONGEST_WAIT_SECONDS = 10.0
"""Whoever would wait longer is told when to come again."""

SHARE_OF_WINDOW = {
    Urgency.BACKGROUND: 0.70,
    Urgency.ROUTINE: 0.85,
    Urgency.SOON: 0.95,
    Urgency.PERSON_WAITS: 1.0,
}
"""How much of a window may be used up when a request of this urgency is still sent."""

RESERVED_FROM_SECONDS = 60.0
"""In shorter windows nothing is held back for the urgent: the next window is only a moment away."""

GUARD_SECONDS = 1.0
"""Nothing is sent so near to either edge of a window (in short ones, within a twentieth of it): the way to the vendor,
or a vendor's clock that is off by less, cannot make a request count in the neighbouring window."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """How one limit stands."""

    limit: str
    requests: int
    """Allowed per window."""
    used: int | None
    """In the window that now is; None for spaced limits, which count nothing."""
    free_at: datetime
    """When the window is over, or the next spaced request may go (aware)."""
    refused_until: datetime | None
    """Until when the EMR itself told us to stay away (aware)."""


class StoredBudget:
    """Implements Budget for one connection. All times are the database's, so workers' clocks do not matter.

    `owners` names who the limits of each scope belong to: {"application": our client id, "credential": the customer
    key, "connection": its id}; only a digest is stored. A request is counted before it is sent and never handed back.
    """

    def __init__(
        self, database: Database, *, emr: str, owners: Mapping[str, str], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._database = database
        self._emr = emr
        self._owners = dict(owners)
        self._sleep = sleep

    def take(self, limits: Sequence[Limit], *, urgency: Urgency) -> None:
        """Returns once a request may be sent, after LONGEST_WAIT_SECONDS at most. Raises TryAgainLater otherwise.

        Counted against all limits at once or against none, in one statement.
        """
        if not limits:
            return
        parameters = self._parameters(limits, urgency)
        patience = LONGEST_WAIT_SECONDS
        while True:
            answer = self._ask(parameters | {"patience": patience})
            if not answer.is_taken and answer.wait_seconds > patience:
                raise TryAgainLater("The budget of requests is used up.", until=answer.until, code="budget-used-up")
            if answer.wait_seconds > 0:
                self._sleep(answer.wait_seconds)
            if answer.is_taken:
                return
            patience -= answer.wait_seconds

    def refused(self, limits: Sequence[Limit], *, until: datetime) -> None:
        """The vendor said "too many": nobody asks again under these limits before that instant, or a day has passed."""
        keys = sorted({self._key(limit) for limit in limits})
        with self._database.shared() as connection:
            connection.execute(_REFUSE, {"keys": keys, "until": until})

    def used(self, limit: Limit) -> Usage:
        """For the health page."""
        with self._database.shared() as connection:
            row = connection.execute(_USAGE, {"key": self._key(limit), "seconds": limit.seconds}).fetchone()
        assert row is not None  # noqa: S101 - a left join of one row
        used, window_ends_at, free_at, refused_until = row
        return Usage(
            limit=limit.name,
            requests=limit.requests,
            used=None if limit.is_spaced else used,
            free_at=free_at if limit.is_spaced else window_ends_at,
            refused_until=refused_until,
        )

    def _parameters(self, limits: Sequence[Limit], urgency: Urgency) -> dict[str, Any]:
        by_key = {self._key(limit): limit for limit in limits}
        return {
            "keys": list(by_key),
            "allowed": [_allowed(limit, urgency) for limit in by_key.values()],
            "seconds": [limit.seconds for limit in by_key.values()],
            "guards": [min(GUARD_SECONDS, limit.seconds / 20) for limit in by_key.values()],
            "intervals": [limit.seconds / limit.requests if limit.is_spaced else None for limit in by_key.values()],
        }

    def _ask(self, parameters: dict[str, Any]) -> "_Answer":
        with self._database.shared() as connection:
            row = connection.execute(_TAKE, parameters).fetchone()
            if row is None:
                connection.execute(_ADD_ROWS, parameters)
                row = connection.execute(_TAKE, parameters).fetchone()
        assert row is not None  # noqa: S101 - the rows are there now, and nobody removes any
        return _Answer(*row)

    def _key(self, limit: Limit) -> str:
        owner = f"{limit.scope}:{self._owners[limit.scope]}"
        digest = hashlib.blake2b(owner.encode(), digest_size=12).hexdigest()
        return f"{self._emr}/{limit.name}/{limit.operation or '*'}/{digest}"


class _Answer(NamedTuple):
    is_taken: bool
    wait_seconds: float
    """If taken: before sending the request. Otherwise: before asking again."""
    until: datetime


def _allowed(limit: Limit, urgency: Urgency) -> int:
    share = SHARE_OF_WINDOW[urgency] if limit.seconds >= RESERVED_FROM_SECONDS else 1.0
    return math.ceil(limit.requests * share)


# The rows of all limits are locked in the order of their keys, so that no two workers wait for each other in a circle;
# `moment` is computed from them, hence after the last lock was got. A spaced request gets the next free slot, for which
# its worker then waits; a counted one must fall into the window that now is. Commits without waiting for the disk: a
# crash of the server may forget the counts of its last half second.
_TAKE = """
with asked as (
    select * from unnest(%(keys)s::text[], %(allowed)s::int[], %(seconds)s::float8[], %(guards)s::float8[],
                         %(intervals)s::float8[]) as a (key, allowed, seconds, guard, interval)
), locked as materialized (
    select key, window_number, used, greatest(free_at, refused_until) as free_at
    from vendor_limit where key = any(%(keys)s::text[]) order by key for update
), moment as materialized (
    select extract(epoch from clock_timestamp())::float8 as now, extract(epoch from max(free_at))::float8 as free_at
    from locked having count(*) = cardinality(%(keys)s::text[])
), slot as (
    select now, greatest(now, free_at) as slot from moment
), judged as (
    select key, interval, slot, floor(now / seconds) as number,
           case when window_number >= floor(now / seconds) then used else 0 end as used,
           allowed, guard, floor(now / seconds) * seconds as opens, seconds
    from asked join locked using (key) cross join slot
), ready as (
    select *, case
        when interval is not null then slot
        when used < allowed and slot < opens + seconds - guard then greatest(slot, opens + guard)
        else greatest(slot, floor(greatest(slot, opens + seconds) / seconds) * seconds + guard)
    end as ready,
    interval is not null or (used < allowed and slot between opens + guard and opens + seconds - guard) as fits
    from judged
), verdict as (
    select bool_and(fits) and max(slot) - min(now) <= %(patience)s as is_taken, max(ready) - min(now) as wait,
           to_timestamp(max(ready)) as until
    from ready cross join moment having count(*) > 0
), counted as (
    update vendor_limit as l
    set window_number = r.number, used = r.used + 1,
        free_at = case when interval is null then l.free_at else to_timestamp(slot + interval) end
    from ready r, verdict
    where l.key = r.key and is_taken
), without_waiting_for_the_disk as materialized (
    select set_config('synchronous_commit', 'off', true)
)
select is_taken, wait, until from verdict, without_waiting_for_the_disk
"""

_ADD_ROWS = "insert into vendor_limit (key) select unnest(%(keys)s::text[]) as key order by key on conflict do nothing"

_REFUSE = """
insert into vendor_limit (key, refused_until)
select key, least(%(until)s, clock_timestamp() + interval '1 day') from unnest(%(keys)s::text[]) as key
on conflict (key) do update set refused_until = greatest(vendor_limit.refused_until, excluded.refused_until)
"""

_USAGE = """
select case when window_number >= floor(now / %(seconds)s) then used else 0 end,
       to_timestamp((floor(now / %(seconds)s) + 1) * %(seconds)s),
       greatest(free_at, to_timestamp(now)),
       nullif(greatest(refused_until, to_timestamp(now)), to_timestamp(now))
from (select extract(epoch from clock_timestamp())::float8 as now) as moment
left join vendor_limit on key = %(key)s
"""
