"""What a pretend EMR knows, in the clinic's words: one frozen record per thing, a new one for every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

# The states an appointment can be in. An EMR that lets practices invent statuses may show any other text.
SCHEDULED = "scheduled"
TENTATIVE = "tentative"
CONFIRMED = "confirmed"
UNCONFIRMED = "not confirmed"
REMINDED = "reminder sent"
CHECKED_IN_ONLINE = "checked in online"
ARRIVED = "arrived"
CHECKED_IN = "checked in"
IN_ROOM = "in room"
IN_SESSION = "in session"
COMPLETED = "completed"
NEEDS_RESCHEDULE = "needs reschedule"
RESCHEDULED = "rescheduled"
CANCELLED = "cancelled"
NO_SHOW = "no show"
STATUSES = (
    SCHEDULED,
    TENTATIVE,
    CONFIRMED,
    UNCONFIRMED,
    REMINDED,
    CHECKED_IN_ONLINE,
    ARRIVED,
    CHECKED_IN,
    IN_ROOM,
    IN_SESSION,
    COMPLETED,
    NEEDS_RESCHEDULE,
    RESCHEDULED,
    CANCELLED,
    NO_SHOW,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place of the practice: office, department, service location. Its zone rules the wall clock."""

    id: int
    name: str
    zone: str
    rooms: tuple[str, ...] = ("Exam 1", "Exam 2")
    address: str = "200 Invented Ave"
    city: str = "Alderton"
    state: str = "PA"
    postal_code: str = "19001"
    phone: str = "(555) 555-0100"
    is_active: bool = True
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """A clinician, or (is_provider=False) a room or desk that can be booked like one."""

    id: int
    first_name: str
    last_name: str
    zone: str
    email: str = ""
    npi: str = ""
    specialty: str = "Family Medicine"
    suffix: str = "MD"
    location_ids: tuple[int, ...] = ()
    is_provider: bool = True
    is_enabled: bool = True
    created_at: datetime
    changed_at: datetime

    @property
    def name(self) -> str:
        """First and last name, as a schedule prints it."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffUser:
    """A login of the practice; `practitioner_id` is the clinician it is, or mostly works for."""

    id: int
    first_name: str
    last_name: str
    email: str
    practitioner_id: int | None = None
    is_practitioner: bool = False
    is_active: bool = True
    permissions: tuple[str, ...] = ("scheduling", "clinical-notes", "manage-patients", "settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentType:
    """A kind of appointment. `practitioner_id` None: everybody has it; else only that one does."""

    id: int
    name: str
    minutes: int = 30
    color: str = "#4A90D9"
    practitioner_id: int | None = None
    is_active: bool = True
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """An insurance policy of a patient. No payer id: somebody typed the company instead of picking it."""

    company: str
    payer_id: str = ""
    member_id: str = ""
    group_number: str = ""
    plan_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A chart. Absent text is "", phones are written (555) 555-0100, `status` is active, inactive or deceased."""

    id: int
    first_name: str
    last_name: str
    middle_name: str = ""
    nick_name: str = ""
    birth_date: date | None = None
    sex: str = ""  # F, M, X or ""
    email: str = ""
    work_email: str = ""
    mobile_phone: str = ""
    home_phone: str = ""
    work_phone: str = ""
    address: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    status: str = "active"
    coverage: Coverage | None = None
    is_self_pay: bool = False
    guardian_name: str = ""
    guardian_email: str = ""
    guardian_phone: str = ""
    practitioner_id: int | None = None
    location_ids: tuple[int, ...] = ()
    merged_into: int | None = None
    created_at: datetime
    changed_at: datetime

    def __repr__(self) -> str:
        return f"Patient(id={self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One entry of the schedule. `start` is the wall clock of its location, naive on purpose."""

    id: int
    patient_id: int | None
    practitioner_id: int
    location_id: int
    type_id: int | None
    start: datetime
    minutes: int = 30
    reason: str = ""
    status: str = SCHEDULED
    note: str = ""
    room: int = 1
    other_patient_ids: tuple[int, ...] = ()
    series_id: int | None = None  # id of the series' first appointment, which has it too
    occurrence_on: date | None = None  # the day the series gave it, wherever it was moved since
    is_materialised: bool = True  # False: an occurrence nobody touched yet; some EMRs name those differently
    is_block: bool = False
    is_archived: bool = False  # deleted for the staff; the row may still exist
    is_walk_in: bool = False
    has_video_room: bool = False  # the EMR's own video feature made a room for it
    moved_from: int | None = None  # the appointment this one replaces
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of what somebody did in the clinic; `kind` and `id` say to which record."""

    at: datetime
    what: str
    kind: str
    id: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How edits are written down: with which stamp, whether the stamp moves at all, seen how much later."""

    stamp: datetime | None = None
    touches_stamp: bool = True
    visible_after_seconds: float = field(default=0.0)
