"""The parts of athenahealth's JSON that we use, in their types; everything else on a row is passed over.

Source of all shapes: the vendor's parameter descriptions and recorded answers (athenahealth reference, 3 to 9).
"""

import msgspec

Id = int | str | None
"""Ids are text on appointments and numbers on lists of types and providers; "" where there is none."""
Flag = bool | int | str | None
"""true, "true", 1, "Y": the same field drifts (athenahealth reference, section 3.2)."""
Number = int | float | str | None
Text = str | None


class SlotRow(msgspec.Struct, frozen=True, gc=False):
    """What tells the rows of appointments apart, and whether anybody is booked."""

    appointmentid: int | str
    appointmentstatus: Id = None
    date: Text = None


class PlaceOfRow(msgspec.Struct, frozen=True, gc=False):
    """Where somebody is booked."""

    departmentid: Id = None
    patientid: Id = None


class Note(msgspec.Struct, frozen=True, gc=False):
    """One of an appointment's notes; only words of video are taken from it."""

    text: Text = None


class Package(msgspec.Struct, frozen=True, gc=False):
    """An insurance package of a patient (section 8.5). 0 is self-pay."""

    insurancepackageid: Id = None
    insuranceplanname: Text = None
    insuranceplandisplayname: Text = None
    ircname: Text = None
    insuranceidnumber: Id = None
    sequencenumber: Number = None
    cancelled: Text = None


class AppointmentRow(msgspec.Struct, frozen=True, gc=False):
    """A row of /appointments/booked, of a single read and of changes (section 6.3)."""

    appointmentid: int | str
    date: str
    starttime: str
    duration: int | float | str
    appointmentstatus: int | str
    departmentid: Id = None
    providerid: Id = None
    patientid: Id | msgspec.UnsetType = msgspec.UNSET
    appointmenttypeid: Id = None
    appointmenttype: Text = None
    scheduleddatetime: Text = None
    lastmodified: Text = None
    cancelreasonnoshow: Flag = False
    rescheduledappointmentid: Id = None
    appointmentnotes: list[Note] | None = None
    insurances: list[Package] | msgspec.UnsetType | None = msgspec.UNSET


class PatientIdentity(msgspec.Struct, frozen=True, gc=False):
    """What tells patients apart; the ids of charts that were merged into this one, where those were asked for."""

    patientid: int | str
    previouspatientids: list[int | str] | int | str | None = None


class PatientRow(msgspec.Struct, frozen=True):
    """A patient (section 8.2); a key is absent where there is nothing."""

    patientid: int | str
    firstname: Text = None
    lastname: Text = None
    suffix: Text = None
    dob: Text = None
    email: Text = None
    guarantoremail: Text = None
    guarantorphone: Id = None
    mobilephone: Id = None
    homephone: Id = None
    workphone: Id = None
    address1: Text = None
    address2: Text = None
    city: Text = None
    state: Text = None
    zip: Id = None
    status: Text = None
    insurances: list[Package] | msgspec.UnsetType | None = msgspec.UNSET


class DepartmentRow(msgspec.Struct, frozen=True):
    """A department (section 9). `timezone` is today's offset, which is no zone and never used."""

    departmentid: int | str
    name: Text = None
    patientdepartmentname: Text = None
    timezonename: Text = None
    timezoneoffset: Number = None
    doesnotobservedst: Flag = None


class ProviderRow(msgspec.Struct, frozen=True):
    """A provider, which may be a room or a device (section 9)."""

    providerid: int | str
    firstname: Text = None
    lastname: Text = None
    displayname: Text = None
    schedulingname: Text = None
    npi: Id = None
    entitytype: Text = None


class TypeRow(msgspec.Struct, frozen=True):
    """An appointment type (section 9)."""

    appointmenttypeid: int | str
    name: Text = None
    shortname: Text = None


class PracticeRow(msgspec.Struct, frozen=True):
    """A practice that a key can reach (section 1)."""

    practiceid: int | str
    name: Text = None


class EventRow(msgspec.Struct, frozen=True):
    """An event that a feed is subscribed to."""

    eventname: str


class SubscriptionAnswer(msgspec.Struct, frozen=True):
    """The state of a feed's subscription (section 7)."""

    status: str
    subscriptions: list[EventRow] | None = None


class Envelope(msgspec.Struct, frozen=True):
    """A list's envelope as far as paging needs it."""

    totalcount: Number = None
    next: Text = None


class Refusal(msgspec.Struct, frozen=True):
    """An error's body (section 5)."""

    error: Text = None
    detailedmessage: Text = None
    success: Flag = None


PLACES = msgspec.json.Decoder(PlaceOfRow)
SLOTS = msgspec.json.Decoder(SlotRow)
APPOINTMENTS = msgspec.json.Decoder(AppointmentRow)
PATIENT_IDENTITIES = msgspec.json.Decoder(PatientIdentity)
PATIENTS = msgspec.json.Decoder(PatientRow)
PACKAGES = msgspec.json.Decoder(Package)
DEPARTMENTS = msgspec.json.Decoder(DepartmentRow)
PROVIDERS = msgspec.json.Decoder(ProviderRow)
TYPES = msgspec.json.Decoder(TypeRow)
PRACTICES = msgspec.json.Decoder(PracticeRow)
SUBSCRIPTIONS = msgspec.json.Decoder(SubscriptionAnswer)
ENVELOPES = msgspec.json.Decoder(Envelope)
REFUSALS = msgspec.json.Decoder(Refusal)
