"""When to ask next: how often changes, lists and the whole window are read, and which days a sweep covers. Pure."""

from datetime import date, datetime, timedelta

import msgspec

from visitsync.connector_kit.manifest import Manifest
from visitsync.domain.local_time import zone_named
from visitsync.rules.calendar import business_day_after, months_later
from visitsync.rules.sync_time import LISTS_WITHIN

CATALOG_EVERY = timedelta(hours=24)
CATALOG_AT_MOST_EVERY = LISTS_WITHIN
"""So often even if appointments name new types or practitioners all the time."""
FULL_SWEEP_EVERY = timedelta(hours=24)
"""The slow lane: appointments further ahead than the near window are read at least once a day (article, section 4)."""
FAST_LANE_DAYS = 7
"""Business days ahead that are read often (article, section 4)."""
DAYS_BEHIND = 7
"""A sweep begins this many days back: late cancellations and corrections of recent days still get their answer."""
MONTHS_BEYOND = 1
"""A full sweep reads this much past the sync window, so that far-off appointments have an answer with a date."""
RESUMABLE_FOR = timedelta(hours=6)
"""An unfinished sweep older than this is begun anew."""
LONGEST_PAUSE = timedelta(hours=1)


class SweepWindow(msgspec.Struct, frozen=True, kw_only=True):
    """The days a sweep reads, both included, wall dates of the practice."""

    first: date
    last: date
    is_full: bool


class LastReadings(msgspec.Struct, frozen=True, kw_only=True):
    """When each reading of a connection last began and was complete (aware, UTC); None: never."""

    changes_at: datetime | None = None
    near_sweep_at: datetime | None = None
    full_sweep_at: datetime | None = None
    catalog_at: datetime | None = None
    patient_changes_at: datetime | None = None


def sweep_due(
    manifest: Manifest, last: LastReadings, zone: str, now: datetime, *, months: int, full: bool = False
) -> SweepWindow | None:
    """The sweep that is due now: the full one daily (or when asked), the near one as the manifest says, else none."""
    if full or _is_due(last.full_sweep_at, FULL_SWEEP_EVERY, now):
        return sweep_window(zone, now, months=months, is_full=True)
    latest = max((at for at in (last.near_sweep_at, last.full_sweep_at) if at is not None), default=None)
    if _is_due(latest, timedelta(hours=manifest.sweep_hours), now):
        return sweep_window(zone, now, months=months, is_full=False)
    return None


def sweep_window(zone: str, now: datetime, *, months: int, is_full: bool) -> SweepWindow:
    """The days of a full sweep (past the sync window) or of a near one (the business days of the fast lane)."""
    today = now.astimezone(zone_named(zone)).date()
    last = months_later(today, months + MONTHS_BEYOND) if is_full else business_day_after(today, FAST_LANE_DAYS + 1)
    return SweepWindow(first=today - timedelta(days=DAYS_BEHIND), last=last, is_full=is_full)


def catalog_due(last: LastReadings, now: datetime, *, has_unknown: bool = False) -> bool:
    """Whether the EMR's lists are to be read again: daily, or sooner where an appointment names what they did not."""
    return _is_due(last.catalog_at, CATALOG_AT_MOST_EVERY if has_unknown else CATALOG_EVERY, now)


def patient_changes_due(manifest: Manifest, last: LastReadings, now: datetime) -> bool:
    """Whether changed patients are to be asked for: as often as a usual sync may take, not at every poll.

    A correction of an e-mail is then seen within the usual time, and the EMR's budget is left for the schedule.
    """
    return _is_due(last.patient_changes_at, timedelta(minutes=manifest.usual_minutes[1]), now)


def next_read_at(manifest: Manifest, now: datetime, *, failures: int, spread: float) -> datetime:
    """When changes are asked for next: the EMR's rhythm, backing off while it fails; `spread` (0 to 1) is the jitter.

    Never later than an hour from now: a connection that is well again must not wait long to show it.
    """
    pause = timedelta(minutes=manifest.poll_minutes) * 2 ** min(failures, 6)
    pause = min(pause, max(LONGEST_PAUSE, timedelta(minutes=manifest.poll_minutes)))
    return now + timedelta(seconds=pause.total_seconds() * (0.9 + 0.2 * spread))


def next_far_read_at(last: LastReadings, now: datetime) -> datetime:
    """When the slow lane is read next."""
    return now if last.full_sweep_at is None else max(now, last.full_sweep_at + FULL_SWEEP_EVERY)


def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    return last is None or now - last >= every
