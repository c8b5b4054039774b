"""One appointment as the single operations show it: AppointmentCreate, with real types and true UTC.

Source: kareo reference, section 5.2.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from visitsync.connectors.kareo.simulator.account import CUSTOMER_ID, PRACTICE_ID, Account
from visitsync.connectors.kareo.simulator.appointment_list import notes_of, type_code
from visitsync.connectors.kareo.simulator.patients import case_id, full_name, payer_scenario
from visitsync.connectors.kareo.simulator.schedule import Schedule, length_of
from visitsync.connectors.kareo.simulator.statuses import status_of
from visitsync.simulator_kit import records
from visitsync.simulator_kit.records import Appointment, Patient

Values = dict[str, Any]
IN_OFFICE, TELEHEALTH = "InOffice", "Telehealth"
_GUIDS = UUID("7f3a0c52-5a0e-4d34-9d0b-6b1f2f8f0a11")
_GENDER_ID = {"M": 1, "F": 2}
_UNKNOWN_GENDER_ID = 3
_ATTENDEE_STATUS = {records.CANCELLED: "CANCELLED", records.NO_SHOW: "NO_SHOW"}
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_USER_ID = 41
_RULE_ID_BASE = 30_000


def appointment_record(account: Account, schedule: Schedule, appointment: Appointment) -> Values:
    """The members of AppointmentCreate that have a value."""
    patient = schedule.patient_of(appointment)
    start = account.clinic.instant_of(appointment)
    return {
        "AppointmentId": schedule.kareo_id(appointment),
        "AppointmentMode": TELEHEALTH if appointment.has_video_room else IN_OFFICE,
        "AppointmentName": full_name(patient, "first_last") if patient else appointment.reason or None,
        "AppointmentReasonId": appointment.type_id if schedule.reasons(appointment) else None,
        "AppointmentStatus": status_of(appointment.status),
        "AppointmentType": type_code(appointment),
        "AppointmentUUID": uuid5(_GUIDS, f"appointment {appointment.id}"),
        "CreatedAt": appointment.created_at,
        "CreatedBy": _USER_ID,
        "CustomerId": CUSTOMER_ID,
        "EndTime": start + length_of(appointment),
        "ForRecare": False,
        "IsDeleted": schedule.is_deleted(appointment),
        "IsRecurring": appointment.series_id is not None,
        "Notes": notes_of(appointment) or None,
        "PatientCaseId": case_id(patient) if patient and payer_scenario(patient) else None,
        "PatientSummary": _summary(patient) if patient else None,
        "PracticeId": PRACTICE_ID,
        "RecurrenceRule": _recurrence(account, schedule, appointment),
        "ServiceLocationId": appointment.location_id,
        "StartTime": start,
        "UpdatedAt": appointment.changed_at,
        "UpdatedBy": _USER_ID,
        "WasCreatedOnline": False,
        **_group(account, appointment, patient),
        **_booked(account, schedule, appointment),
    }


def _group(account: Account, appointment: Appointment, patient: Patient | None) -> Values:
    """Who comes: one patient, or all of a group."""
    others = (account.clinic.patients.get(key) for key in appointment.other_patient_ids)
    members = [each for each in (patient, *others) if each is not None]
    is_group = bool(appointment.other_patient_ids)
    return {
        "AttendeesCount": len(members),
        "IsGroupAppointment": is_group,
        "MaxAttendees": max(1, len(members)),
        "PatientSummaries": [_group_member(each, appointment) for each in members] if is_group else None,
    }


def _booked(account: Account, schedule: Schedule, appointment: Appointment) -> Values:
    """The provider, or what is booked instead of one, and the rooms."""
    practitioner = account.clinic.practitioners.get(appointment.practitioner_id)
    is_provider = practitioner is not None and practitioner.is_provider
    rooms = [slot.id for slot in schedule.resources(appointment) if slot.id != appointment.practitioner_id]
    return {
        "ProviderId": appointment.practitioner_id if is_provider else None,
        "ResourceId": 0 if is_provider else appointment.practitioner_id,
        "ResourceIds": rooms or None,
    }


def _summary(patient: Patient) -> Values:
    """The patient's e-mail and birth date, without a second call; no address and no insurance."""
    values: Values = {
        "DateOfBirth": datetime.combine(patient.birth_date, time()) if patient.birth_date else None,
        "Email": patient.email,
        "FirstName": patient.first_name,
        "GenderId": _GENDER_ID.get(patient.sex, _UNKNOWN_GENDER_ID),
        "Guid": uuid5(_GUIDS, f"patient {patient.id}"),
        "HomePhone": patient.home_phone,
        "LastName": patient.last_name,
        "MiddleName": patient.middle_name,
        "MobilePhone": patient.mobile_phone,
        "PatientId": patient.id,
        "PracticeId": PRACTICE_ID,
        "PreferredPhoneType": "Mobile Phone" if patient.mobile_phone else "",
        "WorkEmail": patient.work_email,
        "WorkPhone": patient.work_phone,
    }
    return {name: value for name, value in values.items() if value != ""}


def _group_member(patient: Patient, appointment: Appointment) -> Values:
    return _summary(patient) | {"Status": _ATTENDEE_STATUS.get(appointment.status, "PRESENT")}


def _recurrence(account: Account, schedule: Schedule, appointment: Appointment) -> Values | None:
    if appointment.series_id is None:
        return None
    occurrences = account.clinic.occurrences_of(appointment.series_id) or [appointment]
    first, last = occurrences[0], occurrences[-1]
    gap = occurrences[1].start.date() - first.start.date() if len(occurrences) > 1 else timedelta(days=7)
    return {
        "AppointmentId": schedule.kareo_id(appointment),
        "DayInterval": gap.days,
        "DayOfWeek": [_DAY_NAMES[first.start.weekday()]],
        "EndDate": account.clinic.instant_of(last),
        "NumOccurrences": len(occurrences),
        "RecurrenceRuleId": appointment.series_id + _RULE_ID_BASE,
        "StartDate": account.clinic.instant_of(first),
        "TypeOfDay": "Unknown",
    }
