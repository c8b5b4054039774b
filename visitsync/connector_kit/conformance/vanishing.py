"""Trials of vendors whose schedule only shows what still stands: what ends or gets a new number is simply missing."""

from datetime import timedelta

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.domain.appointment import AppointmentStatus
from visitsync.simulator_kit.staging import a_booking

FIVE_MINUTES = timedelta(minutes=5)


class VanishingConformance(ConnectorConformance):
    """The suite, where absence from a complete reading is all that is ever told of an end."""

    def test_a_booking_a_move_and_a_cancellation_are_seen_as_changes(self) -> None:
        """Of the cancellation only the next complete reading knows; until then what was known stands."""
        with self.trial() as trial:
            moved, cancelled = a_booking(trial.clinic), a_booking(trial.clinic)
            trial.sweep()
            bookmark = trial.changes(None)
            trial.clock.advance(FIVE_MINUTES)
            booked = a_booking(trial.clinic)
            trial.clinic.move(moved.id, start=moved.start + timedelta(days=1))
            cancelled_id = trial.app.vendor_id(cancelled.id)
            trial.clinic.cancel(cancelled.id)
            trial.clock.advance(FIVE_MINUTES)
            trial.changes(bookmark)
            known = trial.known.appointments
            assert trial.app.vendor_id(booked.id) in known
            assert known[trial.app.vendor_id(moved.id)].start.wall == moved.start + timedelta(days=1)
            assert known[cancelled_id].status is AppointmentStatus.BOOKED
            self._forget_and_sweep(trial)
            assert differences(trial) == []
            assert cancelled_id not in trial.known.appointments

    def test_a_cancellation_taken_back_is_seen(self) -> None:
        with self.trial() as trial:
            booked = a_booking(trial.clinic)
            identity = trial.app.vendor_id(booked.id)
            for verb, is_there in ((trial.clinic.cancel, False), (trial.clinic.uncancel, True)):
                trial.clock.advance(FIVE_MINUTES)
                verb(booked.id)
                self._forget_and_sweep(trial)
                assert (identity in trial.known.living()) == is_there
            assert trial.known.appointments[identity].status is AppointmentStatus.BOOKED

    def test_what_was_cancelled_is_gone_when_its_day_is_read(self) -> None:
        with self.trial() as trial:
            booked, kept = a_booking(trial.clinic), a_booking(trial.clinic)
            trial.sweep()
            trial.clinic.cancel(booked.id)
            assert trial.fetch(trial.app.vendor_id(booked.id)) is None
            assert trial.fetch(trial.app.vendor_id(kept.id)) is not None

    def test_an_edit_that_touches_no_stamp_is_found_by_the_sweep(self) -> None:
        with self.trial() as trial:
            booked = a_booking(trial.clinic)
            trial.sweep()
            with trial.clinic.editing(touches_stamp=False):
                trial.clinic.cancel(booked.id)
            self._forget_and_sweep(trial)
            assert differences(trial) == []

    def _forget_and_sweep(self, trial: Trial) -> None:
        """A complete reading by itself: what it does not bring is not on the schedule."""
        trial.known.appointments.clear()
        trial.sweep()
