"""A practice, what it has connected and switched on, and the facts about its EMR that the rules need."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum

import msgspec

from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.patient import Patient


class Demographic(StrEnum):
    """What an EMR may demand before it sends an appointment (article, section 5)."""

    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    DATE_OF_BIRTH = "date of birth"
    EMAIL = "e-mail"
    ADDRESS = "address"
    INSURANCE = "insurance"


class Agreement(StrEnum):
    """Whether all conditions must hold (type and location) or any one of them (type or room)."""

    ALL = "all"
    ANY = "any"


class Condition(msgspec.Struct, frozen=True):
    """One thing that marks telemedicine here: the approved ids and exact texts of one kind of mark.

    `accepted_spellings` are texts that an admin accepted although they differ from an approved one.
    """

    kind: MarkKind
    approved_ids: frozenset[str] = frozenset()
    approved_texts: frozenset[str] = frozenset()
    accepted_spellings: frozenset[str] = frozenset()


class Recognition(msgspec.Struct, frozen=True):
    """How this practice marks telemedicine in its EMR (article, section 1)."""

    conditions: tuple[Condition, ...] = ()
    agreement: Agreement = Agreement.ALL


class CatalogEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An appointment type, location or practitioner as the EMR lists it, and whether the practice connected it."""

    id: str
    name: str
    is_connected: bool = False
    """For a practitioner: enabled for telemedicine."""
    is_active: bool = True
    first_seen_at: datetime | None = None
    previous_name: str | None = None
    """The name it had before the EMR renamed it, until a person confirms that it is the same thing."""
    zone: str | None = None
    npi: str | None = None
    previous_npi: str | None = None
    """The NPI it had when it was called `previous_name`, if that was another one: the EMR may give numbers again."""
    is_clinician: bool = True
    """False: a room, a front-desk column, a user who is no provider."""
    owner_id: str | None = None
    """Where types belong to a practitioner: that practitioner's id."""
    staff_id: str | None = None
    """For a practitioner: the staff member of our app who sees these visits."""
    synonyms: tuple[str, ...] = ()
    """Other texts under which appointments name this entry."""


class OpeningHours(msgspec.Struct, frozen=True):
    """Wall times of one weekday (0 = Monday) in the practice's zone."""

    weekday: int
    opens: time
    closes: time


class ConnectionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need to know about one connection: the EMR's habits, the practice's settings, its own history."""

    emr: str
    usual_minutes: tuple[int, int]
    """Usual time from booking to visit: least and most (article, section 4)."""
    abnormal_minutes: int
    """Longer than this is abnormal; exactly this is not yet."""
    required_demographics: frozenset[Demographic] = frozenset()
    recognition: Recognition = Recognition()
    words: Mapping[str, str] = {}
    """What this EMR's screens call things: type, location, provider, patient, note …"""
    lists_settle_days: int = 0
    """Where lists are gathered from what is booked: for so long after the first entry nothing in them is news."""
    is_type_owned: bool = False
    """Appointment types belong to a practitioner, so that one name has many ids."""
    excluded_resources: frozenset[str] = frozenset()
    """Ids or names of columns, rooms and locations that the practice keeps out of the sync (cause A10)."""
    status_meanings: Mapping[str, AppointmentStatus] = {}
    """What this practice's own statuses mean, as an admin mapped them (keys case-folded)."""
    sync_months: int = 3
    """Calendar months ahead that are synced (article, section 4)."""
    slow_lane_business_days: int = 7
    """Appointments further ahead than this may take up to a day."""
    duration_step_minutes: int = 0
    """Durations must be a multiple of this; 0: anything goes."""
    learned_minutes: int | None = None
    """95th percentile of this connection's own recent times from booking to visit."""
    last_complete_read_at: datetime | None = None
    """Of an EMR that pushes: when it was last heard from."""
    next_read_at: datetime | None = None
    next_far_read_at: datetime | None = None
    """When appointments in the slow lane are read next."""
    is_paused: bool = False
    trouble: str | None = None
    """The code of what is wrong with the connection (reason catalogue, group G), if anything."""
    is_pushed: bool = False
    """The EMR sends what it books by itself and cannot be asked for it."""
    notices: tuple[str, ...] = ()
    """Codes of what showed while the EMR was asked and stops nothing (group G)."""


class PracticeContext(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of the practice that a decision may depend on, besides the appointment and the time."""

    practice_id: str
    zone: str
    connection: ConnectionFacts
    closures: frozenset[date] = frozenset()
    """Days on which the practice is closed, in its own zone."""
    opening_hours: tuple[OpeningHours, ...] = ()
    """Empty: not restricted."""
    appointment_types: Mapping[str, CatalogEntry] = {}
    locations: Mapping[str, CatalogEntry] = {}
    practitioners: Mapping[str, CatalogEntry] = {}
    patients: Mapping[str, Patient] = {}
    """By id; a patient who is not here has not been read yet."""
    email_holders: Mapping[str, tuple[str, ...]] = {}
    """Canonical address → ids of all patients of this practice who have it."""
    staff_emails: Mapping[str, str] = {}
    """Canonical address → staff id."""
    households: Mapping[str, str] = {}
    """Patient id → household id, for patients whom staff linked."""
    duplicate_charts: Mapping[str, tuple[str, ...]] = {}
    """Patient id → other charts with the same name, birth date and contact."""
    test_visit_ids: frozenset[str] = frozenset()
    """Appointments that staff declared test visits: labelled, without e-mail collision, not counted, expiring."""
