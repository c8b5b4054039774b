"""Trials of feeds that hand out every change once: what a lost answer held comes again, and a second reader shows."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.conformance.vendor import Vendor, impatient, needs
from visitsync.connector_kit.errors import ConnectorError
from visitsync.connector_kit.pages import FetchedPage
from visitsync.simulator_kit.records import Appointment
from visitsync.simulator_kit.staging import a_booking

POLL = timedelta(minutes=5)
USED_ELSEWHERE = "key-used-elsewhere"
A_WHILE = timedelta(hours=2)


class ConsumedOnRead(Vendor):
    """What must hold where the EMR marks what it hands out as read. `consumed_line` is the feed in the request log."""

    @needs("consumed_line")
    @pytest.mark.parametrize("fault", ["answer_lost", "truncated_body", "short_body", "connection_reset", "stall"])
    def test_what_an_answer_held_that_never_arrived_comes_again(self, fault: str) -> None:
        with self.trial() as trial:
            bookmark = self._settled(trial)
            booked = [a_booking(trial.clinic) for _ in range(5)]
            trial.app.faults.switch_on(fault, times=None, match=self.consumed_line, **_options(fault))
            with impatient(total_seconds=0.5):
                for _ in range(2):
                    bookmark = self._fails(trial, bookmark)
                    trial.clock.advance(POLL)
            trial.app.faults.clear()
            self._follow(trial, bookmark, A_WHILE)
            assert self._unknown(trial, booked) == []

    @needs("consumed_line")
    def test_a_process_that_dies_between_any_two_pages_leaves_nothing_behind(self) -> None:
        for died_after in range(6):
            with self.trial(variants=self.small_pages[0]) as trial:
                bookmark = self._settled(trial)
                booked = [a_booking(trial.clinic) for _ in range(20)]
                trial.clock.advance(POLL)
                for number, page in enumerate(trial.connector().read_changes(bookmark)):
                    trial.take_in([page])
                    if number == died_after:
                        break
                trial.clock.advance(POLL)
                # Bytes that were kept are taken in by whoever goes on; bookmarks of such pages are not.
                self._follow(trial, bookmark, A_WHILE)
                assert self._unknown(trial, booked) == [], died_after

    @needs("consumed_line")
    def test_an_answer_that_came_and_was_never_kept_comes_again(self) -> None:
        with self.trial() as trial:
            bookmark = self._settled(trial)
            booked = [a_booking(trial.clinic) for _ in range(5)]
            trial.clock.advance(POLL)
            for _page in trial.connector().read_changes(bookmark):
                pass  # the process dies with all of it in memory
            trial.clock.advance(POLL)
            self._follow(trial, bookmark, A_WHILE)
            assert self._unknown(trial, booked) == []

    @needs("consumed_line")
    def test_a_quiet_feed_is_asked_about_once_and_replayed_now_and_then(self) -> None:
        with self.trial() as trial:
            bookmark = self._settled(trial)
            before = self._asked(trial)
            rounds = int(timedelta(hours=12) / POLL)
            for _ in range(rounds):
                trial.clock.advance(POLL)
                bookmark = trial.changes(bookmark)
            assert rounds < self._asked(trial) - before <= rounds * 1.25

    @needs("consumed_line")
    def test_a_change_of_the_clocks_hides_nothing_from_a_replay(self) -> None:
        autumn = datetime.fromisoformat("2026-11-01T04:30:00+00:00")
        for hours in range(4):
            with self.trial() as trial:
                trial.clock.set(autumn + timedelta(hours=hours))
                bookmark = self._settled(trial)
                booked = [a_booking(trial.clinic, in_days=4) for _ in range(3)]
                trial.clock.advance(POLL)
                list(trial.connector().read_changes(bookmark))  # handed out, and lost
                trial.clock.advance(POLL)
                self._follow(trial, bookmark, A_WHILE)
                assert self._unknown(trial, booked) == [], hours

    @needs("consumed_line")
    def test_another_reader_of_the_same_key_is_noticed_and_its_rows_come_all_the_same(self) -> None:
        with self.trial() as trial:
            bookmark = self._settled(trial)
            elsewhere: str | None = None
            booked, notices = [], []
            for _ in range(40):
                booked.append(a_booking(trial.clinic))
                trial.clock.advance(POLL / 2)
                others = list(trial.connector().read_changes(elsewhere))
                elsewhere = others[-1].bookmark
                trial.clock.advance(POLL / 2)
                bookmark, told = self._changes_and_notices(trial, bookmark)
                notices += told
            self._follow(trial, bookmark, A_WHILE)
            assert set(notices) == {USED_ELSEWHERE}
            assert self._unknown(trial, booked) == []

    @needs("consumed_line")
    def test_nobody_is_suspected_where_nobody_else_reads(self) -> None:
        with self.trial() as trial:
            bookmark, notices = self._settled(trial), []
            for number in range(80):
                if number % 3 == 0:
                    a_booking(trial.clinic)
                if number in (7, 47):  # now and then a process dies with what it was handed
                    a_booking(trial.clinic)
                    list(trial.connector().read_changes(bookmark))
                trial.clock.advance(POLL)
                if number % 20 == 13:
                    bookmark = self._fails(trial, bookmark, "answer_lost")
                    trial.clock.advance(3 * POLL)
                bookmark, told = self._changes_and_notices(trial, bookmark)
                notices += told
            assert notices == []

    def _settled(self, trial: Trial) -> str | None:
        """A bookmark after two quiet readings."""
        bookmark = trial.changes(None)
        trial.clock.advance(POLL)
        return trial.changes(bookmark)

    def _follow(self, trial: Trial, bookmark: str | None, span: timedelta) -> str | None:
        """Reads as a worker would for that long."""
        for _ in range(int(span / POLL)):
            bookmark = trial.changes(bookmark)
            trial.clock.advance(POLL)
        return bookmark

    def _fails(self, trial: Trial, bookmark: str | None, fault: str = "") -> str | None:
        """A reading that goes wrong; the bookmark of the pages that were kept until then."""
        if fault:
            trial.app.faults.switch_on(fault, times=1, match=self.consumed_line)
        with suppress(ConnectorError):
            for page in _pages(trial, bookmark):
                bookmark = page.bookmark or bookmark
        if fault:
            trial.app.faults.clear(fault)
        return bookmark

    def _changes_and_notices(self, trial: Trial, bookmark: str | None) -> tuple[str | None, list[str]]:
        pages = list(_pages(trial, bookmark))
        last = next((page.bookmark for page in reversed(pages) if page.bookmark), bookmark)
        return last, [notice for page in pages for notice in page.notices]

    def _unknown(self, trial: Trial, booked: Sequence[Appointment]) -> list[str]:
        ids = [trial.app.vendor_id(each.id) for each in booked]
        return [identity for identity in ids if identity not in trial.known.appointments]

    def _asked(self, trial: Trial) -> int:
        return len(list(trial.server.requests))


def _pages(trial: Trial, bookmark: str | None) -> Iterator[FetchedPage]:
    for page in trial.connector().read_changes(bookmark):
        trial.take_in([page])
        yield page


def _options(fault: str) -> dict[str, Any]:
    options: dict[str, dict[str, Any]] = {
        "stall": {"seconds": 1.5},
        "truncated_body": {"at": 30},
        "short_body": {"at": 30},
    }
    return options.get(fault, {})
