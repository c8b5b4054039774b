"""The parts of CareCloud's JSON that we use, in their types; everything else on a record is passed over.

Source of all shapes: the vendor's developer portal and recorded answers (carecloud reference, sections 3 to 5).
"""

import msgspec

Id = int | str | None
"""Most ids are whole numbers, some of them quoted; appointments and patients have GUIDs."""
Flag = bool | int | str | None
Text = str | None
Word = str | int | None
"""A word that the documentation types as a number in places."""


class Identity(msgspec.Struct, frozen=True, gc=False):
    """What tells the records of any list apart."""

    id: int | str


class WrappedIdentity(msgspec.Struct, frozen=True, gc=False):
    """An appointment in its wrapper, or (without `appointment`) bare."""

    appointment: Identity | msgspec.UnsetType = msgspec.UNSET
    id: Id = None


class StatusPart(msgspec.Struct, frozen=True, gc=False):
    """An appointment's status (section 3.4); only its code and name say anything."""

    id: Id = None
    code: Word = None
    name: Text = None


class PatientPart(msgspec.Struct, frozen=True, gc=False):
    """The patient as an appointment shows them; contact and names are read from the chart."""

    id: Id = None


class PlacePart(msgspec.Struct, frozen=True, gc=False):
    """A location inside another record."""

    id: Id = None
    name: Text = None


class CancellationPart(msgspec.Struct, frozen=True, gc=False):
    """Why an appointment was cancelled; all null unless it was."""

    id: Id = None
    detail: Text = None


class AppointmentRow(msgspec.Struct, frozen=True, gc=False):
    """An appointment (section 3.3). Only id, start and end are indispensable."""

    id: int | str
    start_time: str
    end_time: str
    appointment_status: StatusPart | None = None
    patient: PatientPart | None = None
    location: PlacePart | None = None
    cancellation_details: CancellationPart | None = None
    appointment_cancellation_reason_id: Id = None
    chief_complaint: Text = None
    comments: Text = None
    visit_reason_id: Id = None
    resource_id: Id = None
    provider_id: Id = None
    recurrence_id: Id = None
    created_at: Text = None
    updated_at: Text = None


class WrappedAppointment(msgspec.Struct, frozen=True, gc=False):
    """Lists and single answers wrap each appointment (section 3.1)."""

    appointment: AppointmentRow


class Payer(msgspec.Struct, frozen=True):
    id: Id = None
    name: Text = None


class Policy(msgspec.Struct, frozen=True):
    """One policy of a profile (section 5)."""

    policy_priority: int | str | None = None
    member_number: Word = None
    policy_number: Word = None
    payer: Payer | None = None


class Profile(msgspec.Struct, frozen=True):
    """One insurance profile; a patient may have several, for work comp or auto (section 5)."""

    id: Id = None
    self_pay: Flag = None
    default: Flag = None
    insurance_policies: list[Policy] | None = None


class AddressPart(msgspec.Struct, frozen=True):
    line1: Text = None
    line2: Text = None
    city: Text = None
    state: Word = None
    state_code: Word = None
    zip: Word = None
    zip_code: Word = None
    is_primary: Flag = None


class PhonePart(msgspec.Struct, frozen=True):
    phone_number: Word = None
    phone_type_code: Word = None
    is_primary: Flag = None


class ResponsibleParty(msgspec.Struct, frozen=True):
    responsible_party_person_relationship_type_name: Text = None
    responsible_party_person_relationship_type_code: Word = None
    email_address: Text = None
    phones: list[PhonePart] | None = None


class PatientRow(msgspec.Struct, frozen=True):
    """A chart (section 5); what is written as `email` and `date_of_birth` is read under other names."""

    id: int | str
    first_name: Text = None
    last_name: Text = None
    dob: Text = None
    date_of_birth: Text = None
    email_address: Text | msgspec.UnsetType = msgspec.UNSET
    email: Text = None
    status: Text = None
    status_id: Word = None
    date_of_death: Text = None
    addresses: list[AddressPart] | None = None
    phones: list[PhonePart] | None = None
    responsible_party: ResponsibleParty | None = None
    insurance_profiles: list[Profile] | None = None


class PatientRecord(msgspec.Struct, frozen=True):
    """A chart with what was asked about its insurance besides, in whatever wrapper that came."""

    patient: PatientRow
    insurances: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class LocationRow(msgspec.Struct, frozen=True):
    """A location (section 4). It has no time zone."""

    id: int | str
    name: Text = None


class ProviderRow(msgspec.Struct, frozen=True):
    """A provider (section 4); inactive ones are not listed."""

    id: int | str
    name: Text = None
    first_name: Text = None
    last_name: Text = None
    npi: Word = None


class ResourceRow(msgspec.Struct, frozen=True):
    """A column of the schedule: a provider's, a room's or a device's (section 4)."""

    id: int | str
    name: Text = None
    status: Text = None
    default_provider: PlacePart | None = None


class VisitReasonRow(msgspec.Struct, frozen=True):
    id: int | str
    name: Text = None
    description: Text = None


class NamedRow(msgspec.Struct, frozen=True):
    """A status or a cancellation reason."""

    id: Id = None
    code: Word = None
    name: Text = None


class Entity(msgspec.Struct, frozen=True):
    id: Id = None
    name: Text = None


class Authorization(msgspec.Struct, frozen=True):
    """What /oauth2/authorization tells of a token (section 1)."""

    business_entity: Entity | None = None
    expires_in: int | float | str | None = None


IDENTITIES = msgspec.json.Decoder(Identity)
WRAPPED_IDENTITIES = msgspec.json.Decoder(WrappedIdentity)
WRAPPED_APPOINTMENTS = msgspec.json.Decoder(WrappedAppointment)
BARE_APPOINTMENTS = msgspec.json.Decoder(AppointmentRow)
PATIENTS = msgspec.json.Decoder(PatientRecord)
PROFILES = msgspec.json.Decoder(Profile)
LOCATIONS = msgspec.json.Decoder(LocationRow)
PROVIDERS = msgspec.json.Decoder(ProviderRow)
RESOURCES = msgspec.json.Decoder(ResourceRow)
VISIT_REASONS = msgspec.json.Decoder(VisitReasonRow)
NAMED = msgspec.json.Decoder(NamedRow)
AUTHORIZATIONS = msgspec.json.Decoder(Authorization)
