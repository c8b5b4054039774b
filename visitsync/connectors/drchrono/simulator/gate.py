"""Who gets in: quota and burst, the token, its scopes, and the user's own permissions (sections 2, 6 and 7)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from visitsync.connectors.drchrono.simulator.oauth import Grant
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Response, as_html, as_json

WINDOW = timedelta(seconds=1)
READS = frozenset({"GET", "HEAD"})

# What an operation needs: scope bases, and one key of the user's permission map.
# The scopes are the OpenAPI's; the permission keys not in the recording are invented.
NEEDS: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "appointments": (("calendar", "clinical"), "access_scheduling"),
    "appointments_list": (("calendar", "clinical"), "access_scheduling"),
    "appointment_profiles": (("calendar", "settings"), "settings"),
    "appointment_templates": (("calendar", "settings"), "settings"),
    "availability": (("calendar",), "access_scheduling"),
    "schedule_blocks": (("calendar",), "access_scheduling"),
    "telehealth_appointments": (("calendar", "clinical"), "access_scheduling"),
    "patients": (("patients",), "access_patient_info"),
    "patients_list": (("patients",), "access_patient_info"),
    "patients_summary": (("patients:summary",), "access_patient_info"),
    "doctors": (("user",), None),
    "doctor_options": (("user",), None),
    "offices": (("user",), None),
    "staff": (("user",), None),
    "insurances": (("user",), None),
    "eligibility_checks": (("patients",), None),
    "users": ((), None),
}
PERMISSIONS: Mapping[str, bool] = {
    "access_scheduling": True,
    "access_clinical_notes": True,
    "access_patient_info": True,
    "create_and_update_patients": True,
    "settings": True,
    "share_patients": True,
    "share_appointment_profiles": True,
}


class Quota:
    """So many calls per clock hour and per second for the whole application; throttled calls are not counted."""

    def __init__(self, clock: Clock, variants: Mapping[str, str]) -> None:
        self._clock = clock
        self._per_hour = _limit(variants["hourly_quota"])
        self._per_second = _limit(variants["calls_per_second"])
        self._hour: datetime | None = None
        self._recent: deque[tuple[datetime, float]] = deque()
        self.used = 0

    def refusal(self) -> Response | None:
        """Count one call; a 429 when it is one too many."""
        now, tick = self._clock(), time.monotonic()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self.used = hour, 0
        if self._per_hour is not None and self.used >= self._per_hour:
            return throttled((hour + timedelta(hours=1) - now).total_seconds())
        if self._per_second is not None and self._is_burst(now, tick, self._per_second):
            return throttled(1.0)
        self.used += 1
        return None

    def _is_burst(self, now: datetime, tick: float, limit: int) -> bool:
        """Ten calls within one second are one too many, by the simulator's clock and by the real one."""
        recent = self._recent
        while recent and (now - recent[0][0] >= WINDOW or tick - recent[0][1] >= WINDOW.total_seconds()):
            recent.popleft()
        if len(recent) >= limit - 1:
            return True
        recent.append((now, tick))
        return False


def throttled(seconds: float) -> Response:
    """The vendor's 429: the wait is only in the text."""
    return as_json({"detail": f"Request was throttled. Expected available in {seconds:.1f} seconds."}, 429)


def unauthorized() -> Response:
    """The vendor's 401: no JSON."""
    challenge = 'Bearer error="invalid_token",error_description="The access token is invalid."'
    return as_html("Authorization failed.", 401, (("WWW-Authenticate", challenge),))


def forbidden(body: str, why: str = "You do not have permission to perform this action.") -> Response:
    """The vendor's 403, whose shape nobody recorded."""
    return as_html(f"<h1>403 Forbidden</h1><p>{why}</p>", 403) if body == "html" else as_json({"detail": why}, 403)


def may(grant: Grant, permissions: Mapping[str, bool], collection: str, method: str) -> bool:
    """Both gates: the token's scopes and the permission of the user who gave it."""
    bases, permission = NEEDS.get(collection, ((), None))
    rights = ("read", "write") if method in READS else ("write",)
    has_scopes = all(any(f"{base}:{right}" in grant.scopes for right in rights) for base in bases)
    return has_scopes and (permission is None or permissions.get(permission, False))


def _limit(variant: str) -> int | None:
    return None if variant == "none" else int(variant)
