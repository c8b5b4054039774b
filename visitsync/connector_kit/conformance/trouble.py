"""Trials of everything that goes wrong on the way: outages, garbage, cut-off answers, throttling, bad records."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.far_side import PacedBudget
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.conformance.vendor import Vendor, impatient, needs, needs_fault
from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.limits import Limit, Urgency
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.staging import a_booking

TROUBLES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("outage", {"status": 500}),
    ("outage", {"status": 502}),
    ("outage", {"status": 503}),
    ("outage", {"status": 504}),
    ("html_as_data", {}),
    ("html_as_data", {"content_type": "text/xml"}),
    ("no_content", {}),
    ("connection_reset", {}),
    ("answer_lost", {}),
    ("empty_body", {}),
    ("wrong_content_type", {}),
    ("broken_gzip", {}),
    ("truncated_body", {"at": 0}),
    ("short_body", {"at": 1}),
)
CUTS = 20
"""At how many places of an answer its end is tried, by each of two faults between the places of the other."""


class Trouble(Vendor):
    """What must hold when something goes wrong: an error that time mends, nothing taken for news, all well after."""

    @pytest.mark.parametrize(("fault", "options"), TROUBLES, ids=lambda value: str(value) if value else "")
    def test_trouble_on_the_way_is_waited_out_and_changes_nothing(self, fault: str, options: Mapping[str, Any]) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            trial.sweep()
            trial.app.faults.switch_on(fault, times=None, match=self.list_line, **options)
            self._fails_harmlessly(trial)

    @needs_fault("error_in_200")
    def test_an_error_told_with_status_200_is_no_empty_list(self) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            trial.sweep()
            trial.app.faults.switch_on("error_in_200", times=None, match=self.list_line)
            self._fails_harmlessly(trial)

    @pytest.mark.parametrize("fault", ["truncated_body", "short_body"])
    def test_an_answer_cut_off_anywhere_is_refused_as_a_whole(self, fault: str) -> None:
        with self.trial() as trial:
            for _ in range(3):
                a_booking(trial.clinic)
            (page,) = [page for page in trial.sweep() if len(page.body) > 600][:1]
            step = max(2, len(page.body) // CUTS)
            for cut in range(step // 2 if fault == "short_body" else 0, len(page.body) - 1, step):
                trial.app.faults.switch_on(fault, times=None, match=self.list_line, at=cut)
                self._fails_harmlessly(trial)

    def test_a_packed_answer_is_unpacked(self) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            trial.app.faults.switch_on("gzip", times=None)
            trial.sweep()
            assert differences(trial) == []

    @pytest.mark.parametrize(
        ("fault", "options"), [("oversize_body", {"bytes": 4_000_000}), ("gzip", {"blown_up_to": 50_000_000})]
    )
    def test_an_answer_without_end_is_cut_at_the_limit(self, fault: str, options: Mapping[str, Any]) -> None:
        with self.trial() as trial, impatient(max_body_bytes=1_000_000):
            a_booking(trial.clinic)
            trial.sweep()
            trial.app.faults.switch_on(fault, times=None, match=self.list_line, **options)
            self._fails_harmlessly(trial)

    @pytest.mark.parametrize(
        ("fault", "options"), [("slow_drip", {"bytes": 1, "seconds": 0.05}), ("stall", {"seconds": 3.0})]
    )
    def test_an_answer_that_takes_for_ever_is_not_waited_for(self, fault: str, options: Mapping[str, Any]) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            trial.sweep()
            trial.app.faults.switch_on(fault, times=None, match=self.list_line, **options)
            with impatient(total_seconds=0.2), pytest.raises(TryAgainLater):
                list(trial.connector().read_window(*trial.window, None))

    @needs_fault("unreadable_record")
    def test_one_unreadable_record_does_not_hide_the_others(self) -> None:
        with self.trial() as trial:
            for _ in range(12):
                a_booking(trial.clinic)
            trial.app.faults.switch_on("unreadable_record", times=None, match=self.list_line, row=5)
            trial.sweep()
            assert len(trial.known.living()) == 11
            assert len(trial.known.unreadable) >= 1
            assert all(each.reason for each in trial.known.unreadable)

    @needs_fault("throttled")
    def test_a_throttled_connection_waits_as_told_and_does_not_ask_meanwhile(self) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            trial.sweep()
            trial.app.faults.switch_on("throttled", match=self.list_line)
            with pytest.raises(TryAgainLater) as told:
                trial.sweep()
            assert told.value.until is not None or not self.tells_until
            (refusal,) = trial.budget.refusals
            before = len(trial.server.requests)
            with pytest.raises(TryAgainLater):
                trial.sweep()
            assert len(trial.server.requests) == before
            trial.clock.set(refusal[1] + timedelta(seconds=1))
            trial.sweep()
            assert differences(trial) == []

    @needs("limited")
    def test_the_vendors_limits_are_never_exceeded(self) -> None:
        clinic = a_busy_clinic(11, NOON, appointments=120, zones=("America/New_York",))
        variants = {**self.small_pages[0], **self.limited}
        with self.trial(clinic=clinic, variants=variants) as trial:
            trial.budget = PacedBudget(trial.clock, lambda seconds: trial.clock.advance(timedelta(seconds=seconds)))
            trial.sweep()
            ids = [str(patient.id) for patient in clinic.patients]
            trial.take_in(trial.connector().read_patients(ids, urgency=Urgency.BACKGROUND))
            assert differences(trial) == []
            assert trial.budget.refusals == []
            for limit in trial.module.MANIFEST.limits:
                assert self._busiest(trial, limit) <= limit.requests, limit.name

    def _busiest(self, trial: Trial, limit: Limit) -> int:
        """The most requests that one window of a limit held, as the simulator saw them."""
        at = [each.at.timestamp() for each in list(trial.server.requests) if self.is_counted_by(limit, each)]
        if limit.is_spaced:
            return max((sum(0 <= each - one < limit.seconds - 1e-3 for each in at) for one in at), default=0)
        windows = [one // limit.seconds for one in at]
        return max((windows.count(window) for window in set(windows)), default=0)

    def _fails_harmlessly(self, trial: Trial) -> None:
        """A sweep ends in TryAgainLater, changes nothing that is known, and works again once the fault is gone."""
        before = dict(trial.known.appointments)
        with pytest.raises(TryAgainLater):
            trial.sweep()
        assert trial.known.appointments == before
        trial.app.faults.clear()
        trial.sweep()
        assert differences(trial) == []
