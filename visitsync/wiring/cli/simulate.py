"""visitsync simulate: a pretend EMR on this machine, for trying things out and for tests of other systems."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from visitsync.connectors import supported_emrs
from visitsync.simulator_kit.app import SimulatorModule, UnknownVariant
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.faults import Faults, UnknownFault
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.wiring.cli.printing import print_json, say, table
from visitsync.wiring.simulators import base_url_at, simulator_of


@click.command()
@click.argument("emr", type=click.Choice(supported_emrs()))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed builds the same clinic.")
@click.option("--appointments", type=click.IntRange(0, 1_000_000), default=300, show_default=True)
@click.option("--start", type=click.DateTime(), help="Let the clinic's clock start at this moment (UTC), not now.")
@click.option("--scenario", "scenarios", multiple=True, metavar="CODE", help="Stage one cause; may be repeated.")
@click.option("--fault", "faults", multiple=True, metavar="NAME[:TIMES[:MATCH]]", help="Switch a fault on.")
@click.option("--variant", "variants", multiple=True, metavar="NAME=VALUE", help="Choose an uncertain fact.")
@click.option("--list", "lists", is_flag=True, help="List scenarios, faults and variants, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print what is served (or listed) as JSON.")
def simulate(
    emr: str,
    port: int,
    seed: int,
    appointments: int,
    start: datetime | None,
    scenarios: Sequence[str],
    faults: Sequence[str],
    variants: Sequence[str],
    lists: bool,
    as_json: bool,
) -> None:
    """Serve a pretend EMR on this machine until Ctrl-C.

    It speaks the vendor's wire format over a clinic of invented people. Faults: TIMES is a number or "always", MATCH a
    pattern for "METHOD path". While it runs, curl steers it under /_simulator/ (GET lists what there is).

    \b
    Examples:
      visitsync simulate kareo --port 9100 --scenario A2 --fault throttled:3
      visitsync simulate drchrono --list
      curl -s http://127.0.0.1:9100/_simulator/truth
    """
    module = simulator_of(emr)
    if lists:
        _list(module, as_json)
        return
    now = (start or datetime.now(UTC)).replace(tzinfo=UTC)
    clock = VirtualClock.running_from(now)
    clinic = a_busy_clinic(seed, now, appointments=appointments, clock=clock)
    try:
        app = module.simulator(clinic, clock=clock, variants=dict(_pair(text) for text in variants))
        for text in faults:
            app.faults.switch_on(**_fault(text))
    except (UnknownVariant, UnknownFault) as unknown:
        raise click.BadParameter(str(unknown)) from None
    staged = [_stage(app.scenarios(), name, app) for name in scenarios]
    server = SimulatorServer(app, port)
    _tell(emr, base_url_at(server.url, emr), server.url, module.CREDENTIALS, staged, as_json)
    server.serve_forever()


def _list(module: SimulatorModule, as_json: bool) -> None:
    scenarios = {name: scenario.summary for name, scenario in module.SCENARIOS.items()}
    if as_json:
        print_json({"scenarios": scenarios, "faults": Faults(module.FAULTS).known, "variants": module.VARIANTS})
        return
    table(("scenario", "what happens"), sorted(scenarios.items()))
    table(("fault", "what happens"), sorted(Faults(module.FAULTS).known.items()))
    table(("variant", "values, the first by default"), ((k, ", ".join(v)) for k, v in sorted(module.VARIANTS.items())))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"Write a variant as NAME=VALUE, not {text!r}.")
    return name, value


def _fault(text: str) -> dict[str, Any]:
    name, _, rest = text.partition(":")
    times, _, match = rest.partition(":")
    if times and times != "always" and not times.isdecimal():
        raise click.BadParameter(f"Write a fault as NAME:TIMES:MATCH with a number or “always”, not {text!r}.")
    return {"name": name, "times": None if times == "always" else int(times or 1), "match": match}


def _stage(known: Mapping[str, Any], name: str, app: Any) -> dict[str, str]:
    if name not in known:
        raise click.BadParameter(f"No scenario is called {name!r}. There are: {', '.join(sorted(known))}.")
    with app.clinic.lock:
        appointment_id = known[name].provoke(app.clinic)
    return {"scenario": name, "appointment": app.vendor_id(appointment_id), "summary": known[name].summary}


class _Served(msgspec.Struct, kw_only=True):
    emr: str
    url: str
    steering_wheel: str
    credentials: Mapping[str, str]
    staged: Sequence[Mapping[str, str]]


def _tell(
    emr: str, url: str, origin: str, credentials: Mapping[str, str], staged: Sequence[Mapping[str, str]], as_json: bool
) -> None:
    """The credentials are a pretend vendor's own: they open nothing else, so they may be shown."""
    if as_json:
        print_json(
            _Served(emr=emr, url=url, steering_wheel=f"{origin}/_simulator/", credentials=credentials, staged=staged)
        )
        return
    say(f"A pretend {emr} at {url}", "bold")
    table(("credential", "value"), credentials.items())
    if staged:
        table(("scenario", "appointment", "what happened"), (tuple(one.values()) for one in staged))
    say(f"Connect to it:  VISITSYNC_ALLOW_LOOPBACK=1 visitsync connect {emr} --base-url {url} --practice …")
    say(f"Steer it:       curl -s {origin}/_simulator/")
    say("Ctrl-C ends it.")
