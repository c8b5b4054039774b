"""Times as lists write and read them: text without a zone, shifted by a fixed offset (kareo reference, section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo

_US = re.compile(
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"
    r"(?:\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[AaPp][Mm])?)?"
)
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?)?(?P<half>)Z?"
)


class UnreadableDate(ValueError):
    """A filter's date is in none of the forms that Kareo takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTimes:
    """How one list writes moments, and in which zone its filter's dates are meant."""

    zone: tzinfo
    is_iso: bool = False

    def write(self, moment: datetime) -> str:
        """The moment as text, `2/24/2026 11:00:00 AM` unless ISO is wanted."""
        shown = moment.astimezone(self.zone)
        return shown.strftime("%Y-%m-%dT%H:%M:%S") if self.is_iso else us_text(shown)


def us_text(shown: datetime) -> str:
    """`2/24/2026 11:00:00 AM`: months, days and hours without a leading zero."""
    half = "AM" if shown.hour < 12 else "PM"
    clock = f"{shown.hour % 12 or 12}:{shown.minute:02}:{shown.second:02}"
    return f"{shown.month}/{shown.day}/{shown.year} {clock} {half}"


def read_date(text: str) -> datetime:
    """A filter's date, US or ISO, with or without a time; without a zone. Raises UnreadableDate."""
    found = _US.fullmatch(text.strip()) or _ISO.fullmatch(text.strip())
    if found is None:
        raise UnreadableDate(text)
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        return datetime(  # noqa: DTZ001 - the list's zone is added by the caller
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            hour,
            int(found["minute"] or 0),
            int(found["second"] or 0),
        )
    except ValueError:
        raise UnreadableDate(text) from None


def fixed_offset(text: str) -> tzinfo:
    """The zone of `TimeZoneOffsetFromGMT`: whole hours, the same all year round. Raises UnreadableDate."""
    if not re.fullmatch(r"\s*[+-]?\d{1,2}\s*", text) or abs(int(text)) > 14:
        raise UnreadableDate(text)
    return timezone(timedelta(hours=int(text)))


def age(born: date, today: date) -> int:
    """Whole years; a birth date to come makes it negative, as Kareo's own screens do."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
