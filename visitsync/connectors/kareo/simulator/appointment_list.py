"""GetAppointments: the default window, the cap, the filter, and the rows (kareo reference, section 5.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from visitsync.connectors.kareo.simulator.account import PRACTICE_ID, Account, Refused
from visitsync.connectors.kareo.simulator.filters import moment, stamp_test
from visitsync.connectors.kareo.simulator.patients import case_id, full_name, payer_scenario
from visitsync.connectors.kareo.simulator.reader import Record
from visitsync.connectors.kareo.simulator.schedule import Schedule, Slot, length_of
from visitsync.connectors.kareo.simulator.statuses import TYPE_WORDS, is_status, listed_status
from visitsync.connectors.kareo.simulator.times import ListTimes
from visitsync.simulator_kit.records import Appointment

MAX_SPAN = timedelta(days=60)
Row = dict[str, Any]
Test = Callable[[Appointment], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The starts that are asked for; None is open."""

    first: datetime | None
    last: datetime | None


def list_appointments(account: Account, schedule: Schedule, criteria: Record) -> Iterator[Row]:
    """The rows that a filter chooses, in time order. Raises Refused."""
    account.require_practice_name(criteria)
    if not account.is_ours(criteria):
        return
    window = _window(account, criteria)
    if window is None:
        return
    tests = _tests(account, schedule, criteria)
    rows = _Rows(account, schedule, criteria)
    for start, appointment in schedule.between(window.first, window.last):
        if window.last is not None and not account.is_up_to(start, window.last):
            continue
        if all(test(appointment) for test in tests):
            yield rows.row(start, appointment)


def _window(account: Account, criteria: Record) -> Window | None:
    """From StartDate to EndDate, the default where they lack; None when it is wider than Kareo answers."""
    times = account.schedule_times(criteria)
    first, last = moment(criteria, "StartDate", times), moment(criteria, "EndDate", times)
    if not _has_both_stamps(criteria):
        if first is None and last is None:
            first = _today(account, times) - timedelta(days=3)
        if first is None and last is not None:
            first = last - timedelta(days=7)
        if first is not None and last is None:
            last = first + timedelta(days=7)
    if first is not None and last is not None and last - first > MAX_SPAN:
        if account.is_variant("over_60_days", "empty"):
            return None
        raise Refused("The date range between StartDate and EndDate cannot exceed 60 days.")
    return Window(first=first, last=last)


def _has_both_stamps(criteria: Record) -> bool:
    """A pair of creation or modification dates needs no window."""
    pairs = (("FromCreatedDate", "ToCreatedDate"), ("FromLastModifiedDate", "ToLastModifiedDate"))
    return any(criteria.get(first) and criteria.get(last) for first, last in pairs)


def _today(account: Account, times: ListTimes) -> datetime:
    return account.now.astimezone(times.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _tests(account: Account, schedule: Schedule, criteria: Record) -> list[Test]:
    """What an appointment must pass besides the window."""
    is_within = stamp_test(account, criteria, account.stamp_times(criteria))
    tests: list[Test] = [lambda appointment: is_within(appointment.created_at, appointment.changed_at)]
    for name, test in _TESTS.items():
        if wanted := criteria.get(name):
            tests.append(_bound(test, schedule, wanted.strip().casefold()))
    return tests


def _bound(test: Callable[[Schedule, Appointment, str], bool], schedule: Schedule, wanted: str) -> Test:
    return lambda appointment: test(schedule, appointment, wanted)


def _has_reason(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    return any(slot.name.casefold() == wanted for slot in schedule.reasons(appointment))


def _has_resource(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    return any(slot.name.casefold() == wanted for slot in schedule.resources(appointment))


def _is_at(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    return schedule.location_name(appointment).casefold() == wanted


def _is_for(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    return str(appointment.patient_id) == wanted


def _is_for_name(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    patient = schedule.patient_of(appointment)
    return patient is not None and wanted in {
        full_name(patient, order).casefold() for order in ("first_last", "last_first")
    }


def _has_payer_scenario(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    patient = schedule.patient_of(appointment)
    return patient is not None and (payer_scenario(patient) or "").casefold() == wanted


def _has_status(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    return is_status(appointment.status, wanted)


def _is_of_type(schedule: Schedule, appointment: Appointment, wanted: str) -> bool:
    code = type_code(appointment)
    return wanted in {code.casefold(), TYPE_WORDS[code].casefold()}


_TESTS: dict[str, Callable[[Schedule, Appointment, str], bool]] = {
    "AppointmentReason": _has_reason,
    "ConfirmationStatus": _has_status,
    "PatientCasePayerScenario": _has_payer_scenario,
    "PatientFullName": _is_for_name,
    "PatientID": _is_for,
    "ResourceName": _has_resource,
    "ServiceLocationName": _is_at,
    "Type": _is_of_type,
}


def type_code(appointment: Appointment) -> str:
    """P for a patient's appointment, O for anything else: blocks, meetings."""
    return "O" if appointment.patient_id is None else "P"


class _Rows:
    """Makes the rows of one answer."""

    def __init__(self, account: Account, schedule: Schedule, criteria: Record) -> None:
        self._account = account
        self._schedule = schedule
        self._times = account.schedule_times(criteria)
        self._stamps = account.stamp_times(criteria)
        self._spelling = account.variants["status_words"]
        self._name_order = account.variants["name_order"]
        self._has_type_words = account.is_variant("type_words", "word")

    def row(self, start: datetime, appointment: Appointment) -> Row:
        """One AppointmentData: every value is text."""
        code = type_code(appointment)
        row: Row = {
            "AllDay": "False",
            "AppointmentDuration": str(appointment.minutes),
            "ConfirmationStatus": listed_status(appointment.status, self._spelling),
            "CreatedDate": self._stamps.write(appointment.created_at),
            "EndDate": self._times.write(start + length_of(appointment)),
            "ID": str(self._schedule.kareo_id(appointment)),
            "LastModifiedDate": self._stamps.write(appointment.changed_at),
            "Notes": notes_of(appointment) or None,
            "PracticeID": str(PRACTICE_ID),
            "PracticeName": self._account.clinic.name,
            "Recurring": "False" if appointment.series_id is None else "True",
            "ServiceLocationID": str(appointment.location_id),
            "ServiceLocationName": self._schedule.location_name(appointment),
            "StartDate": self._times.write(start),
            "Type": TYPE_WORDS[code] if self._has_type_words else code,
        }
        self._add_patient(row, appointment)
        _add_reasons(row, self._schedule.reasons(appointment))
        _add_resources(row, self._schedule.resources(appointment))
        return row

    def _add_patient(self, row: Row, appointment: Appointment) -> None:
        row["PatientID"] = None if appointment.patient_id is None else str(appointment.patient_id)
        patient = self._schedule.patient_of(appointment)
        if patient is None:
            return
        row["PatientFullName"] = full_name(patient, self._name_order)
        if scenario := payer_scenario(patient):
            row["PatientCaseID"] = str(case_id(patient))
            row["PatientCaseName"] = "General"
            row["PatientCasePayerScenario"] = scenario


def _add_reasons(row: Row, slots: list[Slot]) -> None:
    for slot in slots:
        row[f"AppointmentReason{slot.number}"] = slot.name
        row[f"AppointmentReasonID{slot.number}"] = str(slot.id)


def _add_resources(row: Row, slots: list[Slot]) -> None:
    for slot in slots:
        row[f"ResourceName{slot.number}"] = slot.name
        row[f"ResourceID{slot.number}"] = str(slot.id)
        row[f"ResourceTypeID{slot.number}"] = slot.kind


def notes_of(appointment: Appointment) -> str:
    """The note; for an entry without a reason of the list also what was written as one."""
    free_text = appointment.reason if appointment.type_id is None else ""
    return "\n".join(text for text in (free_text, appointment.note) if text)
