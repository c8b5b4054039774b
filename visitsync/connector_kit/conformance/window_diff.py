"""Trials of an EMR that cannot be asked what has changed: days are read whole, and what is missing is asked for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.conformance.vendor import Vendor, needs
from visitsync.domain.appointment import AppointmentStatus
from visitsync.simulator_kit.staging import a_booking

Variants = Mapping[str, str]
FIVE_MINUTES = timedelta(minutes=5)


class WindowDiff(Vendor):
    """What must hold where reading whole days and comparing is the only way; inherit it beside the suite."""

    far_days: ClassVar[tuple[int, ...]] = (20, 50, 80)
    """Days ahead that lie beyond the days which are read every time."""
    readings_until_all_is_read: ClassVar[int] = 6
    """After so many readings of changes every coming day of three months has been read."""
    cancelled_are_hidden: ClassVar[Variants] = {}
    """Variants under which lists leave cancelled appointments out; {}: the vendor surely shows them."""

    def test_an_edit_that_touches_no_stamp_is_seen_as_a_change(self) -> None:
        with self.trial() as trial:
            booked = a_booking(trial.clinic)
            bookmark = trial.changes(None)
            with trial.clinic.editing(touches_stamp=False):
                trial.clinic.move(booked.id, start=booked.start + timedelta(hours=1))
            trial.clock.advance(FIVE_MINUTES)
            trial.changes(bookmark)
            known = trial.known.appointments[trial.app.vendor_id(booked.id)]
            assert known.start.wall == booked.start + timedelta(hours=1)

    def test_far_days_are_read_in_turn_without_a_sweep(self) -> None:
        with self.trial() as trial:
            bookmark = trial.changes(None)
            booked = [a_booking(trial.clinic, in_days=days) for days in self.far_days]
            for _ in range(self.readings_until_all_is_read):
                trial.clock.advance(FIVE_MINUTES)
                bookmark = trial.changes(bookmark)
            assert {trial.app.vendor_id(one.id) for one in booked} <= set(trial.known.appointments)

    def test_a_row_that_disappears_is_asked_for_and_only_then_gone(self) -> None:
        with self.trial() as trial:
            gone, kept = a_booking(trial.clinic), a_booking(trial.clinic)
            trial.sweep()
            trial.clinic.delete(gone.id)
            before = dict(trial.known.appointments)
            met = _met_by_a_sweep(trial)
            trial.known.appointments = before
            assert set(before) - met == {trial.app.vendor_id(gone.id)}
            assert trial.fetch(trial.app.vendor_id(gone.id)) is None
            assert trial.fetch(trial.app.vendor_id(kept.id)) is not None

    @needs("cancelled_are_hidden")
    def test_a_cancelled_appointment_that_lists_hide_is_cancelled_and_not_gone(self) -> None:
        with self.trial(variants=self.cancelled_are_hidden) as trial:
            booked = a_booking(trial.clinic)
            identity = trial.app.vendor_id(booked.id)
            trial.sweep()
            trial.clinic.cancel(booked.id)
            before = dict(trial.known.appointments)
            assert identity not in _met_by_a_sweep(trial)
            trial.known.appointments = before
            found = trial.fetch(identity)
            assert found is not None
            assert found.status is AppointmentStatus.CANCELLED

    def test_an_appointment_moved_between_days_while_they_are_read_is_known_in_the_end(self) -> None:
        with self.trial(variants=self.small_pages[0]) as trial:
            booked = [a_booking(trial.clinic, in_days=2 + number % 40) for number in range(40)]
            pages = trial.connector().read_window(*trial.window, None)
            for number, page in enumerate(pages):
                trial.take_in([page])
                trial.clinic.move(booked[-1 - number % 40].id, start=booked[number % 40].start - timedelta(days=1))
            trial.known.appointments.clear()
            trial.sweep()
            assert differences(trial) == []


def _met_by_a_sweep(trial: Trial) -> set[str]:
    """What a complete reading of the window shows."""
    trial.known.appointments = {}
    trial.sweep()
    return set(trial.known.appointments)
