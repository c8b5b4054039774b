"""The parts of DrChrono's JSON that we use, in their types; everything else on a row is passed over.

Source of all shapes: the vendor's API description and recorded answers (drchrono reference, section 5).
"""

import msgspec

Id = int | str | None
"""Ids are whole numbers for most things and text for appointments; some answers quote numbers."""
Flag = bool | int | str | None
Text = str | None
"""Empty is "" in one row and null in another (drchrono reference, section 4)."""


class Identity(msgspec.Struct, frozen=True, gc=False):
    """What tells the rows of any list apart."""

    id: int | str


class AppointmentRow(msgspec.Struct, frozen=True, gc=False):
    """A row of /api/appointments (section 5.1). Only an id and a time are indispensable."""

    id: int | str
    scheduled_time: str
    duration: int | float | str | None = None
    status: Text = None
    doctor: Id = None
    office: Id = None
    patient: Id = None
    exam_room: Id = None
    profile: Id = None
    reason: Text = None
    notes: Text = None
    appt_is_break: Flag = False
    deleted_flag: Flag = False
    archived: Flag = False
    recurring_appointment: Flag = False
    base_recurring_appointment: Id = None
    cloned_from: Id = None
    created_at: Text = None
    updated_at: Text = None
    primary_insurer_name: Text | msgspec.UnsetType = msgspec.UNSET
    primary_insurer_payer_id: Text | msgspec.UnsetType = msgspec.UNSET


class Insurance(msgspec.Struct, frozen=True):
    """An insurance object of a verbose patient; uninsured patients have it too, full of "" (section 5.2)."""

    insurance_company: Text = None
    insurance_payer_id: Text = None
    insurance_id_number: Text = None


class PatientRow(msgspec.Struct, frozen=True):
    """A patient; the insurance objects are there only when asked for with verbose=true (section 5.2)."""

    id: int | str
    first_name: Text = None
    last_name: Text = None
    date_of_birth: Text = None
    email: Text = None
    cell_phone: Text = None
    home_phone: Text = None
    office_phone: Text = None
    address: Text = None
    city: Text = None
    state: Text = None
    zip_code: Text = None
    patient_status: Text = None
    patient_payment_profile: Text = None
    responsible_party_email: Text = None
    responsible_party_phone: Text = None
    doctor: Id = None
    updated_at: Text = None
    primary_insurance: Insurance | msgspec.UnsetType | None = msgspec.UNSET
    secondary_insurance: Insurance | msgspec.UnsetType | None = msgspec.UNSET
    tertiary_insurance: Insurance | msgspec.UnsetType | None = msgspec.UNSET


class DoctorRow(msgspec.Struct, frozen=True):
    """A doctor (section 5.2); `timezone` has legacy names such as US/Eastern."""

    id: int | str
    first_name: Text = None
    last_name: Text = None
    timezone: Text = None
    npi_number: Text = None
    is_account_suspended: Flag = False


class ExamRoom(msgspec.Struct, frozen=True):
    """A room of an office; appointments name it by its index."""

    index: int | str
    name: Text = None


class OfficeRow(msgspec.Struct, frozen=True):
    """An office (section 5.2). It has no time zone."""

    id: int | str
    name: Text = None
    archived: Flag = False
    exam_rooms: list[msgspec.Raw] | None = None


class ProfileRow(msgspec.Struct, frozen=True):
    """An appointment profile, which belongs to one doctor (section 5.2)."""

    id: int | str
    name: Text = None
    doctor: Id = None
    reason: Text = None
    archived: Flag = False


class UserRow(msgspec.Struct, frozen=True):
    """A login (section 5.2). A staff login's doctor is the one they work for; only is_doctor makes a provider."""

    id: int | str | None = None
    doctor: Id = None
    is_doctor: Flag = False
    permissions: dict[str, Flag] | None = None


class TelehealthRow(msgspec.Struct, frozen=True):
    """A row of /api/telehealth_appointments (section 5.1); its stamps are UTC."""

    appointment: Id = None
    updated_at: Text = None


class WebhookObject(msgspec.Struct, frozen=True):
    """What is taken from a webhook's object: where to look, nothing else (section 8)."""

    id: Id = None
    doctor: Id = None
    office: Id = None


class Envelope(msgspec.Struct, frozen=True):
    """A list's envelope as far as paging needs it; the list's key is `results`, or `data` by the API description."""

    results: msgspec.Raw | None = None
    data: msgspec.Raw | None = None
    next: Text | msgspec.UnsetType = msgspec.UNSET


class Refusal(msgspec.Struct, frozen=True):
    """An error's body."""

    detail: Text = None


IDENTITIES = msgspec.json.Decoder(Identity)
APPOINTMENTS = msgspec.json.Decoder(AppointmentRow)
PATIENTS = msgspec.json.Decoder(PatientRow)
DOCTORS = msgspec.json.Decoder(DoctorRow)
OFFICES = msgspec.json.Decoder(OfficeRow)
EXAM_ROOMS = msgspec.json.Decoder(ExamRoom)
PROFILES = msgspec.json.Decoder(ProfileRow)
USERS = msgspec.json.Decoder(UserRow)
TELEHEALTH_ROWS = msgspec.json.Decoder(TelehealthRow)
WEBHOOK_OBJECTS = msgspec.json.Decoder(WebhookObject)
ENVELOPES = msgspec.json.Decoder(Envelope)
REFUSALS = msgspec.json.Decoder(Refusal)
