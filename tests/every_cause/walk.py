"""The walk: every scenario staged side by side in one practice, asked about, put right, and asked about again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

import msgspec

from tests.every_cause.practice import CONSULT, Practice
from tests.every_cause.told import told_by
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Patient
from visitsync.simulator_kit.staging import a_booking
from visitsync.sync.answers import Answer, Answers

UNTIL_LATE_ONES_SHOW = timedelta(minutes=10)
UNTIL_FIXES_SHOW = timedelta(minutes=20)
UNTIL_LISTS_ARE_READ = timedelta(hours=24)
SETTINGS = {"excluded_resources": "Overflow Column", "duration_step_minutes": "15"}
STAFF_ADDRESS = "bertrand.quill@example.org"
"""Of the staff member whose address the scenario B3 gives to a patient."""

TWO_PEOPLE = ("B4", "B5")
"""Scenarios that concern two people, who both have an appointment."""

Answered = Mapping[str, "Look"]
"""Scenario → what was answered."""


class Look(msgspec.Struct, frozen=True):
    """What the product said about one scenario's appointment at one time; `answer` is None where it was unknown."""

    answers: Answers
    answer: Answer | None


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """All answers of one walk, and what the table's words stand for."""

    before: Answered
    soon: Answered
    next_day: Answered
    names: Mapping[str, Mapping[str, str]]
    """Scenario → {word of the table: what it is here}."""
    other_before: Mapping[str, Look]
    other_after: Mapping[str, Look]
    """The same for the second appointment of the scenarios that concern two people."""


def walk(practice: Practice) -> Walk:
    """Stages everything, puts it right, and asks three times. The practice must have nothing but its set-up."""
    practice.add_staff(STAFF_ADDRESS)
    practice.approve(CONSULT)
    practice.connect_location("Main Street")
    practice.sync()
    clinic = practice.clinic
    vendor = practice.house.vendor
    scenarios = {name: vendor.module.SCENARIOS[name] for name in told_by(vendor)}
    staged = {name: scenario.provoke(clinic) for name, scenario in scenarios.items()}
    others = {
        name: a_booking(clinic, patient=_who_shares(clinic, staged[name])).id for name in TWO_PEOPLE if name in staged
    }
    names = _names(practice, staged)
    practice.sync()
    if "C5" in staged:
        practice.enable(_practitioner_of(clinic, staged["C5"]))
    practice.later(UNTIL_LATE_ONES_SHOW)
    before, other_before = _look(practice, staged), _look(practice, others)
    for name, scenario in scenarios.items():
        if scenario.fix is not None:
            scenario.fix(clinic, staged[name])
    for name, act in _ADMIN_ACTS.items():
        if name in staged:
            act(practice, staged[name])
    practice.later(UNTIL_FIXES_SHOW)
    soon, other_after = _look(practice, staged), _look(practice, others)
    practice.later(UNTIL_LISTS_ARE_READ)
    return Walk(
        before=before, soon=soon, next_day=_look(practice, staged), names=names, other_before=other_before,
        other_after=other_after,
    )  # fmt: skip


def _look(practice: Practice, staged: Mapping[str, int]) -> dict[str, Look]:
    return {name: look(practice, appointment_id) for name, appointment_id in staged.items()}


def look(practice: Practice, appointment_id: int) -> Look:
    """What is answered about one appointment of the clinic now."""
    answers = practice.ask(practice.house.vendor_id(appointment_id))
    return Look(answers, practice.why(appointment_id) if answers.answers else None)


def _who_shares(clinic: Clinic, appointment_id: int) -> Patient:
    """Two people collide only where both have a video visit."""
    patient = clinic.patients[clinic.appointments[appointment_id].patient_id or 0]
    return next(one for one in clinic.patients if one.email == patient.email and one.id != patient.id)


def _practitioner_of(clinic: Clinic, appointment_id: int) -> int:
    return clinic.appointments[appointment_id].practitioner_id


def _names(practice: Practice, staged: Mapping[str, int]) -> dict[str, dict[str, str]]:
    clinic = practice.clinic
    names = {
        name: {"other": practice.chart(_who_shares(clinic, staged[name]).id)} for name in TWO_PEOPLE if name in staged
    }
    if "F7" in staged:
        names["F7"] = {"old": practice.house.vendor_id(clinic.appointments[staged["F7"]].moved_from or 0)}
    return names


def _enable_whoever_it_is(practice: Practice, appointment_id: int) -> None:
    """Whom the EMR does not list, because they are suspended, nobody can enable."""
    with suppress(LookupError):
        practice.enable(_practitioner_of(practice.clinic, appointment_id))


def _enable_the_second_profile(practice: Practice, appointment_id: int) -> None:
    """For the login that the first profile has."""
    login = practice.login_of(practice.house.desk.practitioners[0])
    practice.enable(_practitioner_of(practice.clinic, appointment_id), login=login)


_ADMIN_ACTS: Mapping[str, Callable[[Practice, int], None]] = {
    "A3": lambda practice, _: practice.approve("Remote Wellness Check"),
    "A3-profile": lambda practice, _: practice.approve("Telemedicine Visit (Dr. only)"),
    "A4": lambda practice, _: practice.connect_location("North Annex"),
    "A10": lambda practice, _: practice.change_settings(excluded_resources=""),
    "D1": _enable_whoever_it_is,
    "D4": _enable_the_second_profile,
    "D5": _enable_whoever_it_is,
    "D6": _enable_whoever_it_is,
    "E7": _enable_whoever_it_is,
    "E7-location": lambda practice, _: practice.connect_location("Mesa Branch", zone="America/Los_Angeles"),
}
"""What an admin does here about the scenarios whose fix is, at least in part, a setting of ours."""
