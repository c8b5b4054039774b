"""The services, people and places of an appointment: AIx segments by group, PV1, SCH (reference, section 6)."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from visitsync.connector_kit.hl7v2.layout import is_time
from visitsync.connector_kit.hl7v2.message import NULL, Message, Segment
from visitsync.connector_kit.hl7v2.places import Place
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.statuses import ENDINGS, GONE_ACTIONS

_GROUPED = frozenset({"RGS", "AIS", "AIG", "AIL", "AIP"})
_PERSONS = frozenset({"AIP-3", "PV1-7", "PV1-8", "PV1-9", "PV1-17", "SCH-12", "SCH-16", "SCH-20"})
_THINGS = frozenset({"room", "equipment", "equip", "eq", "device", "location", "desk", "column", "machine", "rm"})
"""Words of AIG-4 for what is no person."""
_PHONE_USES, _PHONE_KINDS = frozenset({"WPN", "PRN", "ORN", "NET"}), frozenset({"PH", "CP", "FX", "Internet"})
_SYSTEM = re.compile(r"99.*|.*[\d_-].*|L|LOCAL|HL7.*|CPT.?|SNM.*|I9C?|I10.*|ISO.*")
"""What stands where a code's system is named, and is nobody's given name."""


class Named(msgspec.Struct, frozen=True, gc=False):
    """Something a message names: its code, its text, or both."""

    id: str = ""
    text: str = ""
    npi: str = ""


class Resources(msgspec.Struct, frozen=True, gc=False):
    """The AIx segments that still belong to the appointment, and those that the message takes off it."""

    kept: Sequence[Segment]
    dropped: Sequence[Segment] = ()

    def named(self, name: str) -> Iterator[Segment]:
        """The kept segments of that name."""
        return (each for each in self.kept if each.name == name)


def resources_of(message: Message, event: str) -> Resources:
    """AIx segments by what becomes of them. A group with action D tells what was, never what is.

    Where the whole appointment ends, the segments that take it away still say what it is.
    """
    noted: Resources | None = message.noted.get("resources")
    if noted is None:
        noted = message.noted["resources"] = _sorted(message, event)
    return noted


def _sorted(message: Message, event: str) -> Resources:
    kept: list[Segment] = []
    dropped: list[Segment] = []
    group_is_gone = False
    for segment in message.in_order(_GROUPED):
        fields = segment.fields
        is_gone = len(fields) > 2 and fields[2].strip().upper() in GONE_ACTIONS
        if segment.name == "RGS":
            group_is_gone = is_gone
        else:
            (dropped if is_gone or group_is_gone else kept).append(segment)
    if dropped and (event in ENDINGS or (not kept and event in ("S12", "S14"))):
        return Resources([*kept, *dropped])
    return Resources(kept, dropped)


def first_named(message: Message, resources: Resources, where: Sequence[Place]) -> Named | None:
    """The code and text at the first of these places that is filled."""
    for place in where:
        for segment in _segments(message, resources, place.segment):
            found = _coded(segment, place)
            if found is not None:
                return found
    return None


def is_null(message: Message, resources: Resources, place: Place) -> bool:
    """Whether the first segment that has this place deletes what stood there."""
    segment = next(_segments(message, resources, place.segment), None)
    return segment is not None and segment.value(place.field, place.component or 1) == NULL


def providers(message: Message, segments: Resources, profile: SenderProfile) -> list[Named]:
    """Whoever may be the provider, in the sender's order, each once."""
    found: dict[Named, None] = {}
    has_persons = _has_persons(segments)
    has_resources = any(each.raw(3) for each in segments.kept if each.name in ("AIG", "AIP"))
    for place in profile.provider_places:
        if place.segment == "SCH" and has_resources:
            continue  # the contact of a schedule is often a clerk; only where nobody else is named it may be a provider
        for segment in _segments(message, segments, place.segment):
            if place.segment == "AIG" and not _is_person(segment, profile, among_persons=has_persons):
                continue
            person = person_at(segment, place)
            if person is not None:
                found[person] = None
    return list(found)


def person_at(segment: Segment, place: Place) -> Named | None:
    """A person as XCN (id^family^given), as code and text, or as a name without any id."""
    if place.component:
        text = segment.value(place.field, place.component)
        return None if text in ("", NULL) else _by_text(text)
    parts = segment.components(place.field)
    if not any(part not in ("", NULL) for part in parts[:3]) or _is_nobody(parts):
        return None
    code, name = parts[0], _name(segment, place, parts)
    if code in ("", NULL):
        return Named("", name) if name else None
    if len(parts) == 1:
        return _by_text(code)
    return Named(code, name, _npi(segment.repetitions(place.field)))


def _is_nobody(parts: list[str]) -> bool:
    """Whether a telephone or a time stands there; in SCH both belong into other fields."""
    if parts[0]:
        return is_time(parts[0])
    return len(parts) > 2 and (parts[1] in _PHONE_USES or parts[2] in _PHONE_KINDS)


def location(message: Message, segments: Resources, profile: SenderProfile) -> Named | None:
    """The place: its code from the sender's places, its description where there is one."""
    found = first_named(message, segments, profile.location_places)
    name = first_named(message, segments, profile.location_name_places)
    if found is None:
        return None if name is None else Named("", name.text or name.id)
    return Named(found.id or found.text, (name.text or name.id) if name else "")


def things(segments: Resources, profile: SenderProfile) -> list[Named]:
    """Rooms and machines of AIG."""
    has_persons = _has_persons(segments)
    others = (each for each in segments.named("AIG") if not _is_person(each, profile, among_persons=has_persons))
    found = (_coded(each, Place("AIG", 3)) for each in others)
    return [each for each in found if each is not None]


def _segments(message: Message, resources: Resources, name: str) -> Iterator[Segment]:
    if name in _GROUPED:
        return resources.named(name)
    return iter(message.all(name))


def _coded(segment: Segment, place: Place) -> Named | None:
    if place.component:
        text = segment.value(place.field, place.component)
        return None if text in ("", NULL) else Named(text, text)
    code, text = segment.value(place.field), segment.value(place.field, 2)
    code, text = "" if code == NULL else code, "" if text == NULL else text
    return Named(code, text or code) if code or text else None


def _has_persons(segments: Resources) -> bool:
    return any(True for _ in segments.named("AIP"))


def _is_person(resource: Segment, profile: SenderProfile, *, among_persons: bool) -> bool:
    """Whether AIG-4 says so, by code or text; or says nothing against it where no AIP names anybody."""
    words = [part.casefold() for part in resource.components(4)[:2]]
    if any(word in profile.provider_roles for word in words):
        return True
    return not among_persons and not any(word in _THINGS for word in words)


def _by_text(text: str) -> Named:
    """A word alone is an identifier; several words, or a comma, are a name where an identifier belongs."""
    return Named("", text) if " " in text or "," in text else Named(text, "")


def _name(segment: Segment, place: Place, parts: list[str]) -> str:
    """Given and family name of an XCN; the text of a code where the third component is no given name."""
    family = "" if len(parts) < 2 or parts[1] == NULL else parts[1]
    given = "" if len(parts) < 3 or parts[2] == NULL else parts[2]
    if (place.segment == "AIG" and _is_code_with_text(parts)) or f"{place.segment}-{place.field}" not in _PERSONS | {
        "AIG-3"
    }:
        return family
    return f"{given} {family}".strip()


def _is_code_with_text(parts: list[str]) -> bool:
    """AIG-3 is a code, its text and the text's system; many senders write a person there as id, family, given."""
    return len(parts) < 3 or " " in parts[1] or _SYSTEM.fullmatch(parts[2].upper()) is not None


def _npi(repetitions: list[list[str]]) -> str:
    """The number of the repetition whose type or authority says that it is an NPI."""
    for parts in repetitions:
        if any(part.upper() == "NPI" for part in parts[8:13]) and len(parts[0]) == 10 and parts[0].isdigit():
            return parts[0]
    return ""
