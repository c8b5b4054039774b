"""How ExampleCharts writes what a clinic knows, and which rows a list with filters holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment, AppointmentType, Location, Patient, Practitioner

Row = dict[str, Any]

STATUS: Mapping[str, str] = {
    records.SCHEDULED: "Scheduled",
    records.UNCONFIRMED: "Scheduled",
    records.REMINDED: "Scheduled",
    records.TENTATIVE: "Tentative",
    records.CONFIRMED: "Confirmed",
    records.CHECKED_IN_ONLINE: "Checked in",
    records.CHECKED_IN: "Checked in",
    records.ARRIVED: "Arrived",
    records.IN_ROOM: "Arrived",
    records.IN_SESSION: "Arrived",
    records.COMPLETED: "Completed",
    records.NEEDS_RESCHEDULE: "Rescheduled",
    records.RESCHEDULED: "Rescheduled",
    records.CANCELLED: "Cancelled",
    records.NO_SHOW: "No show",
}
"""The clinic's word → the vendor's; any other is the practice's own."""


class Rows:
    """The vendor's rows."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._shows_practice_times = variants["times"] == "practice"

    def found(self, listed: Sequence[Any], query: Mapping[str, str]) -> list[Any]:
        """Those among the records that the filters of a list leave, in the list's order."""
        found = [one for one in listed if self.is_shown(one)]
        if since := query.get("changed_since"):
            earliest = datetime.fromisoformat(since)
            found = [one for one in found if one.changed_at >= earliest]
        if "from" in query and "to" in query:
            found = [one for one in found if query["from"] <= self._day(one) <= query["to"]]
        return sorted(found, key=lambda one: one.id)

    def is_shown(self, one: Any) -> bool:
        """A chart that was merged into another is gone."""
        return getattr(one, "merged_into", None) is None

    def appointment(self, one: Appointment) -> Row:
        return {
            "id": one.id,
            "starts_at": self._wall(one).isoformat(timespec="seconds"),
            "minutes": one.minutes,
            "status": STATUS.get(one.status, one.status),
            "visit_type_id": one.type_id,
            "reason": one.reason,
            "note": one.note,
            "patient_id": one.patient_id,
            "other_patient_ids": one.other_patient_ids,
            "provider_id": one.practitioner_id,
            "location_id": one.location_id,
            "is_blocked": one.is_block,
            "is_deleted": one.is_archived,
            "series_id": one.series_id,
            "created_at": _stamp(one.created_at),
            "changed_at": _stamp(one.changed_at),
        }

    def patient(self, one: Patient) -> Row:
        insurance = one.coverage
        return {
            "id": one.id,
            "first_name": one.first_name,
            "last_name": one.last_name,
            "birth_date": one.birth_date.isoformat() if one.birth_date else None,
            "ssn": f"900-00-{one.id % 10_000:04d}",  # no such number is ever given to anybody
            "email": one.email,
            "mobile_phone": one.mobile_phone,
            "home_phone": one.home_phone,
            "address": one.address,
            "city": one.city,
            "state": one.state,
            "postal_code": one.postal_code,
            "status": one.status,
            "insurance": insurance
            and {"company": insurance.company, "payer_id": insurance.payer_id, "member_id": insurance.member_id},
            "is_self_pay": one.is_self_pay,
            "guardian": {"email": one.guardian_email, "phone": one.guardian_phone},
            "changed_at": _stamp(one.changed_at),
        }

    def location(self, one: Location) -> Row:
        return {"id": one.id, "name": one.name, "time_zone": one.zone, "is_active": one.is_active}

    def provider(self, one: Practitioner) -> Row:
        return {
            "id": one.id,
            "first_name": one.first_name,
            "last_name": one.last_name,
            "npi": one.npi,
            "is_active": one.is_enabled,
            "is_person": one.is_provider,
        }

    def visit_type(self, one: AppointmentType) -> Row:
        return {"id": one.id, "name": one.name, "minutes": one.minutes, "is_active": one.is_active}

    def _day(self, one: Appointment) -> str:
        return self._wall(one).date().isoformat()

    def _wall(self, one: Appointment) -> datetime:
        """The time on the clock that the vendor shows; naive."""
        if not self._shows_practice_times:
            return one.start
        return self._clinic.instant_of(one).astimezone(ZoneInfo(self._clinic.zone)).replace(tzinfo=None)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


UNREADABLE: Mapping[str, Callable[[Row], object]] = {
    "bad time": lambda row: row | {"starts_at": "sometime soon"},
    "no id": lambda row: {name: value for name, value in row.items() if name != "id"},
    "text for numbers": lambda row: row | {"minutes": "half an hour"},
    "no object": lambda row: "Traceback (most recent call last)",
}
"""Ways in which one row of a list can make no sense; option `how` of the fault unreadable_record."""
