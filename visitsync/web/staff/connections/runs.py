"""The latest readings of a connection, in words."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from visitsync.domain.decision import Finding
from visitsync.domain.explanation import Screen, explain
from visitsync.storage.sync_runs import SyncRun

KINDS: Mapping[str, str] = {
    "changes": "What changed",
    "sweep": "The whole schedule",
    "near sweep": "The coming days",
    "catalog": "Types, locations, providers",
    "patient changes": "Changed patients",
    "patients": "Patients of the coming visits",
    "wanted": "Patients of the coming visits",
    "one appointment": "One appointment, asked for",
    "messages": "Messages that were sent",
    "details": "Details of appointments",
}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    kind: str
    started_at: datetime
    took: str
    records: int
    changed: int
    repaired: int
    unreadable: int
    trouble: str
    is_under_way: bool


def in_lines(runs: list[SyncRun], screen: Screen) -> list[Run]:
    """The last one first."""
    return [
        Run(
            kind=KINDS.get(one.kind, one.kind.capitalize()),
            started_at=one.started_at,
            took=_took(one.finished_at - one.started_at) if one.finished_at else "",
            records=one.records,
            changed=one.changed,
            repaired=one.repaired,
            unreadable=one.unreadable,
            trouble=explain(Finding(one.trouble), screen).title if one.trouble else "",
            is_under_way=one.finished_at is None,
        )
        for one in runs
    ]


def _took(time: timedelta) -> str:
    seconds = time.total_seconds()
    if seconds < 1:
        return "under a second"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
