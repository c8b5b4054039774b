"""What an Appointment means (fhir reference, sections 3, 4 and 12)."""

import json

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.picking import listed, one_or_several
from visitsync.connector_kit.fhir.references import target_of
from visitsync.connector_kit.fhir.shapes import Reference
from visitsync.connector_kit.fhir.statuses import status_of
from visitsync.connector_kit.json_rows import decode_record, mended
from visitsync.connector_kit.pages import RawRecord
from visitsync.connectors.fhir_r4.actors import Beside
from visitsync.connectors.fhir_r4.participants import Party, party_of
from visitsync.connectors.fhir_r4.payloads import APPOINTMENTS, EXTENSIONS, REFERENCES, AppointmentShape
from visitsync.connectors.fhir_r4.signs import decoded, signs_of, words_of_notes
from visitsync.connectors.fhir_r4.times import stamp, time_of
from visitsync.domain.appointment import Appointment, AppointmentStatus

ENDED = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR})
MODE_EXTENSIONS = (
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeliveryChannel "
    "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-DeliveryChannel-1 "
    "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-DeliveryChannel-2"
)
"""Extensions that tell how people meet, unless the setting `mode_extensions` names others."""
REPLACES = ("extension-Appointment.replaces", "StructureDefinition/request-replaces")
_IDENTITY = ("start", "end", "participant", "status", "id")
"""Members that must not stand there twice."""
_ENVELOPE_STARTS = b'{"beside":'


class _Beside(msgspec.Struct, frozen=True, omit_defaults=True):
    base: str = ""
    names: dict[str, str] = {}


class _Envelope(msgspec.Struct, frozen=True):
    beside: _Beside
    appointment: msgspec.Raw


_envelopes = msgspec.json.Decoder(_Envelope)
_ALONE = Beside()


def enveloped(body: bytes, beside: Beside) -> bytes:
    """A record that keeps, beside the Appointment's own bytes, whom its references mean."""
    told = msgspec.json.encode(_Beside(beside.base, dict(beside.names)))
    return b'%b%b,"appointment":%b}' % (_ENVELOPE_STARTS, told, body)


def to_appointment(record: RawRecord, context: TranslationContext) -> Appointment:
    """Raises RecordUnreadable, naming the field, where the resource would have to be guessed at."""
    body, beside = _opened(record.body)
    row = decode_record(body, APPOINTMENTS)
    if row.id != record.id and row.id is not None and str(row.id) != record.id:
        raise RecordUnreadable("id: not the one that was asked for")
    if _may_repeat(body):
        _refuse_repeats(body)
    status_text = row.status or ""
    if not status_text:
        raise RecordUnreadable("status: expected one")
    settings = context.settings
    status = status_of(status_text, context.status_meanings)
    party = party_of(row, context, beside)
    if party.declined and settings.get("declined_patient") == "cancelled" and status not in ENDED:
        status = AppointmentStatus.CANCELLED
    start, minutes = time_of(row, status, _zone(party, context), settings)
    signs = signs_of(row, settings.get("mode_extensions") or MODE_EXTENSIONS)
    replaces, replaced_by = _moves(row, status)
    return Appointment(
        id=record.id,
        start=start,
        duration_minutes=minutes,
        status=status,
        status_text=status_text,
        marks=(*signs.marks, *party.marks),
        patient_id=party.patient_ids[0] if party.patient_ids else None,
        other_patient_ids=party.patient_ids[1:],
        practitioner_id=party.practitioner_id,
        practitioner_name=party.practitioner_name,
        location_id=party.location_id,
        location_name=party.location_name,
        booked_at=stamp(row.created, "created"),
        changed_at=stamp(row.meta.last_updated, "meta.lastUpdated") if row.meta is not None else None,
        is_block=party.is_block,
        is_deleted=status is AppointmentStatus.ENTERED_IN_ERROR,
        is_group=party.is_group or len(party.patient_ids) > 1,
        series_id=_id_of(row.originating_appointment),
        replaces_id=replaces,
        replaced_by_id=replaced_by,
        video_words=_words(row, signs.words),
    )


def _opened(body: bytes) -> tuple[bytes, Beside]:
    if not body.startswith(_ENVELOPE_STARTS):
        return body, _ALONE
    envelope = decode_record(body, _envelopes)
    return bytes(envelope.appointment), Beside(envelope.beside.base, envelope.beside.names)


def _zone(party: Party, context: TranslationContext) -> str:
    """R4 knows no zone of a practice: a setting, what is known of the place, or the practice's own."""
    if chosen := context.settings.get("zone"):
        return chosen
    place = context.locations.get(party.location_id) if party.location_id else None
    return (place.zone if place is not None else None) or context.practice_zone


def _words(row: AppointmentShape, of_reasons: tuple[str, ...]) -> tuple[str, ...]:
    of_notes = words_of_notes(row)
    return tuple(dict.fromkeys((*of_reasons, *of_notes))) if of_notes else of_reasons


def _moves(row: AppointmentShape, status: AppointmentStatus | None) -> tuple[str | None, str | None]:
    """Which appointment it replaces, or is replaced by: R5's own elements, or another one among its information."""
    replaced = _first_in(bytes(row.replaces), "replaces") or _backported(bytes(row.extension))
    other = replaced or _id_of(row.previous_appointment)
    if other is None:
        other = _first_in(bytes(row.supporting_information), "supportingInformation")
    if other is None or other == row.id:
        return None, None
    return (None, other) if status in ENDED and replaced is None else (other, None)


def _first_in(raw: bytes, name: str) -> str | None:
    if not raw or b"Appointment" not in raw:
        return None
    found = (_id_of(each) for each in one_or_several(decoded(raw, REFERENCES, name)))
    return next((identity for identity in found if identity is not None), None)


def _backported(raw: bytes) -> str | None:
    """R5's `replaces` as R4 carries it: in an extension."""
    if not any(name.encode() in raw for name in REPLACES):
        return None
    extensions = listed(decoded(raw, EXTENSIONS, "extension"))
    return next((_id_of(each.value_reference) for each in extensions if (each.url or "").endswith(REPLACES)), None)


def _id_of(reference: Reference | None) -> str | None:
    """The id of an Appointment that is referred to."""
    if reference is None:
        return None
    target = target_of(reference)
    return target.id if target.type == "Appointment" and target.id else None


def _may_repeat(body: bytes) -> bool:
    """A quick count of what must not stand there twice; the decoder would silently let the last one win."""
    count = body.count
    return count(b'"start"') > 1 or count(b'"participant"') > 1 or count(b'"id"') > 1


def _refuse_repeats(body: bytes) -> None:
    """Slow and exact; only where a quick count looked odd."""
    try:
        pairs = json.loads(mended(body), object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        return
    for name in _IDENTITY:
        if isinstance(pairs, _Members) and pairs.names.count(name) > 1:
            raise RecordUnreadable(f"{name} stands there twice")


class _Members:
    """An object of JSON by the names of its members alone."""

    def __init__(self, members: list[tuple[str, object]]) -> None:
        self.names = [name for name, _ in members]
