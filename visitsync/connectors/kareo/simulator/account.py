"""One Kareo account: a customer key with one practice in it, and how it answers where the facts are uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from visitsync.connectors.kareo.simulator.reader import Record
from visitsync.connectors.kareo.simulator.times import ListTimes, UnreadableDate, fixed_offset
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock

CUSTOMER_ID = 61_873
PRACTICE_ID = 14
CREDENTIALS: Mapping[str, str] = {
    "customer_key": "k7simulated00",
    "user": "interface@larkspur.example",
    "password": "Tea & <Biscuits> 14",
}
"""The only login of the account; the password holds what XML must escape."""

UTC_ZONE: tzinfo = ZoneInfo("UTC")


class Refused(Exception):
    """The operation answers with IsError and this message, with HTTP status 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What every operation works on. `variants` are chosen among VARIANTS."""

    clinic: Clinic
    clock: Clock
    variants: Mapping[str, str]

    def is_variant(self, name: str, value: str) -> bool:
        """Has this uncertain fact been chosen to be so?"""
        return self.variants[name] == value

    @property
    def now(self) -> datetime:
        """The present moment, aware."""
        return self.clock()

    @property
    def practice_zone(self) -> tzinfo:
        """The zone of the practice's wall clock; Kareo shows it nowhere."""
        return ZoneInfo(self.clinic.zone)

    def schedule_times(self, criteria: Record) -> ListTimes:
        """How a list of appointments writes start and end: by the filter's offset, unless the variant ignores it."""
        offset = criteria.get("TimeZoneOffsetFromGMT")
        if self.is_variant("list_times", "practice"):
            return self._times(self.practice_zone)
        if offset:
            return self._times(_zone(offset))
        omitted_means_utc = self.is_variant("omitted_offset", "utc")
        return self._times(UTC_ZONE if omitted_means_utc else self.practice_zone)

    def stamp_times(self, criteria: Record) -> ListTimes:
        """How lists write and read dates of creation and of the last edit."""
        match self.variants["stamp_times"]:
            case "utc":
                return self._times(UTC_ZONE)
            case "offset":
                return self.schedule_times(criteria)
            case _:
                return self._times(self.practice_zone)

    def is_up_to(self, moment: Any, bound: Any) -> bool:
        """Is it within an upper bound, which may or may not belong to the range?"""
        return bool(moment < bound if self.is_variant("upper_bounds", "exclusive") else moment <= bound)

    def is_ours(self, criteria: Record) -> bool:
        """Does a filter choose our practice, by name or id, or none in particular?"""
        name, number = criteria.get("PracticeName"), criteria.get("PracticeID")
        is_named = not name or name.strip().casefold() == self.clinic.name.casefold()
        return is_named and (not number or str(number).strip() == str(PRACTICE_ID))

    def require_practice_name(self, criteria: Record) -> None:
        """PracticeName is documented as required, though not in the schema. Raises Refused."""
        if self.is_variant("practice_name", "required") and not criteria.get("PracticeName"):
            raise Refused("PracticeName is required.")

    def _times(self, zone: tzinfo) -> ListTimes:
        return ListTimes(zone=zone, is_iso=self.is_variant("list_dates", "iso"))


def _zone(offset: str) -> tzinfo:
    try:
        return fixed_offset(offset)
    except UnreadableDate:
        raise Refused(f"TimeZoneOffsetFromGMT '{offset}' is not a valid time zone offset.") from None
