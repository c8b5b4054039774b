"""GetAppointment and the operations that write appointments."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from visitsync.connectors.kareo.simulator.by_hand import ByHand, Reply, kareo
from visitsync.simulator_kit import records
from visitsync.simulator_kit.records import Appointment
from visitsync.simulator_kit.staging import a_booking, a_patient, the_location, the_practitioner, the_type

TUESDAY_TEN = datetime(2026, 11, 3, 10, 0)
GONE = "could not be found"


def read(client: ByHand, kareo_id: int | str) -> Reply:
    return client.call("GetAppointment", f"<Appointment><AppointmentId>{kareo_id}</AppointmentId></Appointment>")


def an_update(appointment: Appointment, **members: str) -> str:
    required = {
        "AppointmentId": str(appointment.id),
        "PatientId": str(appointment.patient_id),
        "ServiceLocationId": str(appointment.location_id),
    }
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in sorted((required | members).items()))
    return f"<Appointment>{inner}</Appointment>"


def test_it_has_real_types_and_true_utc_on_both_sides_of_a_change_of_clocks() -> None:
    with kareo() as client:
        winter = a_booking(client.clinic, start=TUESDAY_TEN)
        summer = a_booking(client.clinic, start=datetime(2026, 10, 30, 10, 0))
        reply = read(client, winter.id)
        assert (reply.text("StartTime"), reply.text("EndTime")) == ("2026-11-03T15:00:00Z", "2026-11-03T15:30:00Z")
        assert read(client, summer.id).text("StartTime") == "2026-10-30T14:00:00Z"
        assert (reply.text("IsDeleted"), reply.text("IsRecurring")) == ("false", "false")
        assert (reply.text("AppointmentStatus"), reply.text("AppointmentType")) == ("Scheduled", "P")


def test_it_carries_the_patients_e_mail_and_birth_date() -> None:
    with kareo() as client:
        patient = a_patient(client.clinic, work_email="o.varga@example.org")
        reply = read(client, a_booking(client.clinic, patient=patient).id)
        assert (reply.text("Email"), reply.text("WorkEmail")) == (patient.email, "o.varga@example.org")
        assert reply.text("DateOfBirth") == "1984-05-17T00:00:00"
        client.clinic.change_patient(patient.id, email="", birth_date=None)
        reply = read(client, 700_001)
        assert (reply.text("Email"), reply.text("DateOfBirth")) == (None, None)


def test_the_mode_is_told_today_and_was_not_in_2021() -> None:
    for version, modes in (("current", ("Telehealth", "InOffice")), ("2021", (None, None))):
        with kareo(contract=version) as client:
            video = a_booking(client.clinic)
            office = a_booking(client.clinic, has_video_room=False)
            assert tuple(mode_of(read(client, each.id)) for each in (video, office)) == modes


def mode_of(reply: Reply) -> str | None:
    try:
        return reply.text("AppointmentMode")
    except LookupError:
        return None


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (records.SCHEDULED, "Scheduled"),
        (records.CHECKED_IN, "CheckedIn"),
        (records.COMPLETED, "CheckedOut"),
        (records.NO_SHOW, "NoShow"),
        (records.CANCELLED, "Cancelled"),
        (records.TENTATIVE, "Tentative"),
        ("Phoned-OK", "Unknown"),
    ],
)
def test_a_status_is_one_of_the_enumeration(status: str, word: str) -> None:
    with kareo() as client:
        appointment = a_booking(client.clinic, status=status)
        assert read(client, appointment.id).text("AppointmentStatus") == word


@pytest.mark.parametrize("remove", ["delete", "archive"])
@pytest.mark.parametrize("variant", ["is_deleted", "error", "nil"])
def test_a_deleted_appointment_says_so_or_is_an_error_or_nothing(variant: str, remove: str) -> None:
    with kareo(deleted=variant) as client:
        appointment = a_booking(client.clinic)
        getattr(client.clinic, remove)(appointment.id)
        reply = read(client, appointment.id)
        assert reply.status == 200
        if variant == "is_deleted":
            assert reply.text("IsDeleted") == "true"
        else:
            assert reply.text("Appointment") is None
            assert (GONE in (reply.text("ErrorMessage") or "")) == (variant == "error")


@pytest.mark.parametrize(("variant", "is_error"), [("error", "true"), ("nil", "false")])
def test_an_id_that_never_was_is_an_error_or_nothing(variant: str, is_error: str) -> None:
    with kareo(unknown_id=variant) as client:
        reply = read(client, 123)
        assert (reply.text("IsError"), reply.text("Appointment")) == (is_error, None)
        reply = client.call("GetPatient", "<Filter><PatientID>123</PatientID></Filter>")
        assert (reply.text("IsError"), reply.text("Patient")) == (is_error, None)


def test_a_shared_id_gives_the_series_first_occurrence_with_its_rule() -> None:
    with kareo() as client:
        series = client.clinic.book_series(
            count=3,
            patient_id=a_patient(client.clinic).id,
            practitioner_id=the_practitioner(client.clinic).id,
            location_id=the_location(client.clinic).id,
            type_id=the_type(client.clinic, "Telemedicine Visit").id,
            start=TUESDAY_TEN,
        )
        shared = client.app.vendor_id(series[2].id)
        reply = read(client, shared)
        assert (reply.text("StartTime"), reply.text("IsRecurring")) == ("2026-11-03T15:00:00Z", "true")
        assert (reply.text("NumOccurrences"), reply.text("DayOfWeek")) == ("3", "")
        assert b">Tuesday</a:DayOfWeek>" in reply.body
        client.clinic.delete(series[0].id)
        assert read(client, shared).text("StartTime") == "2026-11-10T15:00:00Z"


def test_a_group_lists_everybody() -> None:
    with kareo() as client:
        others = [a_patient(client.clinic) for _ in range(2)]
        group = a_booking(client.clinic, other_patient_ids=tuple(each.id for each in others))
        reply = read(client, group.id)
        assert (reply.text("IsGroupAppointment"), reply.text("AttendeesCount")) == ("true", "3")
        members = reply.rows("GroupPatientSummary")
        assert {member["PatientId"] for member in members} == {
            str(group.patient_id),
            *(str(each.id) for each in others),
        }
        assert {member["Status"] for member in members} == {"PRESENT"}


def test_a_desk_is_a_resource_and_no_provider() -> None:
    with kareo() as client:
        desk = client.clinic.add_practitioner("Front Desk", "2", is_provider=False, suffix="")
        reply = read(client, a_booking(client.clinic, practitioner_id=desk.id).id)
        assert (reply.text("ProviderId"), reply.text("ResourceId")) == (None, str(desk.id))


# --- writing ------------------------------------------------------------------------------------------------------


def test_an_update_changes_status_and_time_and_answers_with_the_appointment() -> None:
    with kareo() as client:
        appointment = a_booking(client.clinic, start=TUESDAY_TEN)
        client.pass_time(timedelta(minutes=10))
        changes = {
            "AppointmentStatus": "CheckedIn",
            "StartTime": "2026-11-04T20:00:00Z",
            "EndTime": "2026-11-04T20:45:00Z",
        }
        reply = client.call("UpdateAppointment", an_update(appointment, **changes))
        assert (reply.text("AppointmentStatus"), reply.text("EndTime")) == ("CheckedIn", "2026-11-04T20:45:00Z")
        changed = client.clinic.appointments[appointment.id]
        assert (changed.status, changed.minutes) == (records.CHECKED_IN, 45)
        assert changed.start == datetime(2026, 11, 4, 15, 0)
        assert changed.changed_at > appointment.changed_at


def test_a_status_can_be_written_alone() -> None:
    with kareo() as client:
        appointment = a_booking(client.clinic)
        inner = f"<AppointmentId>{appointment.id}</AppointmentId><AppointmentStatus>NoShow</AppointmentStatus>"
        reply = client.call("UpdateAppointmentStatus", f"<Appointment>{inner}</Appointment>")
        assert reply.text("IsError") == "false"
        assert client.clinic.appointments[appointment.id].status == records.NO_SHOW


def test_a_deletion_is_permanent() -> None:
    with kareo() as client:
        appointment = a_booking(client.clinic)
        wanted = f"<Appointment><AppointmentId>{appointment.id}</AppointmentId></Appointment>"
        reply = client.call("DeleteAppointment", wanted)
        assert (reply.text("AppointmentId"), reply.text("Deleted")) == (str(appointment.id), "true")
        assert appointment.id not in client.clinic.appointments
        assert GONE in (client.call("DeleteAppointment", wanted).text("ErrorMessage") or "")


def a_creation(client: ByHand, patient_id: int, provider_id: int) -> str:
    reason = the_type(client.clinic, "Video Consult").id
    return (
        f"<Appointment><AppointmentId>0</AppointmentId><AppointmentReasonId>{reason}</AppointmentReasonId>"
        "<AppointmentStatus>Scheduled</AppointmentStatus><AppointmentType>P</AppointmentType>"
        "<EndTime>2026-11-17T15:30:00Z</EndTime><IsRecurring>false</IsRecurring>"
        f"<PatientSummary><PatientId>{patient_id}</PatientId></PatientSummary><PracticeId>14</PracticeId>"
        f"<ProviderId>{provider_id}</ProviderId><ServiceLocationId>{the_location(client.clinic).id}</ServiceLocationId>"
        "<StartTime>2026-11-17T15:00:00Z</StartTime><WasCreatedOnline>true</WasCreatedOnline></Appointment>"
    )


def test_an_appointment_can_be_created() -> None:
    with kareo() as client:
        patient, provider = a_patient(client.clinic), the_practitioner(client.clinic)
        reply = client.call("CreateAppointment", a_creation(client, patient.id, provider.id))
        assert reply.text("IsError") == "false"
        made = client.clinic.appointments[int(reply.text("AppointmentId") or 0)]
        assert (made.patient_id, made.start) == (patient.id, datetime(2026, 11, 17, 10, 0))
        assert [row["ID"] for row in client.november()] == [str(made.id)]


@pytest.mark.parametrize(("patient_id", "provider_id"), [(1, None), (None, 1)])
def test_a_creation_for_nobody_or_with_nobody_is_refused(patient_id: int | None, provider_id: int | None) -> None:
    with kareo() as client:
        patient, provider = a_patient(client.clinic), the_practitioner(client.clinic)
        wanted = a_creation(client, patient_id or patient.id, provider_id or provider.id)
        reply = client.call("CreateAppointment", wanted)
        assert (reply.status, reply.text("IsError")) == (200, "true")
        assert len(client.clinic.appointments) == 0


def test_a_us_date_in_a_real_time_is_a_fault() -> None:
    with kareo() as client:
        appointment = a_booking(client.clinic)
        reply = client.call("UpdateAppointment", an_update(appointment, StartTime="11/17/2026 10:00:00 AM"))
        assert reply.status == 500
        assert "DateTime" in reply.fault
