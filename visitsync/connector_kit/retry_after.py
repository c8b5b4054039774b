"""How long an EMR asks us to wait: the Retry-After header in all its forms, kept within reason."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LEAST_SECONDS = 1.0
MOST_SECONDS = 3600.0
"""A longer wait is cut to this: one request an hour harms nobody, a connection asleep for ten years does."""

_SECONDS = re.compile(r"[+-]?\d{1,18}(\.\d{0,9})?", re.ASCII)


def wait_seconds(header: str | None, now: datetime, *, most: float = MOST_SECONDS) -> float | None:
    """Seconds to wait, from a count of seconds or an HTTP date (RFC 9110, 10.2.3); None where nothing usable is said.

    Times in the past and negative counts mean the least wait. `now` is aware.
    """
    text = (header or "").strip()[:80]
    if _SECONDS.fullmatch(text):
        return within_reason(float(text), most=most)
    until = _http_date(text)
    return None if until is None else within_reason((until - now).total_seconds(), most=most)


def within_reason(seconds: float, *, most: float = MOST_SECONDS) -> float:
    """A wait that was asked for, neither none at all nor for ever."""
    return min(max(seconds, LEAST_SECONDS), most)


def _http_date(text: str) -> datetime | None:
    try:
        stamp = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp
