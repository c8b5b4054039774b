"""What a pretend vendor is to the server: a clinic, a clock, faults, and an answer to every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.disturbances import DISTURBANCES
from visitsync.simulator_kit.exchange import Request, Response
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.scenarios import Scenario

Control = Callable[[Mapping[str, Any]], object]
"""A vendor's own command for a person at a shell: JSON object in, anything JSON out."""


class App(Protocol):
    """A pretend vendor; inherit from it. `answer` is called under the clinic's lock, one request at a time."""

    emr: str
    clinic: Clinic
    clock: Clock
    faults: Faults
    variants: Mapping[str, str]

    def answer(self, request: Request) -> Response:
        """Answer as the vendor would."""
        ...

    def vendor_id(self, appointment_id: int) -> str:
        """What the vendor calls this appointment of the clinic at the moment."""
        return str(appointment_id)

    def scenarios(self) -> Mapping[str, Scenario]:
        """What can be staged in this clinic, by name."""
        return {}

    def controls(self) -> Mapping[str, Control]:
        """Vendor-specific commands, served under /_simulator/<name>."""
        return {}

    def way_back(self) -> Callable[[], None]:
        """What puts the vendor's own memory, which is not the clinic's, back to how it is now."""
        return lambda: None

    def tick(self) -> None:
        """Do what is due by itself (deliver webhooks …); called many times a second while serving."""
        return


class SimulatorModule(Protocol):
    """What every `connectors/<emr>/simulator.py` offers."""

    @property
    def VARIANTS(self) -> Mapping[str, tuple[str, ...]]:  # noqa: N802 - a constant of the module
        """Uncertain facts; the first of each is the default."""
        ...

    @property
    def FAULTS(self) -> Mapping[str, str]:  # noqa: N802
        """Faults the vendor's own code carries out, each with a line of help."""
        ...

    @property
    def SCENARIOS(self) -> Mapping[str, Scenario]:  # noqa: N802
        """The kit's that this vendor can express, and its own."""
        ...

    @property
    def CREDENTIALS(self) -> Mapping[str, str]:  # noqa: N802
        """What a client needs; the simulator accepts exactly these."""
        ...

    def simulator(self, clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] = ...) -> App:
        """A pretend vendor over this clinic."""
        ...


class UnknownVariant(ValueError):
    """Nobody knows a variant of this name or value; the message lists those that exist."""


def choose(known: Mapping[str, tuple[str, ...]], chosen: Mapping[str, str]) -> dict[str, str]:
    """Every uncertain fact with the variant chosen for it, else its first; a figure may be any figure.

    Raises UnknownVariant.
    """
    for name, value in chosen.items():
        if name not in known:
            raise UnknownVariant(f"No variant is called {name!r}. There are: {', '.join(sorted(known))}.")
        if value not in known[name] and not (value.isdigit() and any(v.isdigit() for v in known[name])):
            raise UnknownVariant(f"{name} cannot be {value!r}, only {', '.join(known[name])}.")
    return {name: chosen.get(name, values[0]) for name, values in known.items()}


def respond(app: App, request: Request) -> Response:
    """The app's answer, with whatever faults strike this request."""
    instead = app.faults.answer_instead(request)
    if instead is not None:
        return instead
    with app.clinic.lock:
        response = app.answer(request)
        for name, disturb in DISTURBANCES.items():
            if fault := app.faults.take(name, request):
                disturb(app.clinic, fault.options)
    return app.faults.spoil(request, response)
