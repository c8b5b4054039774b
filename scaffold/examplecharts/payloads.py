"""The parts of ExampleCharts' JSON that we use, in their types; everything else on a row is passed over.

A member without a default must be there: should it get another name one day, the row is unreadable instead of meaning
something else.
"""

import msgspec

Id = int | str
Text = str | None


class Identity(msgspec.Struct, frozen=True, gc=False):
    """What tells the rows of any list apart."""

    id: Id


class AppointmentRow(msgspec.Struct, frozen=True, gc=False):
    """A row of /v1/appointments."""

    id: Id
    starts_at: str
    minutes: int
    status: Text
    visit_type_id: Id | None
    patient_id: Id | None
    provider_id: Id | None
    location_id: Id | None
    is_blocked: bool
    is_deleted: bool
    reason: Text = None
    note: Text = None
    other_patient_ids: tuple[Id, ...] = ()
    series_id: Id | None = None
    created_at: Text = None
    changed_at: Text = None


class Insurance(msgspec.Struct, frozen=True):
    """A patient's policy."""

    company: Text = None
    payer_id: Text = None
    member_id: Text = None


class Guardian(msgspec.Struct, frozen=True):
    """Who answers for a patient."""

    email: Text = None
    phone: Text = None


class PatientRow(msgspec.Struct, frozen=True):
    """A row of /v1/patients."""

    id: Id
    first_name: Text
    last_name: Text
    birth_date: Text
    email: Text
    status: str
    insurance: Insurance | None
    mobile_phone: Text = None
    home_phone: Text = None
    address: Text = None
    city: Text = None
    state: Text = None
    postal_code: Text = None
    is_self_pay: bool = False
    guardian: Guardian | None = None
    changed_at: Text = None


class LocationRow(msgspec.Struct, frozen=True):
    """A row of /v1/locations."""

    id: Id
    name: str
    time_zone: Text = None
    is_active: bool = True


class ProviderRow(msgspec.Struct, frozen=True):
    """A row of /v1/providers: people, and what else can be booked."""

    id: Id
    first_name: Text
    last_name: Text
    npi: Text = None
    is_active: bool = True
    is_person: bool = True


class VisitTypeRow(msgspec.Struct, frozen=True):
    """A row of /v1/visit-types."""

    id: Id
    name: str
    is_active: bool = True


class Refusal(msgspec.Struct, frozen=True):
    """The body of every answer that is none."""

    error: str


IDENTITIES = msgspec.json.Decoder(Identity)
APPOINTMENTS = msgspec.json.Decoder(AppointmentRow)
PATIENTS = msgspec.json.Decoder(PatientRow)
LOCATIONS = msgspec.json.Decoder(LocationRow)
PROVIDERS = msgspec.json.Decoder(ProviderRow)
VISIT_TYPES = msgspec.json.Decoder(VisitTypeRow)
REFUSALS = msgspec.json.Decoder(Refusal)
