"""An appointment as the EMR holds it, in the field's own words; what every connector translates into."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from visitsync.domain.local_time import LocalTime


class AppointmentStatus(StrEnum):
    """The statuses of a FHIR Appointment (value set appointmentstatus, R4)."""

    PROPOSED = "proposed"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NO_SHOW = "noshow"
    ENTERED_IN_ERROR = "entered-in-error"
    CHECKED_IN = "checked-in"
    WAITLIST = "waitlist"


class MarkKind(StrEnum):
    """Where in an EMR the sign that an appointment is telemedicine may stand (article, section 1)."""

    TYPE = "type"
    REASON = "reason"
    LOCATION = "location"
    ROOM = "room"
    RESOURCE = "resource"
    SERVICE = "service"
    MODE = "mode"


class Mark(msgspec.Struct, frozen=True, gc=False):
    """One thing on the appointment that may mark it as telemedicine: its kind, the vendor's id and text, as given."""

    kind: MarkKind
    id: str | None = None
    text: str | None = None


class Appointment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A planned meeting, owned by the EMR. Holds no patient name, contact or note: patients are read on their own.

    `id` is the vendor's, unique within one connection (an occurrence of a series that shares its id carries its date).
    """

    id: str
    start: LocalTime
    duration_minutes: int
    status: AppointmentStatus | None
    """None: the vendor's word is in no table; `status_text` holds it."""
    status_text: str = ""
    marks: tuple[Mark, ...] = ()
    patient_id: str | None = None
    other_patient_ids: tuple[str, ...] = ()
    """More patients of a group visit."""
    practitioner_id: str | None = None
    practitioner_name: str | None = None
    """Only where the vendor gives a name and no id."""
    location_id: str | None = None
    location_name: str | None = None
    """Only where the vendor gives a name and no id."""
    booked_at: datetime | None = None
    """When the EMR says it was booked (aware, UTC)."""
    changed_at: datetime | None = None
    """When the EMR says it was last changed (aware, UTC). Not every edit moves it."""
    is_block: bool = False
    """A held slot, a break, a meeting: nobody is expected as a patient."""
    is_deleted: bool = False
    is_group: bool = False
    series_id: str | None = None
    replaces_id: str | None = None
    replaced_by_id: str | None = None
    coverage_named: bool | None = None
    """Whether the appointment itself names an insurer; None where the EMR's appointments do not carry it."""
    video_words: tuple[str, ...] = ()
    """Words of the note or reason that speak of video; the note itself is never kept."""
    lacks_detail: bool = False
    """The EMR's list said too little; the single record must be read before it can be judged."""

    first_seen_at: datetime | None = None
    """When we first received it (aware, UTC); told by storage, never by a translator."""
    missing_since: datetime | None = None
    """Complete reads of the EMR no longer show it since then (aware, UTC); told by storage."""

    @property
    def end(self) -> datetime:
        """When it ends (aware, UTC)."""
        return self.start.instant + timedelta(minutes=self.duration_minutes)

    @property
    def everybody(self) -> tuple[str, ...]:
        """All patients it is for."""
        first = () if self.patient_id is None else (self.patient_id,)
        return (*first, *self.other_patient_ids)

    def moved(self, into: Mapping[str, str]) -> "Appointment":
        """The same for other charts (chart → the one that stands for it now)."""
        if into.keys().isdisjoint(self.everybody):
            return self
        first = None if self.patient_id is None else into.get(self.patient_id, self.patient_id)
        others = dict.fromkeys(into.get(one, one) for one in self.other_patient_ids)
        return msgspec.structs.replace(
            self, patient_id=first, other_patient_ids=tuple(one for one in others if one != first)
        )


class AppointmentDetail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an EMR's single-appointment answer adds to the row of its list. None: it says nothing about that."""

    id: str
    start: LocalTime | None = None
    duration_minutes: int | None = None
    status: AppointmentStatus | None = None
    status_text: str | None = None
    marks: tuple[Mark, ...] = ()
    patient_id: str | None = None
    other_patient_ids: tuple[str, ...] = ()
    practitioner_id: str | None = None
    location_id: str | None = None
    booked_at: datetime | None = None
    changed_at: datetime | None = None
    is_deleted: bool = False
    is_group: bool = False
    is_block: bool = False
    video_words: tuple[str, ...] = ()
