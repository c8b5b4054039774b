"""An installation on a database of its own, the command line beside it, and a pretend clinic to connect it to."""

import base64
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.simulator_kit.staging import (
    OFFICE_VISIT,
    TELEMEDICINE,
    VIRTUAL_LOCATION,
    a_booking,
    the_location,
    the_location_called,
    the_practitioner,
    the_type,
)
from visitsync.wiring.cli import run
from visitsync.wiring.house import House, open_house
from visitsync.wiring.settings import VARIABLES, from_environment
from visitsync.wiring.simulators import base_url_at, simulator_of

FAST = {
    "drchrono": {"requests_per_hour": "20000", "requests_per_second": "200"},
    "kareo": {"throttle_scale": "0", "throttle_margin_ms": "0"},
}
ZONE = "America/New_York"
UNLIMITED = {"drchrono": {"hourly_quota": "none", "calls_per_second": "none"}, "kareo": {"throttle_percent": "0"}}


class Ran(msgspec.Struct, frozen=True):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output, decoded."""
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """Its output with every run of spaces and line breaks as one space."""
        return re.sub(r"\s+", " ", self.out)


Visitsync = Callable[..., Ran]


@pytest.fixture
def environment(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The environment of an installation on the test's own database; what the caller had set is gone."""
    for name in list(os.environ):
        if name in VARIABLES or name.startswith("VISITSYNC_"):
            monkeypatch.delenv(name)

    def key() -> str:
        return base64.b64encode(os.urandom(32)).decode()

    settings = {
        "VISITSYNC_HOME": str(tmp_path / "home"),
        "DATABASE_URL": database_url,
        "VISITSYNC_KEY": f"index {key()}; data 1 {key()}",
        "VISITSYNC_ALLOW_LOOPBACK": "1",
        "VISITSYNC_AUTHOR": "Alice",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture
def visitsync(environment: Mapping[str, str], capfd: pytest.CaptureFixture[str]) -> Visitsync:
    """`visitsync("practice", "list")` carries out a command line in this process."""

    def command(*arguments: str) -> Ran:
        capfd.readouterr()
        code = run(arguments)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return command


@pytest.fixture
def house(environment: Mapping[str, str]) -> Iterator[House]:
    """The same installation from within."""
    with open_house(from_environment()) as house:
        yield house


class Emr(msgspec.Struct, frozen=True):
    """A pretend EMR over a small clinic: an office and a virtual one, one practitioner, nobody booked yet."""

    emr: str
    clinic: Clinic
    clock: VirtualClock
    app: App
    server: SimulatorServer
    credentials_file: Path

    @property
    def base_url(self) -> str:
        """Where the connector finds it."""
        return base_url_at(self.server.url, self.emr)

    def connect_arguments(self, slug: str) -> list[str]:
        """The command line that connects a practice to it, as fast as a test wants."""
        settings = [f"--setting={name}={value}" for name, value in FAST[self.emr].items()]
        return ["connect", self.emr, "-p", slug, "--base-url", self.base_url,
                "--credentials", str(self.credentials_file), *settings]  # fmt: skip

    def book(self, **wishes: Any) -> str:
        """Books one perfect telemedicine appointment; gives the EMR's id of it."""
        return self.app.vendor_id(a_booking(self.clinic, **wishes).id)


@pytest.fixture
def emr_named(tmp_path: Path) -> Iterator[Callable[[str], Emr]]:
    """Opens a pretend EMR by its connector's name."""
    servers: list[SimulatorServer] = []

    def open_emr(emr: str) -> Emr:
        module = simulator_of(emr)
        clock = VirtualClock.running_from(datetime.now(UTC))
        clinic = Clinic(clock=clock, name="Larkspur Family Practice", zone=ZONE)
        the_location(clinic)
        the_location_called(clinic, VIRTUAL_LOCATION)
        the_practitioner(clinic)
        for name in (TELEMEDICINE, "Video Consult", OFFICE_VISIT):
            the_type(clinic, name)
        app = module.simulator(clinic, clock=clock, variants=UNLIMITED[emr])
        server = SimulatorServer(app)
        server.start()
        servers.append(server)
        file = tmp_path / f"{emr}.json"
        file.write_bytes(msgspec.json.encode(dict(module.CREDENTIALS)))
        return Emr(emr, clinic, clock, app, server, file)

    yield open_emr
    for server in servers:
        server.stop()


class Connected(msgspec.Struct, frozen=True):
    """The practice "lakeside", connected to a pretend EMR, with its one type approved and its practitioner enabled."""

    emr: Emr
    practice_id: UUID
    connection_id: UUID


@pytest.fixture
def connected(visitsync: Visitsync, emr_named: Callable[[str], Emr]) -> Callable[[str], Connected]:
    """Connects "lakeside" the way an admin does."""

    def connect(emr_name: str) -> Connected:
        emr = emr_named(emr_name)
        added = visitsync("practice", "add", "lakeside", "--name", "Lakeside", "--zone", ZONE, "--json")
        done = visitsync(*emr.connect_arguments("lakeside"), "--json")
        assert done.code == 0, done.err
        assert visitsync("approve", "mark", TELEMEDICINE).code == 0
        who = the_practitioner(emr.clinic)
        assert visitsync("staff", "add", who.name, "--email", "imara@lakeside.example").code == 0
        names = [one["name"] for one in visitsync("catalog", "--json").json["practitioners"]]
        name = next(one for one in names if one.startswith(who.name))
        assert visitsync("enable", "practitioner", name, "--staff", "imara@lakeside.example").code == 0
        return Connected(emr, UUID(added.json["practice_id"]), UUID(done.json["connection_id"]))

    return connect
