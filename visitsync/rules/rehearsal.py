"""An invented practice for tests: everything is in order until a test says otherwise, in the clinic's own words."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.decision import Decision
from visitsync.domain.email_address import canonical
from visitsync.domain.local_time import LocalTime, from_wall
from visitsync.domain.patient import Address, Coverage, Patient
from visitsync.domain.practice import (
    Agreement,
    CatalogEntry,
    Condition,
    ConnectionFacts,
    Demographic,
    PracticeContext,
    Recognition,
)
from visitsync.rules.decide import decide

ZONE = "America/New_York"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Monday 10:00 at the practice; Thursday of that week is Thanksgiving."""
TELEMEDICINE = "Telemedicine Visit"
OFFICE = "Office Visit"

ADDRESS = Address(line="12 Alder Court", city="Millbrook", state="NY", postal_code="12545")


class Rehearsal:
    """A practice on DrChrono whose one approved type is called Telemedicine Visit."""

    def __init__(self) -> None:
        self.now = NOW
        self.patients = {"p1": a_patient("p1")}
        self.settings: dict[str, Any] = {
            "practice_id": "practice",
            "zone": ZONE,
            "appointment_types": {
                "t1": CatalogEntry(id="t1", name=TELEMEDICINE, is_connected=True),
                "t2": CatalogEntry(id="t2", name=OFFICE),
            },
            "locations": {"l1": CatalogEntry(id="l1", name="Main Street")},
            "practitioners": {"d1": a_practitioner("d1", "Imara Osei", npi="1000000004", staff_id="s1")},
        }
        self.connection: dict[str, Any] = {
            "emr": "drchrono",
            "usual_minutes": (3, 15),
            "abnormal_minutes": 30,
            "required_demographics": frozenset(Demographic),
            "recognition": approved(MarkKind.TYPE, TELEMEDICINE),
            "words": {"emr": "DrChrono", "type": "appointment profile"},
        }

    def patient(self, patient_id: str = "p1", **facts: Any) -> None:
        """Changes a patient's record, or adds one."""
        known = self.patients.get(patient_id) or a_patient(patient_id)
        self.patients[patient_id] = msgspec.structs.replace(known, **facts)

    def context(self) -> PracticeContext:
        """The practice as the rules see it."""
        holders: dict[str, tuple[str, ...]] = {}
        for patient in self.patients.values():
            address = canonical(patient.email)
            holders[address] = (*holders.get(address, ()), patient.id)
        facts = {"patients": self.patients, "email_holders": holders, **self.settings}
        return PracticeContext(connection=ConnectionFacts(**self.connection), **facts)

    def decide(self, now: datetime | None = None, **booking: Any) -> Decision:
        """The answer for an appointment that is in order but for what is given."""
        return decide(a_booking(**booking), self.context(), now or self.now)

    def codes(self, now: datetime | None = None, **booking: Any) -> list[str]:
        """The codes of what is found, the leading one first."""
        return [finding.code for finding in self.decide(now, **booking).findings]


def a_booking(*, type_text: str | None = TELEMEDICINE, type_id: str | None = None, **facts: Any) -> Appointment:
    """A visit on the next day, booked the week before."""
    marks = (Mark(MarkKind.TYPE, type_id, type_text),) if type_id or type_text else ()
    booking: dict[str, Any] = {
        "id": "a1",
        "start": at(2026, 11, 24, 9, 30),
        "duration_minutes": 30,
        "status": AppointmentStatus.BOOKED,
        "marks": marks,
        "patient_id": "p1",
        "practitioner_id": "d1",
        "location_id": "l1",
        "booked_at": datetime(2026, 11, 16, 14, 0, tzinfo=UTC),
    }
    return Appointment(**{**booking, **facts})


def a_patient(patient_id: str, **facts: Any) -> Patient:
    """A complete record with an address of its own."""
    complete: dict[str, Any] = {
        "id": patient_id,
        "first_name": "Odalys",
        "last_name": "Quenby",
        "date_of_birth": date(1984, 5, 17),
        "email": f"{patient_id}@example.org",
        "phones": ("(555) 555-0142",),
        "address": ADDRESS,
        "coverages": (Coverage(payer_name="Harbor Mutual Health", payer_id="HMH01", member_id="7"),),
    }
    return Patient(**{**complete, **facts})


def a_practitioner(practitioner_id: str, name: str, **facts: Any) -> CatalogEntry:
    """One who is enabled for telemedicine."""
    enabled = {"id": practitioner_id, "name": name, "is_connected": True, "npi": f"NPI of {practitioner_id}"}
    return CatalogEntry(**{**enabled, **facts})


def approved(kind: MarkKind, *texts: str, ids: tuple[str, ...] = (), accepted: tuple[str, ...] = ()) -> Recognition:
    """One condition: these texts or ids."""
    return Recognition((a_condition(kind, *texts, ids=ids, accepted=accepted),), Agreement.ALL)


def a_condition(kind: MarkKind, *texts: str, ids: tuple[str, ...] = (), accepted: tuple[str, ...] = ()) -> Condition:
    """Approved texts, ids and accepted spellings of one kind of mark."""
    return Condition(kind, frozenset(ids), frozenset(texts), frozenset(accepted))


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0, zone: str = ZONE) -> LocalTime:
    """A wall time of the practice."""
    return from_wall(datetime(year, month, day, hour, minute), zone)  # noqa: DTZ001 - a wall time has no zone
