"""What must have become of every appointment, told from the clinic's truth alone; shares no code with the engine.

Knows the clinics of clinics.py only: complete charts but for the e-mail, one approved type, two enabled practitioners.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.nothing_lost.clinics import TELEMEDICINE
from tests.nothing_lost.house import House
from visitsync.simulator_kit.truth import truth

SYNCED_MONTHS, READ_MONTHS = 3, 4
UNSURE_AFTER_END = timedelta(hours=1)
"""How long an appointment that has ended may still count as going on."""
NOT_PLANNED = {"cancelled": "cancelled", "rescheduled": "cancelled", "no show": "cancelled", "completed": "over"}


@dataclass(frozen=True, order=True)
class VisitOf:
    """The visit that an appointment must have."""

    starts_at: datetime
    ends_at: datetime
    patient_id: str
    practitioner_id: str | None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What must have become of one appointment."""

    outcomes: frozenset[str]
    visit: VisitOf | None = None
    may_lack_visit: bool = False
    may_be_unknown: bool = False


class Stored(NamedTuple):
    """What the engine made of an appointment."""

    outcome: str
    starts_at: datetime


def differences(house: House) -> list[str]:
    """Everything in which what is stored differs from what is so; empty when all is well."""
    told = _truth(house)
    expected = {row["vendor_id"]: _expected(row, told) for row in told["appointments"]}
    stored = {str(row[0]): Stored(*row[1:]) for row in house.query(_OUTCOMES)}
    visits = {str(row[0]): VisitOf(*row[1:]) for row in house.query(_ACTIVE)}
    return sorted(
        [
            *_wrong_outcomes(expected, stored),
            *_gone(expected, stored, told["now"]),
            *_wrong_visits(expected, visits),
            *(f"{identity}: a visit for what no longer is" for identity in visits.keys() - expected.keys()),
            *_twice(house),
        ]
    )


def must_have_visits(house: House) -> int:
    """How many appointments must have a visit now."""
    told = _truth(house)
    return sum(_expected(row, told).visit is not None for row in told["appointments"])


def _truth(house: House) -> dict[str, Any]:
    return truth(house.app) | {"enabled": house.enabled, "reads_single": house.vendor.manifest.reads_single}


_OUTCOMES = "select appointment_id, outcome, start_at from appointment where connection_id = %(connection)s"
_ACTIVE = """select appointment_id, start_at, end_at, patient_id, practitioner_id from visit
             where connection_id = %(connection)s and state = 'active'"""
_EACH_ACTIVE = "select appointment_id from visit where connection_id = %(connection)s and state = 'active'"


def _expected(row: Mapping[str, Any], told: Mapping[str, Any]) -> Expected:
    types = {kind["id"]: kind["name"] for kind in told["types"]}
    now = told["now"]
    if row["is_archived"]:  # and perhaps retyped before that, which no list shows any more
        return Expected(outcomes=frozenset({"cancelled", "not_telemedicine"}), may_be_unknown=True)
    if row["is_block"] or row["patient_id"] is None or types.get(row["type_id"]) != TELEMEDICINE:
        return Expected(outcomes=frozenset({"not_telemedicine"}), may_be_unknown=True)
    planned = NOT_PLANNED.get(row["status"])
    far = _is_beyond(row, told, READ_MONTHS)
    old = row["instant"] < now - timedelta(days=6)
    if planned is not None:
        return Expected(outcomes=frozenset({planned}), may_be_unknown=True)
    if row["ends_at"] <= now - UNSURE_AFTER_END:
        return Expected(outcomes=frozenset({"over"}), may_be_unknown=old)
    if _is_beyond(row, told, SYNCED_MONTHS):
        # What left the days that are read cannot be told from a deletion where nobody can ask for the one number.
        lost = {"cancelled"} if far and not told["reads_single"] else set()
        return Expected(outcomes=frozenset({"waiting", *lost}), may_be_unknown=far)
    return _still_planned(row, told, has_ended=row["ends_at"] <= now)


def _still_planned(row: Mapping[str, Any], told: Mapping[str, Any], *, has_ended: bool) -> Expected:
    unsure = {"over"} if has_ended else set()
    charts = {chart["id"]: chart for chart in told["patients"]}
    chart = charts.get(row["patient_id"])
    if chart is None or not _may_log_in(chart, told):
        return Expected(outcomes=frozenset({"needs_fix", *unsure}))
    working = {str(practitioner["id"]) for practitioner in told["practitioners"] if practitioner["is_enabled"]}
    is_enabled = str(row["practitioner_id"]) in working & told["enabled"]
    visit = VisitOf(
        row["instant"],
        row["ends_at"],
        str(row["patient_id"]),
        str(row["practitioner_id"]) if is_enabled else None,
    )
    outcome = "ready" if is_enabled else "needs_provider"
    return Expected(outcomes=frozenset({outcome, *unsure}), visit=visit, may_lack_visit=has_ended)


def _may_log_in(chart: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """With an address that no other patient has for whom telemedicine was booked."""
    address = chart["email"].strip().casefold()
    kinds = {kind["id"] for kind in told["types"] if kind["name"] == TELEMEDICINE}
    booked = {a["patient_id"] for a in told["appointments"] if a["type_id"] in kinds}
    shared = any(
        other["email"].strip().casefold() == address and other["id"] != chart["id"] and other["id"] in booked
        for other in told["patients"]
    )
    return bool("@" in address and not shared and chart["status"] == "active")


def _is_beyond(row: Mapping[str, Any], told: Mapping[str, Any], months: int) -> bool:
    """Whether it starts after the day that many calendar months from today, by the practice's calendar."""
    zone = ZoneInfo(told["zone"])
    today = told["now"].astimezone(zone).date()
    day: date = row["instant"].astimezone(zone).date()
    return day > _months_after(today, months)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _wrong_outcomes(expected: Mapping[str, Expected], stored: Mapping[str, Stored]) -> Iterator[str]:
    for identity, one in expected.items():
        found = stored.get(identity)
        if found is None and not one.may_be_unknown:
            yield f"{identity}: never taken in, must be {_either(one)}"
        if found is not None and found.outcome not in one.outcomes:
            yield f"{identity}: is {found.outcome}, must be {_either(one)}"


def _gone(expected: Mapping[str, Expected], stored: Mapping[str, Stored], now: datetime) -> Iterator[str]:
    """What was deleted for good; beyond the days that are read nobody can know of it yet."""
    read_to = now + timedelta(days=30 * READ_MONTHS)
    for identity in stored.keys() - expected.keys():
        found = stored[identity]
        if found.outcome not in {"cancelled", "not_telemedicine", "over"} and found.starts_at < read_to:
            yield f"{identity}: is {found.outcome} and no longer exists"


def _wrong_visits(expected: Mapping[str, Expected], visits: Mapping[str, VisitOf]) -> Iterator[str]:
    for identity, one in expected.items():
        found = visits.get(identity)
        if found is None and one.visit is not None and not one.may_lack_visit:
            yield f"{identity}: lacks its visit"
        if found is not None and one.visit is None:
            yield f"{identity}: has a visit, and must not"
        if found is not None and one.visit is not None and _in_utc(found) != _in_utc(one.visit):
            yield f"{identity}: has {_in_utc(found)}, must have {_in_utc(one.visit)}"


def _twice(house: House) -> Iterator[str]:
    for identity, count in Counter(str(row[0]) for row in house.query(_EACH_ACTIVE)).items():
        if count > 1:
            yield f"{identity}: has {count} active visits"


def _in_utc(visit: VisitOf) -> VisitOf:
    return VisitOf(
        visit.starts_at.astimezone(UTC), visit.ends_at.astimezone(UTC), visit.patient_id, visit.practitioner_id
    )


def _either(one: Expected) -> str:
    return " or ".join(sorted(one.outcomes))
