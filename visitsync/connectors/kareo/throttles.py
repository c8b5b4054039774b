"""How often Kareo may be asked: the least time between two calls of one operation with one customer key.

Source: kareo reference, section 6. The intervals come from a client's table; GetThrottles tells the live ones.
"""

import re
from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.limits import Limit

INTERVAL_MS: Mapping[str, int] = {
    "GetPatient": 250,
    "GetAppointment": 500,
    "GetPractices": 500,
    "GetProviders": 500,
    "GetServiceLocations": 500,
    "GetCustomerIdFromKey": 500,  # not in the table
    "GetAppointments": 1000,
    "GetAppointmentReasons": 1000,
    "GetPatients": 1000,
    "GetThrottles": 5000,
}
MARGIN_MS = 250
"""A gap of exactly the interval was seen to be refused."""
ALL_TOGETHER = Limit(name="kareo", requests=1, seconds=0.1, scope="credential", is_spaced=True)
"""Shared by all operations, so that after a refusal nobody goes on with another one."""
WAIT_SECONDS = 30.0
"""After a refusal; Kareo does not say how long."""

_SETTING = re.compile(r"(\w{1,60})=(\d{1,6})", re.ASCII)


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: the table or what GetThrottles told, scaled, and a margin on each."""
    scale = float(settings.get("throttle_scale") or "1")
    margin_ms = int(settings.get("throttle_margin_ms") or str(MARGIN_MS))
    intervals = {**INTERVAL_MS, **told_intervals(settings.get("throttles", ""))}
    together = msgspec.structs.replace(ALL_TOGETHER, seconds=max(ALL_TOGETHER.seconds * scale, 0.001))
    return (together, *(_limit(name, each * scale + margin_ms) for name, each in intervals.items()))


def told_intervals(text: str) -> dict[str, int]:
    """Intervals in ms as the setting `throttles` holds them: `GetPatient=250 GetAppointments=1000`."""
    return {name: int(interval) for name, interval in _SETTING.findall(text) if name in INTERVAL_MS}


def as_setting(intervals: Mapping[str, int]) -> str:
    """What GetThrottles told, as the setting `throttles` holds it."""
    return " ".join(f"{name}={interval}" for name, interval in sorted(intervals.items()) if name in INTERVAL_MS)


def _limit(operation: str, interval_ms: float) -> Limit:
    return Limit(
        name=f"kareo-{operation}",
        requests=1,
        seconds=max(interval_ms, 1) / 1000,
        scope="credential",
        is_spaced=True,
        operation=operation,
    )
