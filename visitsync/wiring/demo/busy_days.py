"""Two days as a front desk knows them: mostly fine, with some of everything that needs somebody."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import CANCELLED, Coverage, Location, Patient, Practitioner
from visitsync.simulator_kit.staging import OFFICE_VISIT, TELEMEDICINE, TELEMEDICINE_TYPES, the_type

UNSURE_STATUS = "Cancel? Call back"
LONG_NAME = {"first_name": "Wilhelmina Anastasia Theodora", "last_name": "Featherstonehaugh-Cholmondeley-Montgomery"}


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of a day."""

    at: str
    with_: str
    """Last name of the provider."""
    who: str
    kind: str = TELEMEDICINE
    chart: Mapping[str, Any] = {}
    status: str = ""


DAY = (
    Booked(at="08:00", with_="Osei", who="Hester Lovelace"),
    Booked(at="08:30", with_="Haddad", who="Anselm Drury"),
    Booked(at="09:15", with_="Osei", who="Ingrid Solberg"),
    Booked(at="09:30", with_="Haddad", who="Tobias Renner", kind="Telehealth Follow-Up"),
    Booked(at="10:00", with_="Osei", who="Junko Arai"),
    Booked(at="10:30", with_="Haddad", who="Percival Stokes", chart={"email": ""}),
    Booked(at="11:00", with_="Osei", who="Long Name", chart=LONG_NAME),
    Booked(at="11:00", with_="Bellweather", who="Odette Marchand"),
    Booked(at="11:30", with_="Haddad", who="Gideon Marsh", kind="Telemedicne Visit"),
    Booked(at="12:30", with_="Osei", who="Lavinia Pryce", status=CANCELLED),
    Booked(at="13:00", with_="Tran", who="Matthias Vogel", kind="Telehealth Follow-Up"),
    Booked(at="13:30", with_="Haddad", who="Rosalind Ames", chart={"status": "deceased"}),
    Booked(at="14:00", with_="Osei", who="Emil Castellanos"),
    Booked(at="14:30", with_="Haddad", who="Yusuf Demir", chart={"birth_date": None}),
    Booked(at="15:00", with_="Osei", who="Test Patient"),
    Booked(at="15:30", with_="Whitlock", who="Beatrice Holloway"),
    Booked(at="16:00", with_="Haddad", who="Cornelius Abbott"),
)  # fmt: skip

NEXT_DAY = (
    Booked(at="08:30", with_="Osei", who="Dagny Holmquist"),
    Booked(at="09:00", with_="Haddad", who="Leander Fitch"),
    Booked(at="09:30", with_="Osei", who="Minerva Castle", chart={"email": "minerva.castle@"}),
    Booked(at="10:00", with_="Haddad", who="Bruno Keller"),
    Booked(at="10:30", with_="Osei", who="Fleur Wexford", chart={"email": "wexford.family@example.net"}),
    Booked(at="11:00", with_="Osei", who="Hugo Wexford", chart={"email": "wexford.family@example.net"}),
    Booked(at="11:30", with_="Haddad", who="Sabine Lorre"),
    Booked(at="12:00", with_="Bellweather", who="Ambrose Teller"),
    Booked(at="13:00", with_="Osei", who="Nadia Romanova", status=UNSURE_STATUS),
    Booked(at="13:30", with_="Haddad", who="Quentin Blythe", kind="Telemedicne Visit"),
    Booked(at="14:00", with_="Tran", who="Isolde Brandt"),
    Booked(at="14:30", with_="Osei", who="Rufus Penhaligon", status=CANCELLED),
    Booked(at="15:00", with_="Haddad", who="Clara Whitcombe", chart={"email": ""}),
    Booked(at="16:00", with_="Whitlock", who="Ignatius Moore"),
)  # fmt: skip


def book_two_days(clinic: Clinic, now: datetime) -> dict[str, int]:
    """Fills today and tomorrow; who → the clinic's id of the appointment. `now` is aware."""
    today = clinic.wall_time(now).date()
    with clinic.editing(stamp=now - timedelta(days=1)):
        _free(clinic, today)
        booked = {one.who: book(clinic, today, one) for one in DAY}
        return booked | {one.who: book(clinic, today + timedelta(days=1), one) for one in NEXT_DAY}


def _free(clinic: Clinic, today: date) -> None:
    """What chance put into these two days goes: they are to be told by heart."""
    days = (today, today + timedelta(days=1))
    video = {the_type(clinic, name).id for name in TELEMEDICINE_TYPES}
    for one in [one for one in clinic.appointments if one.start.date() in days and one.type_id in video]:
        clinic.move(one.id, start=one.start + timedelta(days=7))


def book(clinic: Clinic, day: date, one: Booked, patient: Patient | None = None) -> int:
    """Books one visit, of a chart of its own unless another is given; the clinic's id of it."""
    practitioner = _practitioner(clinic, one.with_)
    location = _location(clinic, practitioner)
    booked = clinic.book(
        patient_id=(patient or chart_of(clinic, one)).id,
        practitioner_id=practitioner.id,
        location_id=location.id,
        type_id=the_type(clinic, one.kind).id,
        start=datetime.combine(day, time.fromisoformat(one.at)),
        minutes=30,
        has_video_room=one.kind != OFFICE_VISIT,
    )
    return (clinic.set_status(booked.id, one.status) if one.status else booked).id


def chart_of(clinic: Clinic, one: Booked) -> Patient:
    """A complete chart, but for what the visit is an example of."""
    first, _, last = one.who.partition(" ")
    number = len(clinic.patients) + 1
    complete: dict[str, Any] = {
        "first_name": first,
        "last_name": last,
        "birth_date": date(1950 + number % 50, 1 + number % 12, 1 + number % 28),
        "sex": "X",
        "email": f"{first}.{last}@example.net".lower(),
        "mobile_phone": f"(555) 555-{number % 10_000:04d}",
        "address": f"{number} Cedar Hollow Ln",
        "city": "Alderton",
        "state": "PA",
        "postal_code": "19001",
        "coverage": Coverage(company="Harbor Mutual Health", payer_id="HMH01", member_id=f"HMH01-{number:07d}"),
        "practitioner_id": _practitioner(clinic, one.with_).id,
    }
    return clinic.add_patient(**complete | dict(one.chart))


def _practitioner(clinic: Clinic, last_name: str) -> Practitioner:
    return next(one for one in clinic.practitioners if one.last_name == last_name)


def _location(clinic: Clinic, practitioner: Practitioner) -> Location:
    return next(one for one in clinic.locations if one.id == practitioner.location_ids[0])
