"""The clock of the whole house; nothing but wiring reads the time of day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def clock_ahead(ahead: timedelta) -> Callable[[], datetime]:
    """A clock (aware, UTC) that runs so far ahead of the machine's; by nothing, outside of demonstrations."""
    return lambda: datetime.now(UTC) + ahead
