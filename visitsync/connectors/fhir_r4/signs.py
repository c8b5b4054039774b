"""What on an appointment may mark it as telemedicine: types, services, reasons, and FHIR's own signs of video."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.picking import listed, one_or_several
from visitsync.connector_kit.fhir.references import target_of
from visitsync.connector_kit.fhir.shapes import Coding, Concept
from visitsync.connector_kit.json_rows import mended
from visitsync.connector_kit.video_words import MOST_CHARACTERS, video_words
from visitsync.connectors.fhir_r4.payloads import (
    CONCEPTS,
    CONTAINED,
    EXTENSIONS,
    REFERENCES,
    VIRTUAL_SERVICES,
    AppointmentShape,
    Extension,
)
from visitsync.domain.appointment import Mark, MarkKind

VIRTUAL_SERVICE = "virtual-service"
CONTAINED_ADDRESS = "contained-address"
VIRTUAL_CLASS = "virtual-class"
"""R5's Appointment.class of an encounter from afar (v3 ActCode `VR`)."""
VIRTUAL_PLACE = "virtual-place"
VIRTUAL_PHYSICAL_TYPE = "vi"
"""Code of Location.physicalType for a place that is none (location-physical-type)."""
VIRTUAL_PLACE_MARK = Mark(MarkKind.MODE, VIRTUAL_PLACE, "Virtual place")
VIRTUAL_ENCOUNTER = "VR"
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
Decoded = TypeVar("Decoded")


class Signs(NamedTuple):
    """All marks of one appointment, and the video words of its reasons."""

    marks: tuple[Mark, ...]
    words: tuple[str, ...]


NOTHING = Signs((), ())


def signs_of(row: AppointmentShape, extensions: str) -> Signs:
    """`extensions`: the addresses of extensions that tell how people meet (a setting). Raises RecordUnreadable."""
    told = _told(
        bytes(row.appointment_type),
        bytes(row.service_type),
        bytes(row.service_category),
        bytes(row.type),
        bytes(row.reason_code),
        bytes(row.reason),
        bytes(row.reason_reference),
    )
    virtual, contained, extension = bytes(row.virtual_service), bytes(row.contained), bytes(row.extension)
    classes = bytes(row.class_)
    if not (virtual or contained or extension or classes):
        return told
    modes = _modes(virtual, contained, extension, extensions, classes)
    return Signs((*told.marks, *modes), told.words) if modes else told


def words_of_notes(row: AppointmentShape) -> tuple[str, ...]:
    """The video words of comment, description, instruction and notes, none of which are kept."""
    parts = (bytes(row.comment), bytes(row.description), bytes(row.patient_instruction), bytes(row.note))
    return _words_of(*parts) if any(parts) else ()


def coding_id(coding: Coding) -> str | None:
    """A code by its system: `http://…|CHECKUP`; the code alone where no system is given."""
    if not coding.code:
        return None
    return f"{coding.system}|{coding.code}" if coding.system else coding.code


def types_of(row: AppointmentShape) -> tuple[Mark, ...]:
    """The kinds of visit that it names, for the list of those in use. Raises RecordUnreadable."""
    parts = (row.appointment_type, row.service_type, row.service_category, row.type)
    told = _told(*(bytes(part) for part in parts))
    return tuple(mark for mark in told.marks if mark.id is not None)


def concept_marks(kind: MarkKind, concepts: Iterable[Concept]) -> Iterator[Mark]:
    """A mark for each coding, the one that a person chose first, and for a text that no coding has."""
    for concept in concepts:
        inner = concept.concept or concept
        codings = sorted(listed(inner.coding), key=lambda coding: not coding.user_selected)
        shown = [coding.display or inner.text for coding in codings]
        for coding, text in zip(codings, shown, strict=True):
            if (identity := coding_id(coding)) or text:
                yield Mark(kind, identity, text)
        if inner.text and inner.text not in shown:
            yield Mark(kind, None, inner.text)
        yield from _of_reference(kind, concept)


def is_virtual(physical_type: Concept | None) -> bool:
    """Whether a Location of this physicalType is none that anybody goes to."""
    codings = listed(physical_type.coding) if physical_type is not None else []
    return any(coding.code == VIRTUAL_PHYSICAL_TYPE for coding in codings)


def decoded(raw: bytes, decoder: msgspec.json.Decoder[Decoded], name: str) -> Decoded:
    """A part in its type. Raises RecordUnreadable, naming the part."""
    try:
        return decoder.decode(mended(raw))
    except _BROKEN as error:
        raise RecordUnreadable(f"{name}: {_without_values(error)}") from None


@lru_cache(maxsize=4096)
def _told(
    appointment_type: bytes = b"",
    service_type: bytes = b"",
    service_category: bytes = b"",
    old_type: bytes = b"",
    reason_code: bytes = b"",
    reason: bytes = b"",
    reason_reference: bytes = b"",
) -> Signs:
    """Cached because a practice books few combinations many times."""
    places: tuple[tuple[MarkKind, bytes, str], ...] = (
        (MarkKind.TYPE, appointment_type, "appointmentType"),
        (MarkKind.SERVICE, service_type, "serviceType"),
        (MarkKind.SERVICE, service_category, "serviceCategory"),
        (MarkKind.SERVICE, old_type, "type"),
        (MarkKind.REASON, reason_code, "reasonCode"),
        (MarkKind.REASON, reason, "reason"),
    )
    marks = [
        mark
        for kind, raw, name in places
        if raw
        for mark in concept_marks(kind, one_or_several(decoded(raw, CONCEPTS, name)))
    ]
    if reason_reference:
        referred = one_or_several(decoded(reason_reference, REFERENCES, "reasonReference"))
        marks += [Mark(MarkKind.REASON, None, each.display) for each in referred if each.display]
    reasons = [mark.text for mark in marks if mark.kind is MarkKind.REASON]
    return Signs(tuple(dict.fromkeys(marks)), video_words(*reasons))


def _of_reference(kind: MarkKind, concept: Concept) -> Iterator[Mark]:
    """R5 may point at a HealthcareService or Condition instead of naming a code."""
    if concept.reference is None:
        return
    target = target_of(concept.reference)
    if target.id or concept.reference.display:
        identity = f"{target.type}/{target.id}".strip("/") if target.id and not target.is_contained else None
        yield Mark(kind, identity, concept.reference.display)


@lru_cache(maxsize=4096)
def _modes(
    virtual_service: bytes, contained: bytes, extension: bytes, extensions: str, classes: bytes
) -> tuple[Mark, ...]:
    found = (*_virtual(virtual_service), *_inside(contained), *_extended(extension, extensions), *_classed(classes))
    return tuple(dict.fromkeys(found))


def _virtual(raw: bytes) -> Iterator[Mark]:
    for each in one_or_several(decoded(raw, VIRTUAL_SERVICES, "virtualService")) if raw else ():
        channel = each.channel_type or Coding()
        yield Mark(MarkKind.MODE, VIRTUAL_SERVICE, channel.display or channel.code or "Virtual service")


def _inside(raw: bytes) -> Iterator[Mark]:
    """A meeting's address in a contained HealthcareService, or a contained place that is none."""
    for each in listed(decoded(raw, CONTAINED, "contained")) if raw else ():
        if each.resource_type == "HealthcareService":
            if any((point.system or "").lower() == "url" for point in listed(each.telecom)):
                yield Mark(MarkKind.MODE, CONTAINED_ADDRESS, "Virtual meeting room")
        elif each.resource_type == "Endpoint" and each.address is not msgspec.UNSET:
            yield Mark(MarkKind.MODE, CONTAINED_ADDRESS, "Virtual meeting room")
        elif each.resource_type == "Location" and is_virtual(each.physical_type or each.form):
            yield VIRTUAL_PLACE_MARK


def _classed(raw: bytes) -> Iterator[Mark]:
    concepts = one_or_several(decoded(raw, CONCEPTS, "class")) if raw else []
    if any(coding.code == VIRTUAL_ENCOUNTER for concept in concepts for coding in listed(concept.coding)):
        yield Mark(MarkKind.MODE, VIRTUAL_CLASS, "Virtual encounter")


def _extended(raw: bytes, extensions: str) -> Iterator[Mark]:
    wanted = frozenset(extensions.replace(",", " ").split())
    if not raw or not any(url.encode() in raw for url in wanted):
        return
    for each in listed(decoded(raw, EXTENSIONS, "extension")):
        if each.url in wanted and (text := _value_of(each)):
            yield Mark(MarkKind.MODE, f"{each.url}|{text}", text)


def _value_of(each: Extension) -> str:
    concept = each.value_codeable_concept or Concept()
    codings = [each.value_coding or Coding(), *listed(concept.coding)]
    texts = (each.value_code, each.value_string, *(coding.code or coding.display for coding in codings), concept.text)
    is_said = (
        each.value_boolean or each.value_url or each.value_uri or bytes(each.extension)
    )  # differ from visit to visit
    return next((text for text in texts if text), "yes" if is_said else "")


@lru_cache(maxsize=4096)
def _words_of(*parts: bytes) -> tuple[str, ...]:
    return video_words(*(text for raw in parts if raw for text in _texts(raw)))


def _texts(raw: bytes) -> tuple[str, ...]:
    """Every text in a part, whatever its form: R4 has a string where R5 has annotations or concepts."""
    if len(raw) > 4 * MOST_CHARACTERS:
        raw = raw[: 4 * MOST_CHARACTERS]
        return (raw.decode("utf-8", "replace"),)
    return tuple(_strings(decoded(raw, _ANYTHING, "comment")))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _without_values(error: Exception) -> str:
    return str(error) if isinstance(error, msgspec.ValidationError) else "no JSON that makes sense"


_ANYTHING: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
