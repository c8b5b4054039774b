"""The parts of Prime Suite's schedule that we use, in their types; everything else on a row is passed over.

Source of all shapes: public clients (greenway reference, section 4.6). Numbers may come as text, objects as null.
"""

from msgspec import UNSET, Raw, Struct, UnsetType, field, json

Number = int | str | None
"""Ids are whole numbers; 0 names nothing."""
Text = str | None
Flag = bool | int | str | None


class BookedType(Struct, frozen=True, gc=False):
    """`Type`; its Duration is in minutes."""

    id: Number = field(name="AppointmentTypeID", default=None)
    name: Text = field(name="Name", default=None)
    abbreviation: Text = field(name="Abbr", default=None)
    other_label: Text = field(name="AltLabel", default=None)
    minutes: int | float | str | None = field(name="Duration", default=None)


class Column(Struct, frozen=True, gc=False):
    """`Resource`: the column of the schedule that is booked; its owner is the provider, 0 for a room or machine."""

    id: Number = field(name="ResourceID", default=None)
    name: Text = field(name="Name", default=None)
    owner_id: Number | UnsetType = field(name="OwnerCareProviderID", default=UNSET)
    owner_name: Text = field(name="CareProviderName", default=None)


class Place(Struct, frozen=True, gc=False):
    """`Location`."""

    id: Number = field(name="LocationID", default=None)
    name: Text = field(name="Name", default=None)


class Tracking(Struct, frozen=True, gc=False):
    """`Tracking`: where the patient is on the way through the practice; each site has words of its own."""

    status: Text = field(name="Status", default=None)


class Visit(Struct, frozen=True, gc=False):
    """`Visit`: the second code set, the start as an instant, how far it came."""

    status: Text = field(name="VisitStatus", default=None)
    type_id: Number = field(name="VisitTypeID", default=None)
    type_name: Text = field(name="VisitTypeName", default=None)
    starts: Text = field(name="FromDateTime", default=None)
    location_id: Number = field(name="ServiceLocationID", default=None)
    has_arrived: Flag = field(name="PatientArrivalFlag", default=None)
    is_checked_out: Flag = field(name="IsCheckedOut", default=None)


class NamedInsurance(Struct, frozen=True, gc=False):
    """`Insurance` of an appointment: one policy, without its number."""

    id: Number = field(name="InsuranceID", default=None)
    name: Text = field(name="InsuranceName", default=None)
    company: Text = field(name="CompanyName", default=None)
    plan: Text = field(name="PlanName", default=None)


class Person(Struct, frozen=True, gc=False):
    """`Patient`, as far as an appointment needs it. PatientID 0 is nobody: time kept free."""

    id: Number | UnsetType = field(name="PatientID", default=UNSET)


class AppointmentRow(Struct, frozen=True, gc=False):
    """A row of `Appointments`. A member that is missing altogether is another format; null is not."""

    id: int | str = field(name="AppointmentID")
    day: str = field(name="ScheduleDate")
    starts: Text = field(name="StartTime", default=None)
    ends: Text = field(name="EndTime", default=None)
    told_time: Text = field(name="AppointmentTime", default=None)
    category: Text = field(name="Category", default=None)
    complaint: Text = field(name="ChiefComplaint", default=None)
    comments: Text = field(name="Comments", default=None)
    type: BookedType | UnsetType | None = field(name="Type", default=UNSET)
    column: Column | UnsetType | None = field(name="Resource", default=UNSET)
    place: Place | None = field(name="Location", default=None)
    tracking: Tracking | UnsetType | None = field(name="Tracking", default=UNSET)
    visit: Visit | UnsetType | None = field(name="Visit", default=UNSET)
    insurance: NamedInsurance | UnsetType | None = field(name="Insurance", default=UNSET)
    patient: Person | UnsetType | None = field(name="Patient", default=UNSET)


class Identity(Struct, frozen=True, gc=False):
    """What tells rows apart."""

    id: int | str = field(name="AppointmentID")


class PatientInRow(Struct, frozen=True, gc=False):
    """A row's patient as raw bytes."""

    patient: Raw = field(name="Patient", default=Raw(b"null"))


class NamedVisit(Struct, frozen=True, gc=False):
    """`Visit`, as far as it names things."""

    type_id: Number = field(name="VisitTypeID", default=None)
    type_name: Text = field(name="VisitTypeName", default=None)
    provider_id: Number = field(name="CareProviderID", default=None)
    provider_name: Text = field(name="CareProviderName", default=None)
    billed_id: Number = field(name="BillableCareProviderID", default=None)
    billed_npi: Number = field(name="BillableCareProviderNPI", default=None)


class CatalogRow(Struct, frozen=True, gc=False):
    """A row, as far as it names types, locations and providers."""

    type: BookedType | None = field(name="Type", default=None)
    column: Column | None = field(name="Resource", default=None)
    place: Place | None = field(name="Location", default=None)
    visit: NamedVisit | None = field(name="Visit", default=None)


class Envelope(Struct, frozen=True, gc=False):
    """The answer of `User/PatientListGet`."""

    rows: list[Raw] | UnsetType | None = field(name="Appointments", default=UNSET)
    total: int | str | UnsetType | None = field(name="TotalRows", default=UNSET)


ROWS = json.Decoder(AppointmentRow)
IDENTITIES = json.Decoder(Identity)
PATIENTS_IN_ROWS = json.Decoder(PatientInRow)
PERSONS = json.Decoder(Person)
CATALOG_ROWS = json.Decoder(CatalogRow)
ENVELOPES = json.Decoder(Envelope)
