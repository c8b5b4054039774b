"""Small invented clinics, arranged so that anybody can tell what must become of every appointment."""

from datetime import UTC, date, datetime, time, timedelta

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.records import Appointment, Coverage, Patient

MONDAY = datetime(2026, 10, 19, 14, 0, tzinfo=UTC)
"""Ten o'clock in New York; the clocks go back within the window."""
TELEMEDICINE, OFFICE = "Telemedicine Visit", "Office Visit"
PRACTITIONERS = ("Imara Osei", "Leopold Tran", "Saoirse Whitlock")
"""The practice enables the first two."""
FIRST_NAMES = ("Amaranta", "Bastien", "Calliope", "Dorian", "Evander", "Freya", "Galen", "Hestia", "Idris", "Jocasta")
LAST_NAMES = ("Abernathy", "Brightwater", "Castellan", "Dunmore", "Eastlake", "Farrow", "Hollis", "Ironwood")


def ticking_from(moment: datetime, *, by: timedelta = timedelta(milliseconds=1)) -> VirtualClock:
    """A clock that moves on a little each time somebody looks, so that no two things happen at the same instant."""
    looks = 0

    def look() -> datetime:
        nonlocal looks
        looks += 1
        return moment + by * looks

    return VirtualClock(look)


class Desk:
    """The front desk of one clinic: books at free hours, in days from today."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.clinic = clinic = Clinic(clock=clock)
        with clinic.editing(stamp=clinic.clock() - timedelta(days=400)):
            place = clinic.add_location("Main Street")
            self.telemedicine = clinic.add_type(TELEMEDICINE).id
            self.office = clinic.add_type(OFFICE).id
            self.practitioners = [
                clinic.add_practitioner(
                    *name.split(), npi=f"1{number:09d}", email=f"dr{number}@example.org", location_ids=(place.id,)
                ).id
                for number, name in enumerate(PRACTITIONERS, start=4)
            ]
        self.place = place.id
        self._slots: dict[int, int] = {}

    def patient(self, **changes: object) -> Patient:
        """A complete chart with an address that nobody else has."""
        number = len(self.clinic.patients) + len(self.clinic.patients.removed) + 1
        chart = {
            "first_name": FIRST_NAMES[number % len(FIRST_NAMES)],
            "last_name": f"{LAST_NAMES[number % len(LAST_NAMES)]}-{number}",
            "birth_date": date(1950 + number % 50, 1 + number % 12, 1 + number % 28),
            "sex": "F",
            "email": f"patient.{number}@example.net",
            "mobile_phone": f"(555) 555-{number % 10_000:04d}",
            "address": f"{number} Tamarack Row",
            "city": "Alderton",
            "state": "PA",
            "postal_code": "19001",
            "coverage": Coverage(company="Harbor Mutual Health", payer_id="HMH01", member_id=f"HMH-{number:07d}"),
            "practitioner_id": self.practitioners[0],
            "location_ids": (self.place,),
        }
        return self.clinic.add_patient(**chart | changes)  # type: ignore[arg-type]

    def book(
        self, *, in_days: int, patient: Patient | None = None, doctor: int = 0, office: bool = False
    ) -> Appointment:
        """A telemedicine appointment (or one at the office) that many days ahead, at an hour that is still free."""
        return self.clinic.book(
            patient_id=(patient or self.patient()).id,
            practitioner_id=self.practitioners[doctor],
            location_id=self.place,
            type_id=self.office if office else self.telemedicine,
            start=self._free(in_days),
            minutes=20,
        )

    def _free(self, in_days: int) -> datetime:
        """Every half hour from nine in the morning, wall time of the practice."""
        taken = self._slots[in_days] = self._slots.get(in_days, -1) + 1
        day = self.clinic.wall_time().date() + timedelta(days=in_days)
        return datetime.combine(day, time(9)) + timedelta(minutes=30 * (taken % 16))


def a_small_clinic(clock: VirtualClock) -> Desk:
    """Thirty appointments with one or two of everything; all booked at least a day before the clock's time."""
    desk = Desk(clock)
    clinic = desk.clinic
    with clinic.editing(stamp=clock() - timedelta(days=2)):
        for number in range(12):
            desk.book(in_days=1 + 6 * number, doctor=number % 2)
        for number in range(4):
            desk.book(in_days=2 + 11 * number, office=True)
        desk.book(in_days=3, doctor=2)
        desk.book(in_days=5, patient=desk.patient(email=""))
        family = [desk.patient(email="the.hollises@example.net", last_name="Hollis") for _ in range(2)]
        desk.book(in_days=4, patient=family[0])
        desk.book(in_days=8, patient=family[1])
        regular = desk.patient()
        for number in range(3):
            desk.book(in_days=10 + 7 * number, patient=regular)
        desk.book(in_days=100)
        clinic.cancel(desk.book(in_days=6).id)
        clinic.archive(desk.book(in_days=7).id)
        clinic.set_status(desk.book(in_days=-2).id, records.COMPLETED)
        desk.book(in_days=-1)
        clinic.set_status(desk.book(in_days=-3).id, records.NO_SHOW)
        clinic.block(
            practitioner_id=desk.practitioners[0],
            location_id=desk.place,
            start=clinic.wall_time() + timedelta(days=9),
            minutes=60,
            why="Meeting",
        )
    return desk


def a_clinic_of_regulars(clock: VirtualClock, count: int, *, first_day: int = 1, days: int = 80) -> Desk:
    """So many telemedicine appointments, each of another patient who has everything; booked the day before."""
    desk = Desk(clock)
    with desk.clinic.editing(stamp=clock() - timedelta(days=1)):
        for number in range(count):
            desk.book(in_days=first_day + number % days, doctor=number % 2)
    return desk
