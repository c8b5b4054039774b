"""The parts of FHIR's JSON that we use, in their types; tolerant of DSTU2 to R5, silent about everything else.

Source: the specifications of Patient, Coverage, Appointment and their data types, R4 first (fhir reference, section 3).
Where versions differ in how often a thing may stand, both forms are taken: `Many` is one, several, or none.
"""

from typing import TypeAlias

import msgspec

Text: TypeAlias = str | None
Number: TypeAlias = int | float | str | None


class Shape(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What all parts have in common: names in camelCase on the wire; nothing of a person in their repr."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Period(Shape, frozen=True, gc=False):
    """From when to when; either end may be open."""

    start: Text = None
    end: Text = None


class Coding(Shape, frozen=True, gc=False):
    """A code of a code system."""

    system: Text = None
    code: Text = None
    display: Text = None
    user_selected: bool | None = None


class Identifier(Shape, frozen=True, gc=False):
    """A number that somebody gave a thing."""

    system: Text = None
    value: Text = None
    use: Text = None


class Reference(Shape, frozen=True, gc=False):
    """Another resource: by address, by a number it has, by name only, or in Aidbox's own form."""

    reference: Text = None
    type: Text = None
    identifier: Identifier | None = None
    display: Text = None
    resource_type: Text = None
    id: Text = None


class Concept(Shape, frozen=True, gc=False):
    """A CodeableConcept, or the CodeableReference around one that R5 has in some of its places."""

    coding: list[Coding | None] | None = None
    text: Text = None
    concept: "Concept | None" = None
    reference: Reference | None = None


class Meta(Shape, frozen=True, gc=False):
    """What a server notes about a resource."""

    version_id: Text = None
    last_updated: Text = None
    security: list[Coding | None] | None = None
    tag: list[Coding | None] | None = None


class HumanName(Shape, frozen=True, gc=False):
    """A name; DSTU2 allows several family names."""

    use: Text = None
    text: Text = None
    family: str | list[str | None] | None = None
    given: list[str | None] | str | None = None
    period: Period | None = None


class ContactPoint(Shape, frozen=True, gc=False):
    """A phone number, an e-mail address or the like; the lower the rank, the more it is preferred."""

    system: Text = None
    value: Text = None
    use: Text = None
    rank: Number = None
    period: Period | None = None


class PostalAddress(Shape, frozen=True, gc=False):
    """Where somebody lives or gets mail."""

    use: Text = None
    type: Text = None
    text: Text = None
    line: list[str | None] | str | None = None
    city: Text = None
    state: Text = None
    postal_code: Text = None
    period: Period | None = None


class PatientLink(Shape, frozen=True, gc=False):
    """Another record of the same person."""

    other: Reference | None = None
    type: Text = None


class PatientContact(Shape, frozen=True, gc=False):
    """A guardian, partner or friend of a patient."""

    relationship: list[Concept | None] | Concept | None = None
    telecom: list[ContactPoint | None] | None = None
    period: Period | None = None


class PatientShape(Shape, frozen=True, gc=False):
    """A Patient of any version."""

    id: str | int
    meta: Meta | None = None
    active: bool | None = None
    name: list[HumanName | None] | HumanName | None = None
    telecom: list[ContactPoint | None] | None = None
    birth_date: Text = None
    deceased_boolean: bool | None = None
    deceased_date_time: Text = None
    address: list[PostalAddress | None] | PostalAddress | None = None
    contact: list[PatientContact | None] | None = None
    link: list[PatientLink | None] | None = None


class Contained(Shape, frozen=True, gc=False):
    """A resource inside another: only what it is called and how it is reached."""

    resource_type: Text = None
    id: Text = None
    name: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    practitioner: Reference | None = None
    telecom: list[ContactPoint | None] | None = None
    physical_type: Concept | None = None
    form: Concept | None = None
    """R5's physicalType."""
    address: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    identifier: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class WhoseShape(Shape, frozen=True, gc=False):
    """Whom a Coverage covers, whatever else of it may make no sense."""

    beneficiary: Reference | None = None
    subscriber: Reference | None = None


class CoverageShape(Shape, frozen=True, gc=False):
    """A Coverage: R4's `payor`, R5's `insurer` and `kind`, DSTU2's `issuer`."""

    id: Text = None
    status: Text = None
    kind: Text = None
    type: Concept | None = None
    beneficiary: Reference | None = None
    subscriber_id: Identifier | list[Identifier | None] | str | None = None
    policy_holder: Reference | None = None
    subscriber: Reference | None = None
    period: Period | None = None
    payor: list[Reference | None] | Reference | None = None
    insurer: Reference | None = None
    issuer: Reference | None = None
    order: Number = None
    contained: list[Contained | None] | None = None
    identifier: list[Identifier | None] | Identifier | None = None


class PersonShape(Shape, frozen=True, gc=False):
    """A Practitioner."""

    id: str
    active: bool | None = None
    name: list[HumanName | None] | HumanName | None = None
    identifier: list[Identifier | None] | Identifier | None = None


class RoleShape(Shape, frozen=True, gc=False):
    """A PractitionerRole: in which role somebody works where."""

    id: str
    active: bool | None = None
    practitioner: Reference | None = None
    location: list[Reference | None] | Reference | None = None


class NamedShape(Shape, frozen=True, gc=False):
    """A Location, HealthcareService or Organization."""

    id: str
    status: Text = None
    active: bool | None = None
    name: Text = None
    alias: list[str | None] | None = None
    extension: list[msgspec.Raw] | None = None
    type: list[Concept | None] | Concept | None = None
    physical_type: Concept | None = None
    form: Concept | None = None


class Kind(Shape, frozen=True, gc=False):
    """What a resource is, and which one."""

    resource_type: str
    id: str | int | None = None


PATIENTS = msgspec.json.Decoder(PatientShape)
COVERAGES = msgspec.json.Decoder(CoverageShape)
WHOSE = msgspec.json.Decoder(WhoseShape)
PERSONS = msgspec.json.Decoder(PersonShape)
ROLES = msgspec.json.Decoder(RoleShape)
NAMED = msgspec.json.Decoder(NamedShape)
KINDS = msgspec.json.Decoder(Kind)
NAMES = msgspec.json.Decoder(list[HumanName | None] | HumanName | str | None)
IDENTIFIERS = msgspec.json.Decoder(list[Identifier | None] | Identifier | None)
