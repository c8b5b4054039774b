"""Some senders leave out fields of SCH, or add some, so that those behind stand beside their places (section 6)."""

import re
from functools import lru_cache

from visitsync.connector_kit.hl7v2.message import Message, Segment
from visitsync.connector_kit.hl7v2.profile import SenderProfile

_LENGTH_UNITS = frozenset({"MIN", "MINS", "MINUTE", "MINUTES", "M", "S", "SEC", "HR"})
_NEVER_A_TYPE = frozenset({"MIN", "MINS", "MINUTE", "MINUTES"})
_TIME = re.compile(
    r"(?:19|20)\d\d(?:[01]\d[0-3]\d[0-2]\d[0-5]\d|-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d)[\d:.]*(?:Z|[+-]\d\d:?\d\d)?"
)
_AROUND = (6, 7, 8, 9, 10, 12, 13)
"""Where the timing quantity of SCH-11 was met instead."""
_LONGEST_REMEMBERED = 40
_STARTS = (("AIS", 4), ("AIP", 6), ("AIL", 6))


def is_time(text: str) -> bool:
    """Whether this can only be a day with its time."""
    if text[:2] != "20" and text[:2] != "19":
        return False
    return _is_time(text) if len(text) <= _LONGEST_REMEMBERED else _TIME.fullmatch(text) is not None


@lru_cache(maxsize=65_536)
def _is_time(text: str) -> bool:
    """Appointments begin at few moments of a day, and each is looked at in many places."""
    return _TIME.fullmatch(text) is not None


def bare_start(schedule: Segment) -> str:
    """SCH-11 of a sender that writes the start there, and no timing quantity around it; "" if it is none."""
    text = schedule.value(11)
    return text if is_time(text) and text == schedule.raw(11) else ""


def is_shifted(schedule: Segment) -> bool:
    """Whether the tail stands one field to the left: the timing in SCH-10, or a duration with its unit in SCH-8."""
    if _has_timing(schedule):
        return False
    return _is_length(schedule, 8) or is_time(schedule.value(10, 4))


def out_of_place(message: Message, profile: SenderProfile) -> tuple[int, str] | None:
    """A field of SCH that holds what belongs into another, and what to do; None where everything may be in place."""
    schedule = message.first("SCH")
    if _has_timing(schedule) or (profile.shifted_layout == "read" and is_shifted(schedule)):
        return None
    expected = {place.field for place in profile.start_places if place.segment == "SCH"}
    for field in _AROUND:
        if field not in expected and is_time(schedule.value(field, 4)) and not _is_told_again(message, field):
            setting = "shifted_layout" if field == 10 else f"start_places: SCH-{field}.4"
            return field, f"holds the times that belong in SCH-11 (setting {setting})"
    if _is_length(schedule, 8):
        return 8, "holds the duration that belongs in SCH-9 (setting shifted_layout)"
    for field in (7, 8, 9, 10):
        if field not in expected and is_time(schedule.value(field)):
            return (
                field,
                f"holds a time, which belongs in SCH-11 (setting start_places: SCH-{field}, if it is the start)",
            )
    if schedule.value(8).upper() in _NEVER_A_TYPE:
        return 8, "holds the unit of a duration, where the appointment type belongs; the sender must put SCH in order"
    return None


def as_standard(message: Message, profile: SenderProfile) -> Message:
    """The message with SCH as the standard has it, for senders that are known to shift it."""
    if profile.shifted_layout != "read":
        return message
    schedule = message.first("SCH")
    if not schedule or not is_shifted(schedule):
        return message
    fields = schedule.fields
    return message.with_fields("SCH", [*fields[:8], "", *fields[8:]])


def _has_timing(schedule: Segment) -> bool:
    return is_time(schedule.value(11, 4)) or (bool(bare_start(schedule)) and not is_time(schedule.value(10)))


def _is_told_again(message: Message, field: int) -> bool:
    """Whether a timing right of its place matters to nobody, since a resource tells the same start."""
    start = message.first("SCH").value(field, 4)
    return field > 11 and start in (message.first(name).value(place) for name, place in _STARTS)


def _is_length(schedule: Segment, field: int) -> bool:
    if not schedule.value(field).isdigit():
        return False
    return not _LENGTH_UNITS.isdisjoint((schedule.value(field, 2).upper(), schedule.value(field + 1).upper()))
