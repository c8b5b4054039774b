"""Who takes part in an appointment, and which of them is the patient, the practitioner and the place (section 3)."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.picking import listed, one_or_several
from visitsync.connector_kit.fhir.references import NOBODY, Target, number_of, target_of
from visitsync.connector_kit.fhir.shapes import Reference
from visitsync.connectors.fhir_r4.actors import Beside, resolved
from visitsync.connectors.fhir_r4.payloads import CONCEPTS, REFERENCES, AppointmentShape, Participant
from visitsync.connectors.fhir_r4.signs import VIRTUAL_PLACE, VIRTUAL_PLACE_MARK, decoded
from visitsync.domain.appointment import Mark, MarkKind
from visitsync.domain.practice import CatalogEntry

PERFORMERS = {"PPRF": 0, "ATND": 1, "": 2, "PART": 2, "ADM": 3, "CON": 4, "SPRF": 4, "REF": 6, "REFB": 6, "REFT": 6}
"""How likely a participant of this type (v3 ParticipationType) is the one who sees the patient; others are 5."""
OTHER_TYPE = 5
PRACTITIONERS = frozenset({"Practitioner", "PractitionerRole"})
RESOURCES = frozenset({"HealthcareService", "Device", "CareTeam"})
PEOPLE = frozenset({"RelatedPerson", "Person"})
"""Who comes with a patient, or for one; where nobody else is told, somebody is expected all the same."""
SUBJECTS = (b'"SBJ"', b'"PATSBJ"')
"""Types (v3 ParticipationType) of the participant who is the patient."""
PLACE = b'"LOC"'
"""Type of the participant who is where it takes place."""
ODD_REFERENCE = "participant.actor.reference: expected the type and id of a resource, like Patient/12"
PERHAPS_THE_PATIENT = (
    "participant.actor: nobody refers to a Patient and somebody is only named or numbered, who may be the patient; "
    "expected a reference to the Patient"
)
NAMELESS = "participant.actor: the patient is only named here; expected a reference to a Patient that can be read"


class Party(msgspec.Struct, frozen=True, gc=False):
    """Who an appointment is for, with whom, and where."""

    patient_ids: tuple[str, ...] = ()
    declined: bool = False
    """Every patient has declined."""
    is_group: bool = False
    """A Group takes part: patients whom nobody names here."""
    is_block: bool = False
    """Nobody is expected as a patient."""
    practitioner_id: str | None = None
    practitioner_name: str | None = None
    location_id: str | None = None
    location_name: str | None = None
    marks: tuple[Mark, ...] = ()
    """Of the place, and of services and devices that take part."""


class _Met(msgspec.Struct, frozen=True, gc=False):
    rank: int
    is_optional: bool
    identity: str
    name: str | None


class _Gathered(msgspec.Struct, gc=False):
    """Everybody who takes part, by what they are."""

    patients: dict[str, bool] = {}
    """Whether they have declined, by id."""
    practitioners: list[_Met] = []
    places: list[tuple[str | None, str | None]] = []
    nameless: list[str] = []
    """Names of whom nothing else is told."""
    is_group: bool = False
    has_relative: bool = False
    marks: list[Mark] = []


def party_of(row: AppointmentShape, context: TranslationContext, beside: Beside) -> Party:
    """Raises RecordUnreadable where a patient takes part whom nobody could look up."""
    if not row.participant and row.subject is None:
        raise RecordUnreadable("participant: expected at least one")
    found = _Gathered()
    for each in row.participant or ():
        if each is not None and each.actor is not None:
            target, actor = resolved(each.actor, row, beside)
            _gather(found, each, actor, target, context, beside)
        elif each is not None and any(code in bytes(each.type) for code in SUBJECTS):
            raise RecordUnreadable(NAMELESS)
    if not found.patients and row.subject is not None:
        subject, told = resolved(row.subject, row, beside)
        found.is_group = found.is_group or subject.type == "Group"
        if subject.type == "Patient":
            found.patients[_patient_id(subject, told, beside)] = False
    if found.nameless:
        _refuse_perhaps_the_patient(found)
    if not found.places and b"Location/" in bytes(row.supporting_information):
        found.places = _places_beside(bytes(row.supporting_information))
    return _party(found, context)


def _gather(
    found: _Gathered, each: Participant, actor: Reference, target: Target, context: TranslationContext, beside: Beside
) -> None:
    if target.type == "Patient":
        identity = _patient_id(target, actor, beside)
        found.patients[identity] = found.patients.get(identity, True) and each.status == "declined"
    elif target.type in PRACTITIONERS:
        found.practitioners.append(_practitioner(each, target, actor, context, beside))
    elif target.type == "Location" or (target == NOBODY and actor.display and PLACE in bytes(each.type)):
        found.places.append((target.id or None, actor.display or None))
    elif target.type == "Group":
        found.is_group = True
    elif target.type in PEOPLE:
        found.has_relative = True
    elif target.type in RESOURCES:
        named = f"{target.type}/{target.id}" if target.id else None
        found.marks.append(Mark(MarkKind.RESOURCE, named, actor.display))
    else:
        _gather_unknown(found, each, actor, target)


def _gather_unknown(found: _Gathered, each: Participant, actor: Reference, target: Target) -> None:
    if not target.type and target.id:
        raise RecordUnreadable("participant.actor: expected a reference that says what it refers to")
    if not target.type and actor.reference:
        raise RecordUnreadable(ODD_REFERENCE)
    if any(code in bytes(each.type) for code in SUBJECTS):
        raise RecordUnreadable(NAMELESS)
    if not target.type and (actor.display or number_of(actor)):
        found.nameless.append(actor.display or "")


def _refuse_perhaps_the_patient(found: _Gathered) -> None:
    """A meeting in a room that is only named is none of ours; anybody else who is only named may be the patient."""
    is_meeting = bool(found.practitioners) and not found.places and len(found.nameless) == 1
    if not (found.patients or found.is_group or is_meeting):
        raise RecordUnreadable(PERHAPS_THE_PATIENT)


def _places_beside(raw: bytes) -> list[tuple[str | None, str | None]]:
    """Some servers name the place not among the participants, but in the supporting information."""
    referred = one_or_several(decoded(raw, REFERENCES, "supportingInformation"))
    targets = [(target_of(each), each.display or None) for each in referred]
    return [(target.id, shown) for target, shown in targets if target.type == "Location" and target.id]


def _party(found: _Gathered, context: TranslationContext) -> Party:
    practitioner = min(found.practitioners, key=_first_of_these) if len(found.practitioners) > 1 else None
    if found.practitioners and practitioner is None:
        practitioner = found.practitioners[0]
    name = None if practitioner is None or practitioner.identity else practitioner.name
    if found.nameless:
        name = _name_the_nameless(found, context, name, is_alone=practitioner is None)
    place, place_name = found.places[0] if found.places else (None, None)
    marks = [_place_mark(identity, shown, _name_of(context, identity)) for identity, shown in found.places]
    return Party(
        _those_who_come_first(found.patients),
        bool(found.patients) and all(found.patients.values()),
        found.is_group,
        not (found.patients or found.is_group or found.has_relative),
        (practitioner.identity or None) if practitioner else None,
        name,
        place,
        None if place else place_name,
        (*marks, *found.marks, *(_virtual_places(found, context) if context.locations else ())),
    )


def _those_who_come_first(have_declined: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(sorted(have_declined, key=have_declined.__getitem__) if len(have_declined) > 1 else have_declined)


def _virtual_places(found: _Gathered, context: TranslationContext) -> tuple[Mark, ...]:
    entries = (context.locations.get(identity) for identity, _ in found.places if identity is not None)
    is_any = any(entry is not None and VIRTUAL_PLACE in entry.synonyms for entry in entries)
    return (VIRTUAL_PLACE_MARK,) if is_any else ()


def _first_of_these(met: _Met) -> tuple[int, bool]:
    return met.rank, met.is_optional


def _name_the_nameless(
    found: _Gathered, context: TranslationContext, name: str | None, *, is_alone: bool
) -> str | None:
    """Who is only named is the practitioner where a setting says so, else a place. Gives the practitioner's name."""
    nameless = [each for each in found.nameless if each]
    if nameless and is_alone and context.settings.get("display_only") == "practitioner":
        name, *nameless = nameless
    found.places = found.places or [(None, each) for each in nameless[:1]]
    return name


def _name_of(context: TranslationContext, place: str | None) -> str | None:
    entry = context.locations.get(place) if place is not None else None
    return None if entry is None else entry.name


@lru_cache(maxsize=4096)
def _place_mark(identity: str | None, shown: str | None, name: str | None) -> Mark:
    return Mark(MarkKind.LOCATION, identity, name or shown)


def _patient_id(target: Target, actor: Reference, beside: Beside) -> str:
    if target.id:
        if target.base and beside.base and target.base != beside.base:
            return f"{target.base}/Patient/{target.id}"  # somebody on another server, never our own of the same id
        return target.id
    if number := number_of(actor):
        return number
    raise RecordUnreadable(NAMELESS)


def _practitioner(
    each: Participant, target: Target, actor: Reference, context: TranslationContext, beside: Beside
) -> _Met:
    identity = target.id
    if target.type == "PractitionerRole" and identity:
        role = f"PractitionerRole/{identity}"
        identity = beside.names.get(role, "").partition("/")[2] or _by_role(context).get(role) or role
    rank = _rank(bytes(each.type))
    if each.status == "declined":
        rank += 10
    return _Met(rank, each.required in ("optional", "information-only", False), identity, actor.display)


@lru_cache(maxsize=1024)
def _rank(raw: bytes) -> int:
    concepts = one_or_several(decoded(raw, CONCEPTS, "participant.type")) if raw else []
    codes = [coding.code or "" for concept in concepts for coding in listed(concept.coding)] or [""]
    return min(PERFORMERS.get(code.upper(), OTHER_TYPE) for code in codes)


_roles: tuple[Mapping[str, CatalogEntry], Mapping[str, str]] = ({}, {})
"""The practitioners last translated with, and who has which role there; worked out once for all records of a turn."""


def _by_role(context: TranslationContext) -> Mapping[str, str]:
    global _roles
    listed_, known = _roles
    if listed_ is not context.practitioners:
        known = {name: entry.id for entry in context.practitioners.values() for name in entry.synonyms}
        _roles = (context.practitioners, known)
    return known
