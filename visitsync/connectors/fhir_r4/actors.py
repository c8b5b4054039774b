"""What an actor of an appointment is, also where it is called by another name or stands inside the appointment."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.picking import listed, name_of, one_or_several
from visitsync.connector_kit.fhir.references import Target, target_of
from visitsync.connector_kit.fhir.shapes import IDENTIFIERS, NAMES, Contained, Identifier, Reference
from visitsync.connectors.fhir_r4.payloads import CONTAINED, AppointmentShape
from visitsync.connectors.fhir_r4.signs import decoded


class Beside(msgspec.Struct, frozen=True):
    """What stands beside an appointment in its record: where it comes from, and whom other names mean."""

    base: str = ""
    """The base URL of the server that the record came from; "" where it is not known."""
    names: Mapping[str, str] = {}
    """`urn:uuid:…` and `PractitionerRole/…` to `Patient/1`, `Practitioner/2` …"""


def resolved(actor: Reference, row: AppointmentShape, beside: Beside) -> tuple[Target, Reference]:
    """What an actor is, and the reference with the name and number that are told of it. Raises RecordUnreadable."""
    target = target_of(actor)
    if target.type and not target.is_contained:
        return target, actor
    if target.is_contained:
        return _contained(target.id, actor, row)
    if target.id.startswith("urn:"):
        known = beside.names.get(target.id)
        kind, _, identity = (known or "").partition("/")
        return (Target(kind, identity) if identity else target), actor
    return target, actor


def _contained(name: str, actor: Reference, row: AppointmentShape) -> tuple[Target, Reference]:
    """Who is contained has no id that anybody could ask for, but a name or number; a role may point further."""
    raw = bytes(row.contained)
    for each in listed(decoded(raw, CONTAINED, "contained")) if raw else ():
        if (each.id or "").lstrip("#") == name:
            if each.resource_type == "PractitionerRole" and each.practitioner is not None:
                return target_of(each.practitioner), each.practitioner
            return Target(each.resource_type or "", ""), _told_of(each, actor)
    raise RecordUnreadable("participant.actor: refers to a contained resource that is not there")


def _told_of(inside: Contained, actor: Reference) -> Reference:
    return msgspec.structs.replace(
        actor,
        display=actor.display or _name_of(inside),
        identifier=actor.identifier or _number_of(inside),
    )


def _name_of(inside: Contained) -> str | None:
    """A place has a text for a name, a person names in parts."""
    if inside.name is msgspec.UNSET:
        return None
    name = decoded(bytes(inside.name), NAMES, "contained.name")
    if isinstance(name, str):
        return name
    names = one_or_several(name)
    return " ".join(part for part in name_of(names, None) if part) or None


def _number_of(inside: Contained) -> Identifier | None:
    """The first number that says whose it is."""
    if inside.identifier is msgspec.UNSET:
        return None
    numbers = one_or_several(decoded(bytes(inside.identifier), IDENTIFIERS, "contained.identifier"))
    return next((number for number in numbers if number.system and number.value and number.use != "old"), None)
