"""Which searches cover a window of days: some days at a time, and where a server demands it, by who or where."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from visitsync.connector_kit.fhir.searching import Params
from visitsync.connector_kit.json_rows import record_id
from visitsync.domain.local_time import zone_named

ACTORS_AT_ONCE = 25
MARGIN = timedelta(hours=15)
"""Before the first and after the last day: places of the practice may be in other zones than the practice."""


class Slice(NamedTuple):
    """Some days of a window."""

    first: date
    last: date
    starts: datetime
    """Aware, UTC; with the margin, where these are the window's first days."""
    ends: datetime
    """The same for its last days; not included."""


def slices(first: date, last: date, days: int, zone: str) -> Iterator[Slice]:
    """The days of a window, each in exactly one slice. Days of 23 and 25 hours are as long as they are."""
    day = first
    while day <= last:
        end = min(day + timedelta(days=days - 1), last)
        starts = _midnight(day, zone) - (MARGIN if day == first else timedelta())
        ends = _midnight(end + timedelta(days=1), zone) + (MARGIN if end == last else timedelta())
        yield Slice(day, end, starts, ends)
        day = end + timedelta(days=1)


def search_of(one: Slice, actor_param: str, actors: str, page_size: int) -> Params:
    """The search for some days. Instants are sent in UTC: a plus sign of an offset is easily lost on the way."""
    by_actor = [(actor_param, actors)] if actor_param and actors else []
    return [
        *by_actor,
        ("date", f"ge{_utc(one.starts)}"),
        ("date", f"lt{_utc(one.ends)}"),
        ("_count", str(page_size)),
    ]


def groups(ids: list[str]) -> list[str]:
    """Ids with commas between, so many at once that an address does not become too long."""
    known = [record_id(identity) for identity in dict.fromkeys(ids)]
    return [",".join(known[at : at + ACTORS_AT_ONCE]) for at in range(0, len(known), ACTORS_AT_ONCE)]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), zone_named(zone)).astimezone(UTC)


def _utc(moment: datetime) -> str:
    return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z"
