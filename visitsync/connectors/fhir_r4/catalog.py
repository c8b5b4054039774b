"""The practice's lists: practitioners with their roles, locations, and the kinds of visits offered or in use."""

from collections.abc import Iterator, Sequence

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.bundles import BROKEN, Entry, bundle_of, read_bundle, resource_type_of
from visitsync.connector_kit.fhir.picking import listed, name_of, one_or_several
from visitsync.connector_kit.fhir.references import target_of
from visitsync.connector_kit.fhir.shapes import KINDS, NAMED, PERSONS, ROLES, Concept, NamedShape, Shape
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.fhir_r4.payloads import APPOINTMENTS
from visitsync.connectors.fhir_r4.signs import VIRTUAL_PLACE, concept_marks, is_virtual, types_of
from visitsync.domain.appointment import Mark, MarkKind
from visitsync.domain.practice import CatalogEntry

NPI_SYSTEMS = frozenset({"http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"})
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
NO_CLINICIANS = frozenset(
    {"159561009", "ict", "researcher", "receptionist", "clerk", "secretary", "administrator", "front desk"}
)
"""Codes and words of PractitionerRole.code for people who see no patients; 159561009 is SNOMED's receptionist."""


class _Role(Shape, frozen=True, gc=False):
    code: list[Concept | None] | Concept | None = None


class _Zone(Shape, frozen=True, gc=False):
    url: str | None = None
    value_code: str | None = None
    value_string: str | None = None


class TypeInUse(msgspec.Struct, frozen=True):
    """A kind of visit as a record: its code with the system, and its name."""

    id: str
    name: str
    is_active: bool = True


_roles = msgspec.json.Decoder(_Role)
_zones = msgspec.json.Decoder(_Zone)
_types = msgspec.json.Decoder(TypeInUse)


def to_catalog_entry(record: RawRecord) -> CatalogEntry:
    """Raises RecordUnreadable."""
    if record.kind is RecordKind.PRACTITIONER:
        return _practitioner(record)
    if record.kind is RecordKind.LOCATION:
        return _location(record)
    if record.kind is RecordKind.APPOINTMENT_TYPE:
        found = decode_record(record.body, _types)
        return CatalogEntry(id=found.id, name=found.name or found.id, is_active=found.is_active)
    raise RecordUnreadable(f"{record.kind} is nothing that lists hold")


def practitioners(page: FetchedPage, entries: Sequence[Entry]) -> Iterator[RawRecord | UnreadableRecord]:
    """A record for each Practitioner, with the roles that stand on the same page."""
    roles: dict[str, list[bytes]] = {}
    for entry in entries:
        if resource_type_of(entry.body) == "PractitionerRole":
            roles.setdefault(practitioner_of_role(entry.body), []).append(entry.body)
    for position, entry in enumerate(entries):
        if resource_type_of(entry.body) == "Practitioner":
            identity = identity_of(entry.body)
            body = bundle_of([entry.body, *roles[identity]]) if identity in roles else entry.body
            yield _record(page, RecordKind.PRACTITIONER, position, identity, body)


def locations(page: FetchedPage, entries: Sequence[Entry]) -> Iterator[RawRecord | UnreadableRecord]:
    """A record for each Location."""
    for position, entry in enumerate(entries):
        if resource_type_of(entry.body) == "Location":
            yield _record(page, RecordKind.LOCATION, position, identity_of(entry.body), entry.body)


def types(page: FetchedPage, entries: Sequence[Entry]) -> Iterator[RawRecord | UnreadableRecord]:
    """A record for each kind of visit that a HealthcareService offers or an Appointment names."""
    found: dict[str, TypeInUse] = {}
    for position, entry in enumerate(entries):
        try:
            for each in _types_of(entry.body):
                if each.id not in found or each.is_active:
                    found[each.id] = each
        except RecordUnreadable as error:
            if resource_type_of(entry.body) == "HealthcareService":
                yield UnreadableRecord(
                    kind=RecordKind.APPOINTMENT_TYPE, position=position, body=entry.body, reason=str(error)
                )
    for each in found.values():
        yield RawRecord(kind=RecordKind.APPOINTMENT_TYPE, id=each.id, body=msgspec.json.encode(each), asked=page.asked)


def practitioner_of_role(body: bytes) -> str:
    """The id of who has this role; "" where it says nobody."""
    try:
        reference = decode_record(body, ROLES).practitioner
    except RecordUnreadable:
        return ""
    return target_of(reference).id if reference is not None else ""


def identity_of(body: bytes) -> str:
    """The id of a resource; "" where it has none."""
    try:
        return str(KINDS.decode(body).id or "")
    except BROKEN:
        return ""


def _types_of(body: bytes) -> list[TypeInUse]:
    kind = resource_type_of(body)
    if kind == "Appointment":
        marks = types_of(decode_record(body, APPOINTMENTS))
        return [TypeInUse(mark.id or "", mark.text or mark.id or "") for mark in marks]
    if kind != "HealthcareService":
        return []
    service = decode_record(body, NAMED)
    marks = tuple(concept_marks(MarkKind.SERVICE, one_or_several(service.type)))
    return [_type(mark, service) for mark in marks if mark.id is not None]


def _type(mark: Mark, service: NamedShape) -> TypeInUse:
    return TypeInUse(mark.id or "", mark.text or service.name or "", service.active is not False)


def _practitioner(record: RawRecord) -> CatalogEntry:
    person, roles = _person_and_roles(record.body)
    row = decode_record(person, PERSONS)
    names = one_or_several(row.name)
    name = " ".join(part for part in name_of(names, None) if part)
    numbers = [each.value for each in one_or_several(row.identifier) if each.system in NPI_SYSTEMS and each.value]
    mine = [decode_record(role, ROLES) for role in roles]
    return CatalogEntry(
        id=record.id,
        name=name or next((each.text for each in names if each.text), "") or record.id,
        is_active=row.active is not False,
        npi=numbers[0] if numbers else None,
        is_clinician=not roles or not all(_is_no_clinician(role) for role in roles),
        synonyms=tuple(f"PractitionerRole/{role.id}" for role in mine),
    )


def _person_and_roles(body: bytes) -> tuple[bytes, list[bytes]]:
    if resource_type_of(body) != "Bundle":
        return body, []
    first, *rest = (entry.body for entry in read_bundle(body).entries)
    return first, rest


def _is_no_clinician(role: bytes) -> bool:
    """Whether every code of a role is one of somebody who sees no patients; without a code nothing is said."""
    concepts = one_or_several(decode_record(role, _roles).code)
    words = [{(text or "").strip().lower() for text in (concept.text, *_coded(concept))} - {""} for concept in concepts]
    return bool(words) and all(not NO_CLINICIANS.isdisjoint(each) for each in words)


def _coded(concept: Concept) -> list[str | None]:
    return [text for coding in listed(concept.coding) for text in (coding.code, coding.display)]


def _location(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, NAMED)
    return CatalogEntry(
        id=record.id,
        name=row.name or record.id,
        is_active=row.status in (None, "active"),
        zone=_zone_of(row),
        synonyms=(*(alias for alias in row.alias or () if alias and alias != row.name), *_signs_of(row)),
    )


def _signs_of(row: NamedShape) -> tuple[str, ...]:
    """A place that is none is known by that too: appointments there are marked with it."""
    return (VIRTUAL_PLACE,) if is_virtual(row.physical_type or row.form) else ()


def _zone_of(row: NamedShape) -> str | None:
    """R4 has no element for it; a common extension does. Unchecked: a zone that nobody knows must not be guessed."""
    for raw in row.extension or ():
        try:
            found = _zones.decode(raw)
        except BROKEN:
            continue
        if found.url == TIMEZONE:
            return found.value_code or found.value_string
    return None


def _record(
    page: FetchedPage, kind: RecordKind, position: int, identity: str, body: bytes
) -> RawRecord | UnreadableRecord:
    try:
        return RawRecord(kind=kind, id=record_id(identity), body=body, asked=page.asked)
    except RecordUnreadable as error:
        return UnreadableRecord(kind=kind, position=position, body=body, reason=str(error))
