"""Some senders leave out a field of SCH, so that all behind it stand one further left (hl7v2 reference, section 6)."""

import re

from visitsync.connector_kit.hl7v2.message import Message, Segment
from visitsync.connector_kit.hl7v2.profile import SenderProfile

_LENGTH_UNITS = frozenset({"MIN", "MINS", "MINUTE", "MINUTES", "M", "S", "SEC", "HR"})
_LOOKS_LIKE_TIMING = re.compile(r".*\d{12}")


def is_shifted(schedule: Segment) -> bool:
    """Whether a timing quantity stands in SCH-10 and none in SCH-11, or a duration with its unit in SCH-8."""
    if _LOOKS_LIKE_TIMING.match(schedule.raw(11)):
        return False
    if schedule.value(8).isdigit():
        units = (schedule.value(8, 2).upper(), schedule.value(9).upper())
        if not _LENGTH_UNITS.isdisjoint(units):
            return True
    return bool(_LOOKS_LIKE_TIMING.match(schedule.raw(10)))


def as_standard(message: Message, profile: SenderProfile) -> Message:
    """The message with SCH as the standard has it, for senders that are known to shift it."""
    if profile.shifted_layout != "read":
        return message
    schedule = message.first("SCH")
    if not schedule or not is_shifted(schedule):
        return message
    fields = schedule.fields
    return message.with_fields("SCH", [*fields[:8], "", *fields[8:]])
