"""Appointments, patients, doctors and profiles as DrChrono has them, tried on the pretend one over HTTP."""

from datetime import timedelta

import pytest

from visitsync.connector_kit.errors import (
    NeedsPermission,
)
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.drchrono.on_trial import asked, trying
from visitsync.connectors.drchrono.simulator import VARIANTS
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, a_patient, the_practitioner, the_type


@pytest.mark.parametrize("form", VARIANTS["virtual_id"])
def test_occurrences_that_nobody_touched_have_ids_of_their_own_and_can_be_fetched(form: str) -> None:
    with trying(variants={"virtual_id": form}) as trial:
        first = a_booking(trial.clinic)
        series = trial.clinic.book_series(
            count=4,
            patient_id=first.patient_id,
            practitioner_id=first.practitioner_id,
            location_id=first.location_id,
            type_id=first.type_id,
            start=first.start + timedelta(hours=3),
        )
        trial.sweep()
        ids = [trial.app.vendor_id(each.id) for each in series]
        assert len({trial.known.appointments[each].series_id for each in ids}) == 1
        assert "_" in ids[-1]
        assert trial.fetch(ids[-1]) is not None


def test_breaks_are_blocks_and_invented_statuses_are_kept_as_text() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        lunch = trial.clinic.block(
            practitioner_id=booked.practitioner_id,
            location_id=booked.location_id,
            start=booked.start.replace(hour=12),
            minutes=60,
            why="Lunch",
        )
        trial.clinic.set_status(booked.id, "Phoned-OK")
        trial.sweep()
        known = trial.known.appointments
        assert known[str(lunch.id)].is_block
        assert (known[str(booked.id)].status, known[str(booked.id)].status_text) == (None, "Phoned-OK")


def test_a_rescheduled_row_and_its_successor_are_linked() -> None:
    with trying() as trial:
        old = a_booking(trial.clinic)
        new = trial.clinic.rebook(old.id, start=old.start + timedelta(days=3))
        trial.sweep()
        known = trial.known.appointments
        assert known[str(old.id)].status is AppointmentStatus.CANCELLED
        assert known[str(new.id)].replaces_id == str(old.id)


def test_telehealth_rows_are_marks_where_they_are_read() -> None:
    with trying(settings={"telehealth_rows": "read"}) as trial:
        with_room, without = a_booking(trial.clinic), a_booking(trial.clinic, has_video_room=False)
        trial.sweep()
        kinds = {key: {mark.kind for mark in each.marks} for key, each in trial.known.appointments.items()}
        assert MarkKind.MODE in kinds[str(with_room.id)]
        assert MarkKind.MODE not in kinds[str(without.id)]


def test_few_patients_are_read_one_by_one_and_many_through_the_list() -> None:
    with trying() as trial:
        ids = [str(a_patient(trial.clinic).id) for _ in range(120)]
        trial.read_patients(ids[:99])
        assert len(asked(trial, r"^GET /api/patients/\d+")) == 99
        before = len(trial.server.requests)
        assert set(trial.read_patients(ids)) == set(ids)
        assert len(trial.server.requests) - before == 3


def test_the_list_of_patients_is_never_dearer_than_twice_the_single_reads() -> None:
    with trying(variants={"verbose_patients_page_size": "2"}) as trial:
        strangers = [str(a_patient(trial.clinic).id) for _ in range(400)]
        wanted = strangers[-100:]
        connector = trial.connector()
        trial.take_in(connector.read_patients(wanted, urgency=Urgency.SOON))
        assert set(wanted) <= set(trial.known.patients)
        assert len(asked(trial, r"^GET /api/patients")) <= 200
        before = len(asked(trial, r"^GET /api/patients\?"))
        list(connector.read_patients(wanted, urgency=Urgency.SOON))
        assert len(asked(trial, r"^GET /api/patients\?")) == before


def test_patients_are_read_with_their_insurance() -> None:
    with trying() as trial:
        trial.read_patients([str(a_patient(trial.clinic).id)])
        assert {query["verbose"] for query in asked(trial, r"^GET /api/patients")} == {"true"}


def test_one_restricted_chart_is_that_patients_news_and_all_restricted_is_the_connections() -> None:
    with trying() as trial:
        first, second = a_patient(trial.clinic), a_patient(trial.clinic)
        trial.app.faults.switch_on("forbidden", times=None, match=rf"^GET /api/patients/{first.id}")
        found = trial.read_patients([str(first.id), str(second.id)])
        assert found[str(first.id)].status is PatientStatus.RESTRICTED
        assert found[str(second.id)].status is PatientStatus.ACTIVE
        trial.app.faults.clear()
        trial.app.faults.switch_on("forbidden", times=None, match=r"^GET /api/patients")
        with pytest.raises(NeedsPermission, match="Manage Patients"):
            trial.read_patients([str(first.id)])


def test_profiles_of_several_doctors_are_one_name_with_many_ids() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        trial.clinic.add_practitioner("Anselm", "Okoye")
        the_type(trial.clinic, TELEMEDICINE)
        profiles = [each for each in trial.context.appointment_types.values() if each.name == TELEMEDICINE]
        assert len({each.id for each in profiles}) == len({each.owner_id for each in profiles}) == 2


def test_a_desk_is_no_clinician_and_nobody_is_called_a_desk_where_users_may_not_be_read() -> None:
    for is_readable in (True, False):
        with trying() as trial:
            the_practitioner(trial.clinic)
            desk = trial.clinic.add_practitioner("Front", "Desk", is_provider=False)
            trial.clinic.add_staff("Verity", "Marsh", email="v.marsh@example.org")
            if not is_readable:
                trial.app.faults.switch_on("forbidden", times=None, match="^GET /api/users")
            people = trial.context.practitioners
            assert people[str(desk.id)].is_clinician is not is_readable
            assert all(each.is_clinician for key, each in people.items() if key != str(desk.id))
