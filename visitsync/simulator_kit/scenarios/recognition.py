"""A. Why an appointment is not taken for telemedicine."""

from __future__ import annotations

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.staging import (
    OFFICE_VISIT,
    TELEMEDICINE,
    VIRTUAL_LOCATION,
    a_booking,
    the_location_called,
    the_type,
)


def _booked_as(clinic: Clinic, type_name: str, note: str = "") -> int:
    return a_booking(clinic, type_id=the_type(clinic, type_name).id, note=note).id


def _with_nothing_set(clinic: Clinic) -> int:
    return a_booking(clinic, type_id=None, reason="").id


def _at_a_new_location(clinic: Clinic) -> int:
    return a_booking(clinic, location_id=clinic.add_location("North Annex").id).id


def _of_a_renamed_type(clinic: Clinic) -> int:
    kind = the_type(clinic, "Video Consult")
    clinic.change_type(kind.id, name="Video Consult (30 min)")
    return a_booking(clinic, type_id=kind.id, reason="Video Consult (30 min)").id


def _take_the_new_name_back(clinic: Clinic, appointment_id: int) -> None:
    kind_id = clinic.appointments[appointment_id].type_id
    assert kind_id is not None  # noqa: S101 - staged so above
    clinic.change_type(kind_id, name="Video Consult")
    clinic.retype(appointment_id, kind_id)


def _right_type_wrong_place(clinic: Clinic) -> int:
    the_location_called(clinic, VIRTUAL_LOCATION)
    return a_booking(clinic).id


def _move_to_virtual_care(clinic: Clinic, appointment_id: int) -> None:
    clinic.move(appointment_id, location_id=the_location_called(clinic, VIRTUAL_LOCATION).id)


def _in_the_overflow_column(clinic: Clinic) -> int:
    overflow = clinic.add_practitioner("Overflow", "Column", is_provider=False, suffix="")
    return a_booking(clinic, practitioner_id=overflow.id).id


def _make_telemedicine(clinic: Clinic, appointment_id: int) -> None:
    clinic.retype(appointment_id, the_type(clinic, TELEMEDICINE).id)


def _make_the_room(clinic: Clinic, appointment_id: int) -> None:
    clinic.change_appointment(appointment_id, has_video_room=True)


RECOGNITION = {
    "A1": Scenario(
        code="A1",
        summary="Booked as an office visit",
        provoke=lambda clinic: _booked_as(clinic, OFFICE_VISIT),
        fix=_make_telemedicine,
    ),
    "A2": Scenario(
        code="A2",
        summary="The type is one letter off an approved one",
        provoke=lambda clinic: _booked_as(clinic, "Telemedicne Visit"),
        fix=_make_telemedicine,
    ),
    "A2-case": Scenario(
        code="A2",
        summary="The type differs from an approved one in case and a space",
        provoke=lambda clinic: _booked_as(clinic, "telemedicine  visit"),
        fix=_make_telemedicine,
    ),
    "A3": Scenario(
        code="A3",
        summary="A type made today, that nobody connected yet",
        provoke=lambda clinic: _booked_as(clinic, "Remote Wellness Check"),
        fixed_by="settings",
    ),
    "A4": Scenario(
        code="A4",
        summary="A location opened today, that nobody connected yet",
        provoke=_at_a_new_location,
        fixed_by="settings",
    ),
    "A5": Scenario(
        code="A5",
        summary="An approved type was renamed",
        provoke=_of_a_renamed_type,
        fix=_take_the_new_name_back,
    ),
    "A6": Scenario(
        code="A6",
        summary="The type is right, the location is not the virtual one",
        provoke=_right_type_wrong_place,
        fix=_move_to_virtual_care,
    ),
    "A7": Scenario(
        code="A7",
        summary="Neither type nor reason is set",
        provoke=_with_nothing_set,
        fix=_make_telemedicine,
    ),
    "A8": Scenario(
        code="A8",
        summary="An office visit whose note says zoom",
        provoke=lambda clinic: _booked_as(clinic, OFFICE_VISIT, note="Patient asked for a zoom call"),
        fix=_make_telemedicine,
    ),
    "A9": Scenario(
        code="A9",
        summary="A video type for which the EMR made no video room",
        provoke=lambda clinic: a_booking(clinic, has_video_room=False).id,
        fix=_make_the_room,
    ),
    "A10": Scenario(
        code="A10",
        summary="Booked in a column that is left out of the sync",
        provoke=_in_the_overflow_column,
        fixed_by="settings",
    ),
}
