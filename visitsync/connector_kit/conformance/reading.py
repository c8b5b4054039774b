"""Trials of complete readings: empty, whole, in pages of any size, resumed anywhere, while the clinic works on."""

from datetime import timedelta

import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.conformance.vendor import Vendor, needs_fault
from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.pages import CATALOG_KINDS, FetchedPage, RawRecord, RecordKind
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import ZONES, a_busy_clinic
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, the_location, the_practitioner, the_type

BOOKMARKS = 12
"""From about how many of a long reading's bookmarks the rest is read."""


class Reading(Vendor):
    """What must hold of every complete reading."""

    def clinic_of_some_size(self, seed: int = 7, appointments: int = 90) -> Clinic:
        """A clinic with everything odd that real ones have, in one zone unless the vendor tells zones."""
        zones = ZONES if self.tells_zones else ZONES[:1]
        return a_busy_clinic(seed, NOON, appointments=appointments, zones=zones)

    def test_an_empty_practice_is_read_without_an_error(self) -> None:
        with self.trial() as trial:
            trial.sweep()
            bookmark = trial.changes(None)
            trial.changes(bookmark)
            assert trial.known.records == 0
            assert differences(trial) == []

    def test_a_sweep_understands_every_appointment_of_the_window(self) -> None:
        with self.trial(clinic=self.clinic_of_some_size(appointments=200)) as trial:
            trial.sweep()
            assert differences(trial) == []
            assert trial.known.unreadable == []

    def test_pages_of_any_size_hold_the_same(self) -> None:
        for variants in self.small_pages:
            with self.trial(clinic=self.clinic_of_some_size(), variants=variants) as trial:
                trial.sweep()
                assert differences(trial) == [], variants

    def test_a_sweep_resumes_at_any_bookmark(self) -> None:
        with self.trial(clinic=self.clinic_of_some_size(), variants=self.small_pages[0]) as trial:
            pages = trial.sweep()
            everything = _ids(trial, pages)
            resumable = [(number, page) for number, page in enumerate(pages) if page.bookmark is not None]
            for number, page in resumable[:: max(1, len(resumable) // BOOKMARKS)]:
                rest = list(trial.connector().read_window(*trial.window, page.bookmark))
                assert _ids(trial, pages[: number + 1]) | _ids(trial, rest) == everything
                assert len(rest) <= len(pages) - number

    def test_the_last_bookmark_of_a_sweep_leaves_nothing_to_read(self) -> None:
        with self.trial(clinic=self.clinic_of_some_size(appointments=30)) as trial:
            pages = trial.sweep()
            last = pages[-1].bookmark
            assert last is None or list(trial.connector().read_window(*trial.window, last)) == []

    def test_changes_resume_at_any_bookmark(self) -> None:
        with self.trial(variants=self.small_pages[0]) as trial:
            start = trial.changes(None)
            trial.clock.advance(timedelta(minutes=10))
            for _ in range(30):
                a_booking(trial.clinic)
            pages = list(trial.connector().read_changes(start))
            everything = _ids(trial, pages)
            assert len(everything) == 30
            for number, page in enumerate(pages):
                rest = list(trial.connector().read_changes(page.bookmark))
                assert _ids(trial, pages[: number + 1]) | _ids(trial, rest) == everything

    def test_a_bookmark_of_another_simulator_or_version_is_no_dead_end(self) -> None:
        with self.trial(clinic=self.clinic_of_some_size(appointments=30), variants=self.small_pages[0]) as trial:
            bookmark = next(iter(trial.connector().read_window(*trial.window, None))).bookmark
            changed = next(iter(trial.connector().read_changes(None))).bookmark
        with self.trial(clinic=trial.clinic) as later:
            for old in (bookmark, "written by a version that nobody remembers"):
                later.take_in(later.connector().read_window(*later.window, old))
            for old in (changed, "written by a version that nobody remembers"):
                assert later.changes(old) is not None
            assert differences(later) == []

    @needs_fault("duplicate_rows")
    def test_rows_that_come_twice_make_no_difference(self) -> None:
        with self.trial(clinic=self.clinic_of_some_size()) as trial:
            trial.app.faults.switch_on("duplicate_rows", times=None, match=self.list_line, share=1.0)
            trial.sweep()
            assert differences(trial) == []
            assert trial.known.records > len(trial.known.appointments)

    @pytest.mark.parametrize("disturbance", ["row_inserted_between_pages", "row_deleted_between_pages"])
    def test_what_happens_between_two_pages_is_known_after_the_next_reading(self, disturbance: str) -> None:
        with self.trial(clinic=self.clinic_of_some_size(), variants=self.small_pages[0]) as trial:
            bookmark = trial.changes(None)
            trial.app.faults.switch_on(disturbance, times=3, match=self.list_line, rows=2)
            trial.sweep()
            trial.changes(bookmark)
            trial.known.appointments.clear()
            trial.sweep()
            assert differences(trial) == []

    @needs_fault("next_is_same_page")
    def test_a_list_that_goes_in_a_circle_is_left(self) -> None:
        with self.trial(clinic=self.clinic_of_some_size(), variants=self.small_pages[0]) as trial:
            trial.app.faults.switch_on("next_is_same_page", times=None, match=self.list_line)
            with pytest.raises(TryAgainLater):
                trial.sweep()
            assert self.lists_asked(trial) <= 10

    def test_the_catalog_names_everything_that_appointments_refer_to(self) -> None:
        with self.trial() as trial:
            there = the_location(trial.clinic)
            who = the_practitioner(trial.clinic)
            kind = the_type(trial.clinic, TELEMEDICINE)
            a_booking(trial.clinic)
            kinds = {page.kind for page in trial.connector().read_catalog()}
            trial.sweep()
            (booked,) = trial.known.appointments.values()
            assert kinds == CATALOG_KINDS
            assert there.name in {entry.name for entry in trial.context.locations.values()}
            assert kind.name in {entry.name for entry in trial.context.appointment_types.values()}
            assert who.last_name in trial.context.practitioners[booked.practitioner_id or ""].name
            assert kind.name in {mark.text for mark in booked.marks}

    def test_a_practitioner_who_cannot_work_is_told_apart(self) -> None:
        with self.trial() as trial:
            the_practitioner(trial.clinic)
            gone = trial.clinic.add_practitioner("Cormac", "Adeyemi", is_enabled=False)
            named = {entry.name: entry for entry in trial.context.practitioners.values()}
            left_out = not any(gone.last_name in name for name in named)
            assert left_out or not next(each for name, each in named.items() if gone.last_name in name).is_active


def _ids(trial: Trial, pages: list[FetchedPage]) -> set[str]:
    """The appointments on these pages."""
    return {
        record.id
        for page in pages
        if page.kind is RecordKind.APPOINTMENT
        for record in trial.module.TRANSLATOR.split(page)
        if isinstance(record, RawRecord)
    }
