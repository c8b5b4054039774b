"""The pretend vendors: which there are, and where a connector finds them once they are served."""

from importlib import import_module
from typing import cast

from visitsync.simulator_kit.app import SimulatorModule


def simulator_of(emr: str) -> SimulatorModule:
    """The pretend vendor of a connector's folder."""
    return cast(SimulatorModule, import_module(f"visitsync.connectors.{emr}.simulator"))


def base_url_at(server_url: str, emr: str) -> str:
    """The base URL to connect with; some vendors are found at a path."""
    return server_url + str(getattr(simulator_of(emr), "PATH", ""))
