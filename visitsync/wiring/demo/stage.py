"""The pretend clinics of the demo, one on each EMR of the mission, each in its pretend EMR on this machine."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.connectors import connector_for
from visitsync.domain.local_time import zone_named
from visitsync.rules.calendar import months_later
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.simulator_kit.staging import a_booking
from visitsync.wiring.simulators import base_url_at, simulator_of


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """What is fixed about one clinic of the demo. `pace`: the same limits as the real ones, only faster."""

    emr: str
    slug: str
    name: str
    zones: tuple[str, ...]
    seed: int
    variants: Mapping[str, str] = {}
    settings: Mapping[str, str] = {}


# Limits are kept in the demo as everywhere; only the pretend vendors grant more than the real ones do.
CASTS = (
    Cast(
        emr="drchrono",
        slug="larkspur",
        name="Larkspur Family Practice",
        zones=("America/New_York", "America/Chicago", "America/Phoenix", "America/Los_Angeles"),
        seed=11,
        variants={"hourly_quota": "20000", "calls_per_second": "110"},
        settings={"requests_per_hour": "20000", "requests_per_second": "100"},
    ),
    Cast(
        emr="kareo",
        slug="juniper",
        name="Juniper Behavioral Health",
        zones=("America/Chicago",),
        seed=23,
        variants={"throttle_percent": "1"},
        settings={"throttle_scale": "0.05", "throttle_margin_ms": "10"},
    ),
    Cast(
        emr="athenahealth",
        slug="bluebell",
        name="Bluebell Women's Health",
        zones=("America/New_York", "America/Phoenix"),
        seed=31,
        variants={"calls_per_second": "110"},
        settings={"requests_per_second": "100"},
    ),
    Cast(
        emr="carecloud",
        slug="foxglove",
        name="Foxglove Orthopedics",
        zones=("America/New_York",),
        seed=43,
        settings={"requests_per_second": "100"},
    ),
    Cast(
        emr="greenway_prime_suite",
        slug="marigold",
        name="Marigold Pediatrics",
        zones=("America/Denver",),
        seed=59,
        variants={
            "calls_per_second": "none",
            "cancellations": "status-text",
            "states": "letters",
            "insurance": "with demographics",
        },
        settings={"requests_per_second": "100"},
    ),
    Cast(
        emr="greenway_intergy",
        slug="verbena",
        name="Verbena Internal Medicine",
        zones=("America/New_York",),
        seed=61,
        settings={"requests_per_second": "100"},
    ),
)

APPOINTMENTS = 220
SENDS_WITHIN_SECONDS = 60.0


class NothingArrives(RuntimeError):
    """The messages of a pretend EMR are not acknowledged; the log of the listening process says why."""


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """One clinic on stage: its EMR is served, and a few appointments are ready for what will happen."""

    cast: Cast
    clinic: Clinic
    clock: VirtualClock
    app: App
    server: SimulatorServer
    credentials: Mapping[str, str]
    props: Mapping[str, int]
    """What will happen → the clinic's id of the appointment it happens to."""

    @property
    def manifest(self) -> Manifest:
        """What is fixed about its EMR."""
        return connector_for(self.cast.emr).MANIFEST

    @property
    def is_pushed(self) -> bool:
        """Whether its EMR sends messages by itself."""
        return self.manifest.feed is Feed.PUSH

    @property
    def base_url(self) -> str:
        """Where the connector finds this EMR; "" where there is nothing to ask."""
        is_asked = self.manifest.is_listed or self.manifest.reads_patients
        return base_url_at(self.server.url, self.cast.emr) if is_asked else ""

    @property
    def emr_name(self) -> str:
        """The EMR as staff know it."""
        return self.manifest.name

    def wait_until_all_is_sent(self) -> None:
        """Returns once an EMR that pushes has no message left. Raises NothingArrives."""
        ends = time.monotonic() + SENDS_WITHIN_SECONDS
        while self.app.controls()["outbox"]({})["waiting"]:  # type: ignore[index]
            if time.monotonic() > ends:
                raise NothingArrives(f"{self.emr_name} could not deliver its messages.")
            time.sleep(0.05)

    def vendor_id(self, prop: str) -> str:
        """What the EMR calls that appointment now."""
        return self.app.vendor_id(self.props[prop])


def set_up(cast: Cast, now: datetime, *, seed: int) -> Set:
    """Builds the clinic and serves its EMR. `now` is aware; the same seed builds the same clinic."""
    clock = VirtualClock.running_from(now)
    clinic = a_busy_clinic(
        cast.seed + seed, now, appointments=APPOINTMENTS, zones=cast.zones, name=cast.name, clock=clock
    )
    module = simulator_of(cast.emr)
    app = module.simulator(clinic, clock=clock, variants=cast.variants)
    server = SimulatorServer(app)
    return Set(
        cast=cast,
        clinic=clinic,
        clock=clock,
        app=app,
        server=server,
        credentials=module.CREDENTIALS,
        props=_props(clinic, now),
    )


def enters_at(stage: Set, now: datetime) -> datetime:
    """When the far-off appointment comes inside three months (aware, UTC), a minute later to be sure."""
    appointment = stage.clinic.appointments[stage.props["comes nearer"]]
    zone = zone_named(stage.clinic.zone)
    day = now.astimezone(zone).date()
    while months_later(day, 3) < appointment.start.date():
        day += timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), zone) + timedelta(minutes=1)


def _props(clinic: Clinic, now: datetime) -> dict[str, int]:
    """Appointments that lack exactly one thing, or nothing, booked yesterday."""
    today = clinic.wall_time(now).date()
    with clinic.editing(stamp=now - timedelta(days=1)):
        return {
            "e-mail corrected": SCENARIOS["B1"].provoke(clinic),
            "type respelled": SCENARIOS["A2"].provoke(clinic),
            "moved": a_booking(clinic, in_days=3).id,
            "cancelled": a_booking(clinic, in_days=3).id,
            "deleted": a_booking(clinic, in_days=4).id,
            "comes nearer": a_booking(clinic, in_days=(months_later(today, 3) - today).days + 1).id,
        }
