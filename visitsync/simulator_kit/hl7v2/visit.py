"""Writes what a schedule holds: SCH, TQ1, NTE, PV1, RGS and AIx, with everything where this sender puts it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from visitsync.simulator_kit import records
from visitsync.simulator_kit.hl7v2.writing import NULL, Pen, offset
from visitsync.simulator_kit.records import Appointment, Location, Practitioner

_STANDARD = {
    records.SCHEDULED: "Booked",
    records.TENTATIVE: "Pending",
    records.CONFIRMED: "Booked",
    records.UNCONFIRMED: "Booked",
    records.REMINDED: "Booked",
    records.CHECKED_IN_ONLINE: "Booked",
    records.ARRIVED: "Started",
    records.CHECKED_IN: "Started",
    records.IN_ROOM: "Started",
    records.IN_SESSION: "Started",
    records.COMPLETED: "Complete",
    records.NEEDS_RESCHEDULE: "Cancelled",
    records.RESCHEDULED: "Cancelled",
    records.CANCELLED: "Cancelled",
    records.NO_SHOW: "Noshow",
}
_OWN = {
    **_STANDARD,
    records.SCHEDULED: "Scheduled",
    records.CONFIRMED: "CONFIRMED",
    records.ARRIVED: "ARRIVED",
    records.CANCELLED: "CANCELED",
    records.NO_SHOW: "NO SHOW",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One appointment as it is to be written, with what the clinic's records say about it."""

    appointment: Appointment
    practitioner: Practitioner
    location: Location
    type_code: str
    type_name: str
    reason: tuple[str, str]
    """SCH-7."""
    kind: tuple[str, str]
    """SCH-8."""
    filler: str
    placer: str
    authority: str
    zone: str
    parent: str = ""
    why: tuple[str, str] = ("", "")
    """SCH-6: code and text of what happened."""
    before: Appointment | None = None
    """As it was, for senders that list the old resources too."""
    event: str = "S12"
    sent: str = ""
    """MSH-7, for senders that put it into SCH-11."""
    staff: tuple[Practitioner, ...] = ()
    """More people on it, after the first."""
    has_staff: bool = True
    """False: booked in a room, with nobody."""
    room: str = ""
    extra: tuple[str, ...] = ()
    """Segments of the sender's own."""


def schedule_segments(pen: Pen, entry: Entry) -> list[str]:
    """SCH, and TQ1 where the sender uses it; NTE if there is a note."""
    segments = [_schedule(pen, entry)]
    start = pen.wall(entry.appointment.start, entry.zone)
    if pen.habits["start_place"] == "TQ1":
        segments.append(pen.segment("TQ1", {1: "1", 7: start, 8: _end(pen, entry)}))
    if entry.appointment.note:
        segments.append(pen.segment("NTE", {1: "1", 3: pen.text(entry.appointment.note)}))
    return segments


def visit_segment(pen: Pen, entry: Entry) -> str:
    """PV1."""
    fields = {1: "1", 2: "O"}
    if pen.habits["location_place"] == "PV1":
        fields[3] = _place(pen, entry)
    if pen.habits["provider_place"] == "PV1" and entry.has_staff:
        fields[7] = _person(pen, entry.practitioner)
    return pen.segment("PV1", fields)


def resource_segments(pen: Pen, entry: Entry) -> list[str]:
    """RGS and AIx; first the old ones where the sender lists what was."""
    if pen.habits["groups"] == "no RGS":
        return _resources(pen, entry, "")
    groups = []
    if pen.habits["groups"] == "old and new" and entry.before is not None:
        was = replace(entry, appointment=entry.before)
        groups += [pen.segment("RGS", {1: "1", 2: "D"}), *_resources(pen, was, "D")]
    number = "2" if groups else "1"
    return [*groups, pen.segment("RGS", {1: number, 2: "A"}), *_resources(pen, entry, "A")]


def status_word(pen: Pen, status: str) -> str:
    """The word for a status; what the practice invented stays as it is."""
    manner = pen.habits["status_words"]
    word = (_OWN if manner == "own" else _STANDARD).get(status, status)
    return word.upper() if manner == "upper case" else word


def _schedule(pen: Pen, entry: Entry) -> str:
    appointment, ids = entry.appointment, pen.habits["ids"]
    reason, kind = pen.parts(*entry.reason), pen.parts(*entry.kind)
    quantity, unit, timing_length = _length(pen, appointment.minutes)
    fields = {
        1: pen.parts(entry.placer, entry.authority) if ids != "filler only" else "",
        2: pen.parts(entry.filler, entry.authority) if ids != "placer only" else "",
        6: pen.parts(*entry.why),
        7: reason or (NULL if entry.event != "S12" else ""),
        8: kind or (NULL if entry.event != "S12" else ""),
        9: quantity,
        10: unit,
        11: _timing(pen, entry, timing_length),
        16: pen.parts("DESK1", "Desk", "Front"),
        24: pen.parts(entry.parent, entry.authority) if entry.parent else "",
        25: status_word(pen, appointment.status),
    }
    if pen.habits["layout"] == "shifted":
        moved = {number - 1: field for number, field in fields.items() if number > 8}
        fields = {number: field for number, field in fields.items() if number < 8} | moved
    return pen.segment("SCH", fields)


def _timing(pen: Pen, entry: Entry, length: str) -> str:
    place = pen.habits["start_place"]
    if place == "SCH-11":
        return pen.parts("", "", length, pen.wall(entry.appointment.start, entry.zone), _end(pen, entry))
    return pen.parts("", "", "", entry.sent) if place == "SCH-11 is the time of sending" else ""


def _end(pen: Pen, entry: Entry) -> str:
    """On the same clock and with the same offset as the start, so that the difference is the length."""
    written = pen.wall(entry.appointment.start, entry.zone)
    has_offset = pen.habits["times"] == "with offset"
    stamp = written[:-5] if has_offset else written
    pattern = "%Y%m%d%H%M" if len(stamp) == 12 else "%Y%m%d%H%M%S"
    end = datetime.strptime(stamp, pattern) + timedelta(minutes=entry.appointment.minutes)  # noqa: DTZ007 - a wall time
    return end.strftime(pattern) + (offset(entry.appointment.start, entry.zone) if has_offset else "")


def _length(pen: Pen, minutes: int) -> tuple[str, str, str]:
    """SCH-9, SCH-10 and the length in SCH-11."""
    ways = {
        "minutes": (str(minutes), pen.parts("MIN", "Minutes"), str(minutes)),
        "MIN in SCH-9": (pen.parts(str(minutes), "MIN"), "", str(minutes)),
        "M in TQ": ("", "", f"M{minutes}"),
        "seconds": (str(minutes * 60), "S", ""),
        "seconds without unit": (str(minutes * 60), "", ""),
    }
    return ways[pen.habits["duration"]]


def _resources(pen: Pen, entry: Entry, action: str) -> list[str]:
    appointment, habits = entry.appointment, pen.habits
    start = pen.wall(appointment.start, entry.zone)
    segments = []
    if entry.type_code or entry.type_name:
        service = {1: "1", 2: action, 3: pen.parts(entry.type_code, entry.type_name), 4: start}
        segments.append(pen.segment("AIS", {**service, 7: str(appointment.minutes), 8: "MIN"}))
    if not entry.has_staff or not entry.practitioner.is_provider:
        segments.append(_thing(pen, entry, action, start))
    elif habits["provider_place"] == "AIG":
        segments.append(_general(pen, entry.practitioner, "PROVIDER", action, start))
    if habits["location_place"] == "AIL":
        segments.append(pen.segment("AIL", {1: "1", 2: action, 3: _place(pen, entry), 6: start}))
    if entry.has_staff and habits["provider_place"] == "AIP":
        people = [each for each in (entry.practitioner, *entry.staff) if each.is_provider]
        for number, person in enumerate(people, 1):
            fields = {1: str(number), 2: action, 3: _person(pen, person), 4: "PROVIDER", 6: start}
            segments.append(pen.segment("AIP", fields))
    return segments


def _thing(pen: Pen, entry: Entry, action: str, start: str) -> str:
    who = entry.practitioner
    named = pen.parts(str(who.id), who.name) if entry.has_staff else pen.parts(entry.room, f"Room {entry.room}")
    return pen.segment("AIG", {1: "1", 2: action, 3: named, 4: "ROOM", 8: start})


def _general(pen: Pen, who: Practitioner, role: str, action: str, start: str) -> str:
    return pen.segment("AIG", {1: "1", 2: action, 3: pen.parts(str(who.id), who.name), 4: role, 8: start})


def _person(pen: Pen, who: Practitioner) -> str:
    """The practice's own number, and the national one as a second repetition where there is one."""
    own = pen.parts(str(who.id), who.last_name, who.first_name, "", "", "", who.suffix)
    if not who.npi:
        return own
    return pen.repeated(own, pen.parts(who.npi, who.last_name, who.first_name, "", "", "", "", "", "NPI"))


def _place(pen: Pen, entry: Entry) -> str:
    return pen.parts(str(entry.location.id), entry.room, "", entry.authority, "", "", "", "", entry.location.name)
