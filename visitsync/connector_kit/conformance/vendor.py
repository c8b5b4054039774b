"""What the suite must be told about a vendor; a vendor's test class overrides what differs."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from visitsync.connector_kit.conformance.trial import Trial, connector_module, simulator_module
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Limit
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.disturbances import DISTURBANCES
from visitsync.simulator_kit.faults import WIRE_FAULTS
from visitsync.simulator_kit.server import LoggedRequest

Variants = Mapping[str, str]
Test = TypeVar("Test", bound=Callable[..., None])


def needs(*attributes: str) -> Callable[[Test], Test]:
    """A test for vendors of which all these attributes are set; the others do not even collect it."""
    return _mark("needs_attributes", attributes)


def needs_fault(*faults: str) -> Callable[[Test], Test]:
    """A test for vendors whose simulator can do all these faults."""
    return _mark("needs_faults", faults)


def _mark(name: str, values: tuple[str, ...]) -> Callable[[Test], Test]:
    def mark(test: Test) -> Test:
        setattr(test, name, values)
        return test

    return mark


class Vendor:
    """One EMR under trial. Only `emr` and `list_line` must be given."""

    emr: ClassVar[str]
    path: ClassVar[str] = ""
    """What follows the simulator's address in the base URL."""
    quick: ClassVar[Variants] = {}
    """Variants of the simulator that lift the vendor's limits, so that trials need not wait."""
    limited: ClassVar[Variants] = {}
    """Variants under which the vendor's limits are in force."""
    small_pages: ClassVar[Sequence[Variants]] = ({},)
    """Sets of variants under which lists come in pages of various sizes, small ones first."""
    settings: ClassVar[Mapping[str, str]] = {}
    list_line: ClassVar[str] = ""
    """A pattern of the request line of the list of appointments (Request.line in simulator_kit)."""
    token_line: ClassVar[str] = ""
    """The same for the token endpoint; "" where the vendor has no tokens."""
    requests_when_idle: ClassVar[int] = 1
    """How many requests a reading of changes costs at most when nothing has changed."""
    tells_until: ClassVar[bool] = True
    """Whether the vendor says how long to wait when it throttles."""
    shows_patient_changes: ClassVar[bool] = True
    """Whether the vendor can be asked for patients that changed."""
    tells_zones: ClassVar[bool] = False
    """Whether appointments of several zones are told apart; else all are in the practice's."""
    consumed_line: ClassVar[str] = ""
    """The request line of a feed that hands out every change once; "" where none does."""
    stamp_doubt_hours: ClassVar[int] = 1
    """By how much a naive stamp may be off in the hour that the clocks repeat."""

    def __init_subclass__(cls) -> None:
        """Leaves out the tests that this vendor cannot take."""
        super().__init_subclass__()
        if not getattr(cls, "emr", ""):
            return
        known = {*simulator_module(cls.emr).FAULTS, *WIRE_FAULTS, *DISTURBANCES}
        for name in dir(cls):
            test = getattr(cls, name)
            attributes, faults = getattr(test, "needs_attributes", ()), getattr(test, "needs_faults", ())
            if not (all(getattr(cls, each) for each in attributes) and known.issuperset(faults)):
                setattr(cls, name, None)

    def bad_credentials(self) -> Mapping[str, str]:
        """Credentials that the vendor does not accept."""
        fields = {field.name: field.is_secret for field in connector_module(self.emr).MANIFEST.credentials}
        good = simulator_module(self.emr).CREDENTIALS
        return {name: "wrong" if fields.get(name, True) else value for name, value in good.items()}

    def revoke(self, app: App) -> None:
        """Makes the vendor accept the credentials no longer."""
        app.faults.switch_on("unauthorized", times=None)
        if self.token_line:
            app.faults.switch_on("refresh_fails", times=None)

    def is_counted_by(self, limit: Limit, request: LoggedRequest) -> bool:
        """Whether a limit counts a request of the simulator's log."""
        return limit.operation is None or limit.operation == request.operation

    def trial(self, **given: Any) -> Trial:
        """A trial of this vendor, without its limits unless `variants` says otherwise."""
        given["variants"] = {**self.quick, **given.get("variants", {})}
        given["settings"] = {**self.settings, **given.get("settings", {})}
        return Trial(self.emr, path=self.path, **given)

    def lists_asked(self, trial: Trial) -> int:
        """How many requests for the list of appointments the simulator has seen."""
        return sum(bool(re.search(self.list_line, request.line)) for request in list(trial.server.requests))


@contextmanager
def impatient(**limits: float) -> Iterator[None]:
    """The client with shorter limits, so that tests of them take a moment: total_seconds, max_body_bytes …"""
    before = {name: getattr(PoliteClient, name) for name in limits}
    try:
        for name, value in limits.items():
            setattr(PoliteClient, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(PoliteClient, name, value)
