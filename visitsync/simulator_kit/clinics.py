"""Builds whole clinics, a few hundred appointments or a hundred thousand; the same seed builds the same clinic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import ceil
from random import Random
from typing import Any

from visitsync.simulator_kit import records
from visitsync.simulator_kit.cast import ODD_CHARTS, PRACTITIONER_NAMES, STAFF_NAMES, a_chart
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock, VirtualClock
from visitsync.simulator_kit.records import Appointment, AppointmentType, Location, Patient, Practitioner
from visitsync.simulator_kit.staging import OFFICE_VISIT, TELEMEDICINE_TYPES, VIRTUAL_LOCATION

FIRST_DAY, LAST_DAY = -7, 124
FIRST_HOUR, HOURS = 9, 8
APPOINTMENTS_PER_PRACTITIONER = 800
ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "America/Los_Angeles")
OTHER_TYPES = (OFFICE_VISIT, "Annual Physical", "Lab Draw", "Phone Consultation")
NEAR_MISSES = ("Telemedicne Visit", "telemedicine visit ", "Telehealth Follow Up", "Video  Consult")
PAST_STATES = (*[records.COMPLETED] * 8, records.NO_SHOW, records.CANCELLED)
COMING_STATES = (
    *[records.SCHEDULED] * 14,
    *[records.CONFIRMED] * 4,
    records.UNCONFIRMED,
    records.CANCELLED,
    records.TENTATIVE,
)
NOTES = ("", "", "", "", "Bring medication list", "Wants a zoom call", "Call mother first ☎")


def a_busy_clinic(
    seed: int,
    now: datetime,
    *,
    appointments: int = 300,
    patients: int | None = None,
    zones: Sequence[str] = ZONES,
    telemedicine_share: float = 0.6,
    odd_share: float = 0.25,
    name: str = "Larkspur Family Practice",
    clock: Clock | None = None,
) -> Clinic:
    """A clinic with appointments from last week to four months ahead, and everything odd that real ones have.

    `now` is aware; the clinic's clock stands still there unless one is given. `odd_share` is the part of
    charts with something wrong. 100,000 appointments with 25,000 patients take a few seconds.
    """
    builder = _Builder(Random(seed), Clinic(clock=clock or VirtualClock.frozen_at(now), name=name, zone=zones[0]), now)
    builder.furnish(zones, practitioners=max(6, ceil(appointments / APPOINTMENTS_PER_PRACTITIONER)))
    builder.open_charts(patients or max(60, appointments * 2 // 5), odd_share)
    builder.fill_the_schedule(appointments, telemedicine_share)
    builder.live_a_little(few=max(2, min(appointments // 60, 40)))
    return builder.clinic


def churn(clinic: Clinic, seed: int, share: float = 0.01) -> list[int]:
    """A busy morning: that share of the coming appointments is moved, cancelled or retyped; gives their ids."""
    random = Random(seed)
    now, types = clinic.clock(), [kind.id for kind in clinic.types]
    with clinic.lock:
        coming = [a for a in clinic.appointments if not a.is_block and a.start.replace(tzinfo=UTC) > now]
        chosen = random.sample(coming, min(len(coming), ceil(len(coming) * share)))
        for appointment in chosen:
            edit = random.choice(("move", "cancel", "retype"))
            if edit == "move":
                clinic.move(appointment.id, start=appointment.start + timedelta(days=1))
            elif edit == "cancel":
                clinic.cancel(appointment.id)
            else:
                clinic.retype(appointment.id, random.choice(types))
    return [appointment.id for appointment in chosen]


class _Builder:
    """Fills one clinic; everything it decides comes from one seeded source."""

    def __init__(self, random: Random, clinic: Clinic, now: datetime) -> None:
        self.random = random
        self.clinic = clinic
        self.now = now
        self.working: list[Practitioner] = []

    def furnish(self, zones: Sequence[str], practitioners: int) -> None:
        """Open locations, hire people, invent types."""
        clinic = self.clinic
        with clinic.editing(stamp=self.now - timedelta(days=700)):
            places = [clinic.add_location(f"{_town(zone)} Office", zone=zone) for zone in zones]
            clinic.add_location(VIRTUAL_LOCATION, rooms=("Video 1", "Video 2"))
            for name in (*TELEMEDICINE_TYPES, *OTHER_TYPES, *NEAR_MISSES):
                clinic.add_type(name, minutes=30 if name in TELEMEDICINE_TYPES else 20)
            self.working = [self._hire(number, places[number % len(places)]) for number in range(practitioners)]
            here = (places[0].id,)
            clinic.add_practitioner("Cormac", "Adeyemi", npi="1999999992", is_enabled=False, location_ids=here)
            clinic.add_practitioner("Front Desk", "2", is_provider=False, suffix="", location_ids=here)
            for first, last in STAFF_NAMES:
                clinic.add_staff(first, last, email=f"{first}.{last}@example.org".lower())

    def open_charts(self, number: int, odd_share: float) -> None:
        """Open charts: complete and odd ones, families with one mailbox, twins, second charts, staff as patients."""
        odd = list(ODD_CHARTS.values())
        charts: list[dict[str, Any]] = []
        families = oddities = 0
        while len(charts) < number:
            chart = a_chart(self.random, len(charts))
            if self.random.random() < odd_share:
                chart |= odd[oddities % len(odd)]
                oddities += 1
            charts.append(chart)
            if len(charts) // 15 > families:
                families += 1
                charts += self._relatives_of(chart)
        charts[5] |= {"first_name": "Bertrand", "last_name": "Quill", "email": "bertrand.quill@example.org"}
        charts[6] |= {"first_name": "Imara", "last_name": "Osei", "email": "Imara.Osei@example.org"}
        self.clinic.patients.fill([self._patient(chart) for chart in charts[:number]])

    def fill_the_schedule(self, number: int, telemedicine_share: float) -> None:
        """Book that many appointments and blocks, nobody twice at the same time."""
        practitioners, patients = list(self.clinic.practitioners), list(self.clinic.patients)
        free = {practitioner.id: self._free_times() for practitioner in practitioners}
        video, other = self._types(TELEMEDICINE_TYPES), self._types((*OTHER_TYPES, *NEAR_MISSES))
        booked = []
        for count in range(number):
            everybody = count % 9 == 0  # also the desk and the suspended one, now and then
            practitioner = practitioners[count % len(practitioners)] if everybody else self._anybody()
            kind = self.random.choice(video if self.random.random() < telemedicine_share else other)
            patient = patients[int(self.random.random() * len(patients))]
            booked.append(self._appointment(practitioner, kind, next(free[practitioner.id]), patient))
        self.clinic.appointments.fill(booked)

    def live_a_little(self, few: int) -> None:
        """Let a few of everything happen: moved, cancelled, rebooked, deleted, overlapping, in series, in groups."""
        clinic = self.clinic
        coming = [a for a in clinic.appointments if clinic.instant_of(a) > self.now and not a.is_block]
        chosen = iter(self.random.sample(coming, min(len(coming), few * 9)))
        verbs = (
            lambda a: clinic.move(a.id, start=a.start + timedelta(days=1)),
            lambda a: clinic.rebook(a.id, start=a.start + timedelta(days=2)),
            lambda a: clinic.cancel(a.id),
            lambda a: clinic.archive(a.id),
            lambda a: clinic.delete(a.id),
            lambda a: clinic.set_status(a.id, "Phoned-OK"),
            lambda a: clinic.change_appointment(a.id, other_patient_ids=self._two_others()),
            lambda a: clinic.change_appointment(a.id, type_id=None, reason=a.reason),
            self._book_a_series_like,
        )
        for verb in verbs:
            for appointment in islice(chosen, few):
                with clinic.editing(stamp=self.now - timedelta(minutes=self.random.randint(1, 1440))):
                    verb(appointment)

    def _hire(self, number: int, place: Location) -> Practitioner:
        first, last = PRACTITIONER_NAMES[number % len(PRACTITIONER_NAMES)]
        last += "" if number < len(PRACTITIONER_NAMES) else f" {number}"
        email = f"{first}.{last}@example.org".lower().replace(" ", ".")
        practitioner = self.clinic.add_practitioner(
            first, last, zone=place.zone, npi=f"1{number + 4:09d}", email=email, location_ids=(place.id,)
        )
        self.clinic.add_staff(first, last, email=email, practitioner_id=practitioner.id, is_practitioner=True)
        return practitioner

    def _relatives_of(self, chart: dict[str, Any]) -> list[dict[str, Any]]:
        kind = self.random.choice(("family", "family", "twins", "second chart"))
        if kind == "second chart":
            return [dict(chart)]
        if kind == "twins":
            return [chart | {"first_name": "Castor"}, chart | {"first_name": "Pollux"}]
        members = [a_chart(self.random, 0) for _ in range(self.random.randint(1, 4))]
        shared = {key: chart[key] for key in ("last_name", "email", "address", "city", "state", "postal_code")}
        return [member | shared for member in members]

    def _patient(self, chart: dict[str, Any]) -> Patient:
        practitioner = self._anybody()
        opened = self._moment_before_now(minutes=self.random.randint(40_000, 1_300_000))
        return Patient(
            id=self.clinic.patients.new_id(),
            practitioner_id=practitioner.id,
            location_ids=practitioner.location_ids,
            created_at=opened,
            changed_at=opened + timedelta(minutes=self.random.randint(0, 20)),
            **chart,
        )

    def _appointment(
        self, practitioner: Practitioner, kind: AppointmentType, start: datetime, patient: Patient
    ) -> Appointment:
        is_block = self.random.random() < 0.04
        created = self._moment_before_now(minutes=int(self.random.random() * 60_000) + 10)
        if start.replace(tzinfo=UTC) < self.now:
            created -= timedelta(days=10)
        return Appointment(
            id=self.clinic.appointments.new_id(),
            patient_id=None if is_block else patient.id,
            practitioner_id=practitioner.id,
            location_id=practitioner.location_ids[0],
            type_id=None if is_block else kind.id,
            start=start,
            minutes=60 if is_block else kind.minutes,
            reason=self.random.choice(("Lunch", "Meeting", "HOLD")) if is_block else kind.name,
            status=records.SCHEDULED if is_block else self._status(start),
            note="" if is_block else self.random.choice(NOTES),
            room=1 + int(self.random.random() * 2),
            is_block=is_block,
            has_video_room=kind.name in TELEMEDICINE_TYPES and not is_block,
            created_at=created,
            changed_at=created + timedelta(minutes=int(self.random.random() * 9)),
        )

    def _status(self, start: datetime) -> str:
        is_past = start.replace(tzinfo=UTC) < self.now - timedelta(hours=12)
        states = PAST_STATES if is_past else COMING_STATES
        return states[int(self.random.random() * len(states))]

    def _free_times(self) -> Iterator[datetime]:
        today = self.clinic.wall_time(self.now).date()
        days = [today + timedelta(days=offset) for offset in range(FIRST_DAY, LAST_DAY)]
        halves = range(2 * FIRST_HOUR, 2 * (FIRST_HOUR + HOURS))
        times = [
            datetime(day.year, day.month, day.day, half // 2, 30 * (half % 2))  # noqa: DTZ001 - wall time
            for day in days
            if day.weekday() < 5
            for half in halves
        ]
        self.random.shuffle(times)
        return iter(times)

    def _book_a_series_like(self, appointment: Appointment) -> None:
        self.clinic.book_series(
            count=6,
            patient_id=appointment.patient_id,
            practitioner_id=appointment.practitioner_id,
            location_id=appointment.location_id,
            type_id=appointment.type_id,
            start=appointment.start.replace(hour=FIRST_HOUR + HOURS),
        )

    def _two_others(self) -> tuple[int, ...]:
        patients = list(self.clinic.patients)
        return tuple(patient.id for patient in self.random.sample(patients, 2))

    def _types(self, names: Sequence[str]) -> list[AppointmentType]:
        return [kind for kind in self.clinic.types if kind.name in names]

    def _anybody(self) -> Practitioner:
        return self.working[int(self.random.random() * len(self.working))]

    def _moment_before_now(self, minutes: int) -> datetime:
        return self.now.replace(microsecond=0) - timedelta(minutes=minutes)


def _town(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")
