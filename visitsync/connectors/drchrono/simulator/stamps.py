"""DrChrono's stamps: a doctor's wall clock without a zone, legacy zone names, UTC for telehealth (section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from visitsync.simulator_kit.clinic import Clinic

Row = dict[str, Any]
LEGACY_ZONES = {
    "America/New_York": "US/Eastern",
    "America/Chicago": "US/Central",
    "America/Denver": "US/Mountain",
    "America/Phoenix": "US/Arizona",
    "America/Los_Angeles": "US/Pacific",
    "America/Anchorage": "US/Alaska",
    "Pacific/Honolulu": "US/Hawaii",
}


class Stamps:
    """Writes and reads moments as the vendor does."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._by_doctor = variants["stamp_zone"] == "doctor"
        self._since_in_utc = variants["since_zone"] == "utc"
        self._telehealth_form = variants["telehealth_stamp"]
        self._zones: dict[str, ZoneInfo] = {}

    def zone_of(self, practitioner_id: int | None) -> ZoneInfo:
        """Whose wall clock the stamps of this doctor's rows show."""
        practitioner = self._clinic.practitioners.get(practitioner_id) if practitioner_id and self._by_doctor else None
        key = practitioner.zone if practitioner else self._clinic.zone
        zone = self._zones.get(key)
        if zone is None:
            zone = self._zones[key] = ZoneInfo(key)
        return zone

    def local(self, moment: datetime, practitioner_id: int | None) -> str:
        """A stamp: the doctor's wall clock, no zone."""
        local = moment.astimezone(self.zone_of(practitioner_id))
        return local.replace(tzinfo=None, microsecond=0).isoformat()

    def telehealth(self, moment: datetime) -> str:
        """A stamp of a telehealth row: UTC, with or without saying so."""
        text = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
        return f"{text}Z" if self._telehealth_form == "zulu" else text

    def since(self, wall: datetime, practitioner_id: int | None) -> datetime:
        """The moment a naive `since` means for the rows of this doctor; of a repeated wall time the earlier one."""
        zone = UTC if self._since_in_utc else self.zone_of(practitioner_id)
        return wall.replace(tzinfo=zone).astimezone(UTC)
