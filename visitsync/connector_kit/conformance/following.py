"""Trials of following what happens: booked, moved, cancelled, deleted, late, silent, and when the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.conformance.vendor import Vendor, needs
from visitsync.domain.appointment import AppointmentStatus
from visitsync.domain.local_time import Clarity
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.staging import a_booking

FIVE_MINUTES = timedelta(minutes=5)
AUTUMN = datetime(2026, 11, 1, tzinfo=UTC)
"""The day on which the clocks of the United States go back, at 06:00 UTC in New York."""
SPRING = datetime(2027, 3, 14, tzinfo=UTC)
"""The day on which they go forward, at 07:00 UTC in New York."""


class Following(Vendor):
    """What must hold of changes."""

    def test_a_booking_a_move_and_a_cancellation_are_seen_as_changes(self) -> None:
        with self.trial() as trial:
            moved, cancelled = a_booking(trial.clinic), a_booking(trial.clinic)
            trial.sweep()
            bookmark = trial.changes(None)
            trial.clock.advance(FIVE_MINUTES)
            booked = a_booking(trial.clinic)
            trial.clinic.move(moved.id, start=moved.start + timedelta(days=1))
            trial.clinic.cancel(cancelled.id)
            trial.clock.advance(FIVE_MINUTES)
            trial.changes(bookmark)
            known = trial.known.appointments
            assert differences(trial) == []
            assert trial.app.vendor_id(booked.id) in known
            assert known[trial.app.vendor_id(moved.id)].start.wall == moved.start + timedelta(days=1)
            assert known[trial.app.vendor_id(cancelled.id)].status is AppointmentStatus.CANCELLED

    def test_a_cancellation_taken_back_is_seen(self) -> None:
        with self.trial() as trial:
            booked = a_booking(trial.clinic)
            bookmark = trial.changes(None)
            for verb in (trial.clinic.cancel, trial.clinic.uncancel):
                trial.clock.advance(FIVE_MINUTES)
                verb(booked.id)
                bookmark = trial.changes(bookmark)
            assert trial.known.appointments[trial.app.vendor_id(booked.id)].status is AppointmentStatus.BOOKED

    @pytest.mark.parametrize("verb", ["archive", "delete"])
    def test_a_deleted_appointment_is_gone_from_the_next_sweep_and_when_asked_for(self, verb: str) -> None:
        with self.trial() as trial:
            deleted, kept = a_booking(trial.clinic), a_booking(trial.clinic)
            deleted_id, kept_id = trial.app.vendor_id(deleted.id), trial.app.vendor_id(kept.id)
            trial.sweep()
            getattr(trial.clinic, verb)(deleted.id)
            before = dict(trial.known.appointments)
            trial.known.appointments.clear()
            trial.sweep()
            assert set(trial.known.living()) == {kept_id}
            trial.known.appointments.update(before)
            assert trial.fetch(deleted_id) is None
            assert trial.fetch(kept_id) is not None

    def test_reading_again_without_news_is_cheap_and_moves_on(self) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            bookmark = trial.changes(None)
            for _ in range(3):
                trial.clock.advance(FIVE_MINUTES)
                bookmark = trial.changes(bookmark)
            before = len(trial.server.requests)
            trial.clock.advance(FIVE_MINUTES)
            assert trial.changes(bookmark) is not None
            assert len(trial.server.requests) - before <= self.requests_when_idle

    def test_edits_shown_late_with_an_old_stamp_and_many_with_one_stamp_are_all_known_in_the_end(self) -> None:
        with self.trial() as trial:
            bookmark = trial.changes(None)
            trial.clock.advance(FIVE_MINUTES)
            with trial.clinic.editing(visible_after=timedelta(minutes=20)):
                late = [a_booking(trial.clinic) for _ in range(5)]
            with trial.clinic.editing(stamp=trial.clock()):
                for _ in range(30):
                    a_booking(trial.clinic)
            for _ in range(6):
                bookmark = trial.changes(bookmark)
                trial.clock.advance(FIVE_MINUTES)
            trial.sweep()
            assert differences(trial) == []
            assert len(trial.known.living()) == 35 >= len(late)

    def test_an_edit_that_lists_show_half_a_minute_late_is_still_seen_among_changes(self) -> None:
        with self.trial() as trial:
            bookmark = trial.changes(None)
            trial.clock.advance(FIVE_MINUTES)
            with trial.clinic.editing(visible_after=timedelta(seconds=30)):
                booked = a_booking(trial.clinic)
            trial.clock.advance(timedelta(seconds=10))
            bookmark = trial.changes(bookmark)
            trial.clock.advance(FIVE_MINUTES)
            trial.changes(bookmark)
            assert trial.app.vendor_id(booked.id) in trial.known.appointments

    def test_an_edit_that_touches_no_stamp_is_found_by_the_sweep(self) -> None:
        with self.trial() as trial:
            booked = a_booking(trial.clinic)
            trial.sweep()
            with trial.clinic.editing(touches_stamp=False):
                trial.clinic.cancel(booked.id)
            trial.sweep()
            assert differences(trial) == []

    @needs("shows_patient_changes")
    def test_a_corrected_address_is_seen_among_patient_changes(self) -> None:
        with self.trial() as trial:
            patient = a_booking(trial.clinic).patient_id or 0
            bookmark = _patient_changes(trial, None)
            trial.clock.advance(FIVE_MINUTES)
            trial.clinic.change_patient(patient, email="corrected@example.net")
            trial.clock.advance(FIVE_MINUTES)
            _patient_changes(trial, bookmark)
            assert trial.known.patients[str(patient)].email == "corrected@example.net"

    def test_stamps_are_the_moments_they_stand_for(self) -> None:
        for now in (NOON, datetime(2027, 7, 6, 15, 30, tzinfo=UTC)):
            clinic = Clinic(clock=VirtualClock.frozen_at(now))
            with self.trial(clinic=clinic) as trial:
                booked = a_booking(clinic)
                trial.clock.advance(timedelta(hours=2))
                clinic.set_status(booked.id, "confirmed")
                trial.sweep()
                (known,) = trial.known.appointments.values()
                assert known.booked_at is None or abs(known.booked_at - now) < timedelta(seconds=60)
                changed = now + timedelta(hours=2)
                assert known.changed_at is None or abs(known.changed_at - changed) < timedelta(seconds=60)

    @pytest.mark.parametrize("change", [AUTUMN, SPRING])
    @pytest.mark.parametrize("zone", ["America/New_York", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu"])
    def test_every_day_around_a_change_of_the_clocks_starts_at_its_true_moment(
        self, change: datetime, zone: str
    ) -> None:
        clinic = Clinic(clock=VirtualClock.frozen_at(change - timedelta(days=4)), zone=zone)
        with self.trial(clinic=clinic) as trial:
            for day in range(8):
                for hour in (0, 9, 16, 23):
                    a_booking(clinic, start=_wall(change, day - 3, hour))
            trial.sweep()
            assert differences(trial) == []
            assert len(trial.known.living()) == 32
            assert all(each.start.clarity is Clarity.CERTAIN for each in trial.known.living().values())

    @pytest.mark.parametrize(("change", "hour"), [(AUTUMN, 1), (SPRING, 2)])
    def test_a_doubtful_wall_time_is_never_guessed_at(self, change: datetime, hour: int) -> None:
        clinic = Clinic(clock=VirtualClock.frozen_at(change - timedelta(days=4)))
        with self.trial(clinic=clinic) as trial:
            booked = a_booking(clinic, start=_wall(change, 0, hour).replace(minute=30))
            trial.sweep()
            (known,) = trial.known.living().values()
            # A vendor that tells the instant itself leaves no doubt.
            assert known.start.clarity is not Clarity.CERTAIN or known.start.instant == clinic.instant_of(booked)

    @pytest.mark.parametrize("change", [AUTUMN, SPRING])
    def test_nothing_is_missed_while_the_clocks_change(self, change: datetime) -> None:
        clinic = Clinic(clock=VirtualClock.frozen_at(change + timedelta(hours=4)))
        with self.trial(clinic=clinic) as trial:
            bookmark = trial.changes(None)
            for _ in range(24):
                booked = a_booking(clinic, in_days=5)
                trial.clock.advance(timedelta(minutes=10))
                bookmark = trial.changes(bookmark)
                assert trial.app.vendor_id(booked.id) in trial.known.appointments


def _patient_changes(trial: Trial, bookmark: str | None) -> str | None:
    for page in trial.connector().read_patient_changes(bookmark):
        trial.take_in([page])
        bookmark = page.bookmark or bookmark
    return bookmark


def _wall(day: datetime, days: int, hour: int) -> datetime:
    return (day + timedelta(days=days)).replace(hour=hour, tzinfo=None)
