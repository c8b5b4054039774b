"""The marks, people and place that a message names, worked out once for each combination that a practice uses."""

import msgspec

from visitsync.connector_kit.hl7v2.delimiters import USUAL
from visitsync.connector_kit.hl7v2.message import ABSENT, Message
from visitsync.connector_kit.hl7v2.places import Place
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.resources import (
    Named,
    Resources,
    first_named,
    location,
    person_at,
    providers,
    resources_of,
    things,
)
from visitsync.domain.appointment import Mark, MarkKind

VIDEO, VIDEO_TEXT = "telehealth", "Telehealth visit"
"""What a flagged appointment is marked with."""
_YES = frozenset({"Y", "YES", "1", "T", "TRUE"})
_MOST_REMEMBERED = 4_096


class Naming(msgspec.Struct, frozen=True, eq=False):
    """What one combination of fields names."""

    marks: tuple[Mark, ...]
    type: Named | None
    providers: tuple[Named, ...]
    dropped_providers: tuple[Named, ...]
    """Of resources that the message takes off the appointment."""
    location: Named | None
    center: str
    """AIL-3 as it stands."""


_remembered: dict[object, Naming] = {}


def naming_of(message: Message, profile: SenderProfile) -> Naming:
    """The same fields always name the same; a practice has few types, people and places."""
    noted: Naming | None = message.noted.get(profile)
    if noted is not None:
        return noted
    key = _key(message, profile)
    found = _remembered.get(key)
    if found is None:
        found = _naming(message, resources_of(message, message.event), profile)
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = found
    message.noted[profile] = found
    return found


def _key(message: Message, profile: SenderProfile) -> object:
    """The profile, the event and every field, as it stands, that naming may look at."""
    key: list[object] = [profile, message.event, message.delimiters is USUAL or repr(message.delimiters)]
    key += message.resource_beginnings()
    for name, numbers in profile.naming_fields:
        for segment in message.all(name):
            fields = segment.fields
            key.append(name)
            for number in numbers:
                key.append(fields[number] if number < len(fields) else "")
    return tuple(key)


def _naming(message: Message, resources: Resources, profile: SenderProfile) -> Naming:
    place = location(message, resources, profile)
    return Naming(
        marks=_marks(message, resources, profile, place),
        type=_in_case(first_named(message, resources, profile.type_places), profile),
        providers=tuple(providers(message, resources, profile)),
        dropped_providers=_dropped(resources),
        location=place,
        center=next(resources.named("AIL"), ABSENT).raw(3),
    )


def _marks(message: Message, resources: Resources, profile: SenderProfile, place: Named | None) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    kinds: tuple[tuple[MarkKind, tuple[Place, ...]], ...] = (
        (MarkKind.TYPE, profile.type_places),
        (MarkKind.REASON, profile.reason_places),
        (MarkKind.SERVICE, profile.service_places),
        (MarkKind.ROOM, profile.room_places),
    )
    for kind, where in kinds:
        found = _in_case(first_named(message, resources, where), profile)
        if found is not None:
            marks.append(Mark(kind, found.id or None, found.text or found.id))
    if _is_flagged(message, resources, profile):
        marks.append(Mark(MarkKind.MODE, VIDEO, VIDEO_TEXT))
    if place is not None:
        marks.append(Mark(MarkKind.LOCATION, place.id or None, place.text or place.id))
    marks += [Mark(MarkKind.RESOURCE, each.id or None, each.text) for each in things(resources, profile)]
    return tuple(marks)


def _dropped(resources: Resources) -> tuple[Named, ...]:
    found = [person_at(each, Place("", 3)) for each in resources.dropped if each.name in ("AIP", "AIG")]
    return tuple(each for each in found if each is not None)


def _is_flagged(message: Message, resources: Resources, profile: SenderProfile) -> bool:
    flag = first_named(message, resources, profile.mode_places)
    return flag is not None and flag.id.upper() in _YES


def _in_case(found: Named | None, profile: SenderProfile) -> Named | None:
    """Codes of senders that write them in any case are compared in upper case."""
    if found is None or not profile.is_code_padded or not found.id:
        return found
    code = found.id.upper()
    return Named(code, code if found.text == found.id else found.text, found.npi)
