"""When an appointment begins and how long it lasts, whichever of the many places say so (reference, section 6)."""

import re
from datetime import timedelta
from functools import lru_cache

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.hl7v2.layout import bare_start, is_time
from visitsync.connector_kit.hl7v2.message import ABSENT, NULL, Message, Segment
from visitsync.connector_kit.hl7v2.places import Place, written
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.resources import Resources, resources_of
from visitsync.connector_kit.hl7v2.stamps import Stamp, read_stamp

LONGEST = timedelta(hours=24)
"""An end further away is a slip of the keys; the duration counts (section 6)."""
MOST_SECONDS = 31 * 86_400
SURELY_MINUTES, SURELY_SECONDS = 300, 600

_UNITS = {
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "mn": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
    "d": 86_400, "day": 86_400, "days": 86_400,
}  # fmt: skip
_SECONDS = frozenset({"s", "sec", "secs", "second", "seconds"})
_USUALLY = (Place("SCH", 11, 4),)
# Where the offset from a start stands, and its unit.
_OFFSETS = {"AIS": (5, 6), "AIP": (7, 8), "AIL": (7, 8), "AIG": (9, 10)}
# What stands before a start, and is never a time.
_BEFORE_START = {"AIP": 5, "AIL": 5, "AIG": 7}
_TQ_DURATION = re.compile(r"([A-Za-z]?)(\d{1,6})")
_QUANTITY = re.compile(r"(\d{1,6})(?:\.\d*)?")
_SCHEDULED = Place("SCH", 11, 4)


class Timing(msgspec.Struct, frozen=True, gc=False):
    """What a message says: None where it says nothing."""

    start: Stamp | None
    minutes: int | None


def timing_of(message: Message, profile: SenderProfile) -> Timing:
    """Raises RecordUnreadable, naming the field, where a start is there and makes no sense."""
    schedule = message.first("SCH")
    if profile.start_places[:1] == _USUALLY:
        begins, ends = schedule.two_values(11, 4, 5)
        quick = _whole(begins, ends)
        if quick is not None and begins[:12] != message.header.value(7)[:12]:
            return quick
    resources = resources_of(message, message.event)
    start = _start(message, schedule, resources, profile)
    return Timing(start, _minutes(message, schedule, resources, profile, start))


@lru_cache(maxsize=65_536)
def _whole(begins: str, ends: str) -> Timing | None:
    """What SCH-11 says alone, where both of its times are good; appointments begin and end at few moments of a day."""
    try:
        start = read_stamp(begins)
    except ValueError:
        return None
    minutes = _minutes_between(start, ends) if start.has_time else None
    return None if minutes is None else Timing(start, minutes)


def _start(message: Message, schedule: Segment, resources: Resources, profile: SenderProfile) -> Stamp | None:
    day_only = ""
    for place in profile.start_places:
        for segment in _segments_at(message, schedule, resources, place):
            text = segment.value(place.field, place.component or 1)
            if not text and place == _SCHEDULED:
                text = bare_start(schedule)
            if text in ("", NULL):
                continue
            stamp = _stamp(text, place)
            if not stamp.has_time:
                day_only = day_only or written((place,))
                continue
            if place.segment == "SCH" and text[:12] == message.header.value(7)[:12]:
                # Some senders fill SCH-11 with the moment of sending, while the visit's time stands in AIS-4.
                other = _first_service_start(resources)
                stamp = other if other is not None else stamp
            _check_neighbour(segment, place)
            return _with_offset(stamp, segment, schedule, profile)
    if day_only:
        raise RecordUnreadable(f"{day_only}: has a day and no time")
    return None


def _segments_at(message: Message, schedule: Segment, resources: Resources, place: Place) -> list[Segment]:
    if place.segment == "SCH":
        return [schedule]
    if place.segment in _OFFSETS:
        return list(resources.named(place.segment))[:1]
    return message.all(place.segment)[:1]


def _stamp(text: str, place: Place) -> Stamp:
    try:
        return read_stamp(text)
    except ValueError as error:
        raise RecordUnreadable(f"{written((place,))}: {error}") from None


def _first_service_start(resources: Resources) -> Stamp | None:
    service = next(resources.named("AIS"), ABSENT)
    text = service.value(4)
    if text in ("", NULL):
        return None
    stamp = _stamp(text, Place("AIS", 4))
    return stamp if stamp.has_time else None


def _check_neighbour(segment: Segment, place: Place) -> None:
    """Of two times side by side it is not known which is the start."""
    before = _BEFORE_START.get(segment.name)
    if before is not None and is_time(segment.value(before)):
        beside = f"{segment.name}-{before}"
        raise RecordUnreadable(f"{written((place,))}: a time stands in {beside} too (setting start_places)")


def _with_offset(stamp: Stamp, segment: Segment, schedule: Segment, profile: SenderProfile) -> Stamp:
    where = _OFFSETS.get(segment.name)
    if where is None or profile.start_offset != "added":
        return stamp
    offset = segment.value(where[0])
    if not offset or not offset.isdigit() or offset == "0" or _is_the_length(offset, segment, schedule):
        return stamp
    seconds = _seconds(int(offset), _unit(segment, *where), profile)
    if seconds and seconds > MOST_SECONDS:
        raise RecordUnreadable(f"{segment.name}-{where[0]}: expected an offset of less than a month")
    return stamp if not seconds else msgspec.structs.replace(stamp, wall=stamp.wall + timedelta(seconds=seconds))


def _is_the_length(offset: str, segment: Segment, schedule: Segment) -> bool:
    """Whether a duration stands where the offset belongs, two fields too far left. Raises RecordUnreadable if it may.

    Who tells an offset tells a duration as well, in the same segment or in SCH.
    """
    place, unit = _OFFSETS[segment.name]
    if segment.value(unit + 1):
        return False
    length = schedule.value(9) or schedule.value(11, 3)
    if not length:
        name = segment.name
        raise RecordUnreadable(
            f"{name}-{place}: an offset without a duration in {name}-{unit + 1}; if it is the duration, "
            "set start_offset to ignored"
        )
    return length == offset


def _minutes(
    message: Message, schedule: Segment, resources: Resources, profile: SenderProfile, start: Stamp | None
) -> int | None:
    between = None if start is None else _until_end(message, schedule, start)
    if between is not None:
        return between
    for place in profile.duration_places:
        for segment in _segments_at(message, schedule, resources, place):
            text = segment.value(place.field)
            quantity = _QUANTITY.fullmatch(text) if text else None
            if quantity is None:
                continue
            seconds = _seconds(int(quantity[1]), _unit(segment, place.field, place.field + 1), profile)
            if seconds and seconds > MOST_SECONDS:
                raise RecordUnreadable(f"{written((place,))}: expected a duration of less than a month")
            if seconds:
                return max(1, round(seconds / 60))
    return _minutes_of_timing_quantity(schedule, profile)


def _until_end(message: Message, schedule: Segment, start: Stamp) -> int | None:
    """Minutes until SCH-11.5 or TQ1-8, if those are a believable end."""
    found = _minutes_between(start, schedule.value(11, 5))
    return _minutes_between(start, message.first("TQ1").value(8)) if found is None else found


@lru_cache(maxsize=65_536)
def _minutes_between(start: Stamp, text: str) -> int | None:
    try:
        end = read_stamp(text)
    except ValueError:
        return None  # the duration may still tell
    if not end.has_time or (end.offset is None) != (start.offset is None):
        return None
    length = (end.wall - (end.offset or timedelta(0))) - (start.wall - (start.offset or timedelta(0)))
    return round(length.total_seconds() / 60) if timedelta(0) < length <= LONGEST else None


def _minutes_of_timing_quantity(schedule: Segment, profile: SenderProfile) -> int | None:
    """TQ.3: `20`, or `M30` with the unit in front."""
    match = _TQ_DURATION.fullmatch(schedule.value(11, 3))
    if match is None:
        return profile.default_minutes or None
    seconds = _seconds(int(match[2]), match[1], profile)
    return max(1, round(seconds / 60)) if seconds and seconds <= MOST_SECONDS else None


def _unit(segment: Segment, quantity: int, unit: int) -> str:
    """The unit's own field, or the second component of the quantity."""
    if segment.name == "TQ1":
        return segment.value(quantity, 2)
    return segment.value(unit) or segment.value(unit, 2) or segment.value(quantity, 2)


def _seconds(quantity: int, unit: str, profile: SenderProfile) -> int | None:
    """A duration in seconds. Without a unit, or in seconds, small numbers are minutes; doubtful ones say nothing."""
    word = unit.casefold().strip(". ")
    if word in _UNITS:
        return quantity * _UNITS[word]
    is_seconds = word in _SECONDS
    if profile.seconds_unit == "seconds":
        return quantity
    if profile.seconds_unit == "minutes" or quantity < SURELY_MINUTES:
        return quantity * 60
    if is_seconds or quantity > SURELY_SECONDS:
        return quantity
    return None
