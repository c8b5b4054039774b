"""Microsoft's JSON dates and the schedule's own clock, as this site writes them (section 4.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from visitsync.simulator_kit.clinic import Clinic

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")


class Stamps:
    """Writes times in the forms that the variants choose."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._offset = variants["offset"]
        self._clock_form = variants["clock_form"]

    def stamp(self, instant: datetime) -> str:
        """An instant; the offset behind it is only how the server shows it."""
        milliseconds = (instant - _EPOCH) // timedelta(milliseconds=1)
        return f"/Date({milliseconds}{self._offset_at(instant)})/"

    def day(self, day: date) -> str:
        """A calendar day: midnight on the server's clock."""
        zone = UTC if self._offset == "utc" else self._zone
        return self.stamp(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))

    def clock(self, wall: datetime) -> str:
        """A time of day, without a zone."""
        if self._clock_form == "HH:mm":
            return f"{wall:%H:%M}"
        return f"{wall.hour % 12 or 12}:{wall:%M} {'AM' if wall.hour < 12 else 'PM'}"

    def _offset_at(self, instant: datetime) -> str:
        if self._offset == "none":
            return ""
        offset = timedelta(0) if self._offset == "utc" else self._utc_offset(instant)
        minutes = abs(offset) // timedelta(minutes=1)
        return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02d}{minutes % 60:02d}"

    def _utc_offset(self, instant: datetime) -> timedelta:
        return instant.astimezone(self._zone).utcoffset() or timedelta(0)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._clinic.zone)


def read_stamp(text: object) -> datetime | None:
    """The instant in a request; None for anything else."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    return None if found is None else _EPOCH + timedelta(milliseconds=int(found[1]))
