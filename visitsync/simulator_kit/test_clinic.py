"""The clinic: what staff do is stamped, kept in the history, and shown when it should be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.records import CANCELLED, RESCHEDULED
from visitsync.simulator_kit.staging import a_booking, a_patient, the_location, the_practitioner, the_type
from visitsync.simulator_kit.truth import wall_time_is

NOON = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock.frozen_at(NOON)


@pytest.fixture
def clinic(clock: VirtualClock) -> Clinic:
    return Clinic(clock=clock)


def test_an_edit_stamps_what_it_touched_and_nothing_else(clinic: Clinic, clock: VirtualClock) -> None:
    first, second = a_booking(clinic), a_booking(clinic)
    clock.advance(MINUTE)
    clinic.cancel(first.id)
    assert clinic.appointments[first.id].changed_at == NOON + MINUTE
    assert clinic.appointments[first.id].status == CANCELLED
    assert clinic.appointments[second.id] == second


def test_correcting_a_chart_does_not_touch_its_appointments(clinic: Clinic, clock: VirtualClock) -> None:
    appointment = a_booking(clinic)
    assert appointment.patient_id is not None
    clock.advance(MINUTE)
    clinic.change_patient(appointment.patient_id, email="new@example.org")
    assert clinic.appointments[appointment.id].changed_at == NOON
    assert clinic.patients[appointment.patient_id].changed_at == NOON + MINUTE


def test_an_edit_can_leave_the_stamp_alone(clinic: Clinic, clock: VirtualClock) -> None:
    appointment = a_booking(clinic)
    clock.advance(MINUTE)
    with clinic.editing(touches_stamp=False):
        clinic.move(appointment.id, start=appointment.start + timedelta(days=1))
    assert clinic.appointments[appointment.id].changed_at == NOON


def test_several_edits_can_share_a_stamp(clinic: Clinic, clock: VirtualClock) -> None:
    made = [a_booking(clinic) for _ in range(3)]
    with clinic.editing(stamp=NOON - MINUTE):
        for appointment in made:
            clock.advance(MINUTE)
            clinic.no_show(appointment.id)
    assert {clinic.appointments[appointment.id].changed_at for appointment in made} == {NOON - MINUTE}


def test_a_late_edit_shows_the_old_version_first(clinic: Clinic, clock: VirtualClock) -> None:
    appointment = a_booking(clinic)
    with clinic.editing(visible_after=10 * MINUTE):
        clinic.cancel(appointment.id)
    assert clinic.appointments.shown(clock())[appointment.id] == appointment
    clock.advance(10 * MINUTE)
    assert clinic.appointments.shown(clock())[appointment.id].status == CANCELLED
    assert clinic.appointments.is_settled(clock())


def test_a_late_deletion_still_shows_the_row(clinic: Clinic, clock: VirtualClock) -> None:
    appointment = a_booking(clinic)
    with clinic.editing(visible_after=MINUTE):
        clinic.delete(appointment.id)
    assert clinic.appointments.shown_one(appointment.id, clock()) == appointment
    clock.advance(MINUTE)
    assert clinic.appointments.shown_one(appointment.id, clock()) is None


def test_a_lagging_list_is_behind_while_single_reads_are_not(clinic: Clinic, clock: VirtualClock) -> None:
    clinic.list_lag = timedelta(seconds=5)
    appointment = a_booking(clinic)
    assert not clinic.appointments.shown(clock(), clinic.list_lag)
    assert clinic.appointments.shown_one(appointment.id, clock()) == appointment
    clock.advance(timedelta(seconds=5))
    assert appointment.id in clinic.appointments.shown(clock(), clinic.list_lag)


def test_rebooking_keeps_the_old_entry_and_links_the_new_one(clinic: Clinic) -> None:
    old = a_booking(clinic)
    new = clinic.rebook(old.id, start=old.start + timedelta(days=3))
    assert clinic.appointments[old.id].status == RESCHEDULED
    assert (new.moved_from, new.patient_id) == (old.id, old.patient_id)


def test_an_occurrence_is_materialised_by_the_first_edit(clinic: Clinic) -> None:
    series = clinic.book_series(
        count=4,
        patient_id=a_patient(clinic).id,
        practitioner_id=the_practitioner(clinic).id,
        location_id=the_location(clinic).id,
        type_id=the_type(clinic, "Telemedicine Visit").id,
        start=datetime(2026, 11, 5, 10, 0),
    )
    assert [a.is_materialised for a in clinic.occurrences_of(series[0].id)] == [True, False, False, False]
    clinic.move(series[2].id, start=series[2].start + timedelta(hours=1))
    assert clinic.appointments[series[2].id].is_materialised
    assert clinic.appointments[series[2].id].occurrence_on == date(2026, 11, 19)


def test_merging_charts_takes_the_appointments_along(clinic: Clinic) -> None:
    kept, gone = a_patient(clinic), a_patient(clinic)
    appointment = a_booking(clinic, patient=gone)
    clinic.merge_patients(kept=kept.id, gone=gone.id)
    assert clinic.appointments[appointment.id].patient_id == kept.id
    assert clinic.patients[gone.id].merged_into == kept.id


@pytest.mark.parametrize(
    ("wall", "kind"),
    [("2026-11-01T01:30:00", "repeated"), ("2027-03-14T02:30:00", "missing"), ("2026-11-02T09:00:00", "certain")],
)
def test_wall_times_at_a_change_of_clocks_are_told_apart(clinic: Clinic, wall: str, kind: str) -> None:
    appointment = a_booking(clinic, start=datetime.fromisoformat(wall))
    assert wall_time_is(appointment.start, clinic.zone_of(appointment)) == kind


def test_the_history_tells_what_happened_without_patient_data(clinic: Clinic) -> None:
    appointment = a_booking(clinic)
    assert appointment.patient_id is not None
    clinic.change_patient(appointment.patient_id, email="secret@example.org")
    clinic.delete(appointment.id)
    told = [(happening.what, happening.kind, happening.id) for happening in clinic.history[-2:]]
    assert told == [("changed", "patient", appointment.patient_id), ("deleted", "appointment", appointment.id)]
    assert "secret@example.org" not in repr(clinic.history)


def test_a_moved_clock_moves_both_ways(clock: VirtualClock) -> None:
    clock.advance(MINUTE)
    clock.set(NOON - MINUTE)
    assert clock() == NOON - MINUTE
