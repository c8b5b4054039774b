"""Trials of credentials: good, bad, revoked, expiring, raced for; and of addresses that tokens must never go to."""

import re
import threading
from datetime import timedelta

import pytest

from visitsync.connector_kit.conformance.compared import differences
from visitsync.connector_kit.conformance.instead import Instead
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.conformance.vendor import Vendor, needs, needs_fault
from visitsync.connector_kit.errors import ConnectorError, ForbiddenAddress, NeedsPermission, NeedsReconnect
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.exchange import Response
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.simulator_kit.staging import a_booking, the_practitioner

HOSTILE_URLS = (
    "http://app.example.com",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://017700000001",
    "https://0177.0.0.1",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://[64:ff9b::7f00:1]",
    "https://[fd00:ec2::254]",
    "https://10.0.0.8",
    "https://172.16.3.4",
    "https://192.168.1.1",
    "https://169.254.169.254",
    "https://100.100.100.200",
    "https://168.63.129.16",
    "https://0.0.0.0",
    "https://localhost",
    "https://localhost.",
    "https://user:password@app.example.com",
    "https://app.example.com@127.0.0.1",
    "https://app.example.com\\@127.0.0.1",
    "https://exämple.com",
    "https://１２７.０.０.１",
    "https://app.example.com:99999",
    "ftp://app.example.com",
    "file:///etc/hosts",
    "https://",
    "",
)


class SigningIn(Vendor):
    """What must hold of credentials and addresses."""

    def test_good_credentials_pass_the_check(self) -> None:
        with self.trial() as trial:
            the_practitioner(trial.clinic)
            check = trial.connector().check()
        assert check.is_working, check.problems

    def test_bad_credentials_need_a_reconnect(self) -> None:
        with self.trial(credentials=self.bad_credentials()) as trial, pytest.raises(NeedsReconnect):
            trial.connector().check()

    def test_revoked_credentials_need_a_reconnect_and_cause_no_storm(self) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            bookmark = trial.changes(None)
            self.revoke(trial.app)
            trial.clock.advance(timedelta(hours=1))
            before = len(trial.server.requests)
            with pytest.raises(NeedsReconnect):
                list(trial.connector().read_changes(bookmark))
            assert len(trial.server.requests) - before <= 4

    @needs_fault("forbidden")
    def test_a_missing_permission_is_named_and_is_no_empty_list(self) -> None:
        with self.trial() as trial:
            the_practitioner(trial.clinic)
            trial.app.faults.switch_on("forbidden", times=None, match=self.list_line)
            with pytest.raises(NeedsPermission):
                trial.sweep()
            check = trial.connector().check()
        assert not check.is_working
        assert all(check.problems)

    @needs("token_line")
    @needs_fault("token_expires")
    def test_a_token_that_expires_in_the_middle_is_renewed_and_nothing_is_missed(self) -> None:
        with self.trial(variants=self.small_pages[0], clinic=a_busy_clinic(3, NOON, appointments=90)) as trial:
            trial.connector().check()
            before = self._tokens_asked(trial)
            trial.app.faults.switch_on("token_expires", skip=1, match=self.list_line)
            trial.sweep()
            assert differences(trial) == []
            assert self._tokens_asked(trial) - before == 1

    @needs("token_line")
    @needs_fault("token_expires")
    def test_many_workers_with_one_dead_token_refresh_it_once(self) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            trial.connector().check()
            before, saved = self._tokens_asked(trial), trial.credentials.renewals
            workers = [trial.connector() for _ in range(4)]
            trial.app.faults.switch_on("token_expires", match=self.list_line)
            start, failures = threading.Barrier(len(workers)), []

            def work(number: int) -> None:
                start.wait()
                try:
                    list(workers[number].read_window(*trial.window, None))
                except ConnectorError as error:
                    failures.append(error)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(len(workers))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert failures == []
            assert self._tokens_asked(trial) - before == trial.credentials.renewals - saved == 1

    @needs("token_line")
    @needs_fault("refresh_fails", "token_expires")
    def test_a_refused_refresh_needs_a_reconnect(self) -> None:
        with self.trial() as trial:
            a_booking(trial.clinic)
            trial.connector().check()
            trial.app.faults.switch_on("token_expires", match=self.list_line)
            trial.app.faults.switch_on("refresh_fails", times=None)
            with pytest.raises(NeedsReconnect):
                trial.sweep()

    @pytest.mark.parametrize("url", HOSTILE_URLS)
    def test_a_hostile_base_url_is_refused_and_never_asked(self, url: str) -> None:
        with self.trial() as trial, pytest.raises(ForbiddenAddress):
            trial.connector(base_url=url, allows_loopback=False).check()

    def test_this_machine_is_refused_unless_loopback_is_allowed(self) -> None:
        with self.trial() as trial:
            with pytest.raises(ForbiddenAddress):
                trial.connector(allows_loopback=False).check()
            assert not trial.server.requests

    @pytest.mark.parametrize("url", ["http://10.0.0.8", "https://192.168.1.1", "https://169.254.169.254"])
    def test_allowing_loopback_allows_no_other_private_address(self, url: str) -> None:
        with self.trial() as trial, pytest.raises(ForbiddenAddress):
            trial.connector(base_url=url).check()

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_to_another_host_is_not_followed(self, status: int) -> None:
        with self.trial() as trial, SimulatorServer(Instead(trial.app, "", Response(body=b"{}"))) as elsewhere:
            moved = Response(status=status, content_type=None, headers=(("Location", f"{elsewhere.url}/lists"),))
            trial.server.app = Instead(trial.app, self.list_line, moved)
            with pytest.raises(ConnectorError):
                trial.sweep()
            assert not elsewhere.requests

    def _tokens_asked(self, trial: Trial) -> int:
        return sum(bool(re.search(self.token_line, request.line)) for request in list(trial.server.requests))
