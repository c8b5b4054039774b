"""A pretend DrChrono with a very large clinic, in a process of its own so that its work is not counted."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from visitsync.connectors.drchrono.simulator import simulator
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.server import SimulatorServer

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SEED = 7
UNLIMITED = {"hourly_quota": "none", "calls_per_second": "none"}


class Pretend:
    """The other process, and what can be done to its clinic."""

    def __init__(self, url: str) -> None:
        self.url = url

    def churn(self, share: float) -> None:
        """Lets things happen to that share of the appointments."""
        self._post("churn", {"share": share, "seed": SEED})

    def advance(self, seconds: int) -> None:
        """Lets time pass in the clinic."""
        self._post("clock", {"advance_seconds": seconds})

    def _post(self, path: str, body: object) -> None:
        request = urllib.request.Request(  # noqa: S310  # loopback
            f"{self.url}/_simulator/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            answer.read()


@contextmanager
def pretend_drchrono(appointments: int) -> Iterator[Pretend]:
    """Serves a clinic with so many appointments and a quarter as many patients until the block ends."""
    command = [sys.executable, "-m", "bench.pretend", str(appointments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Pretend(process.stdout.readline().strip())
        finally:
            process.terminate()


def main() -> None:
    appointments = int(sys.argv[1])
    clock = VirtualClock.frozen_at(NOW)
    clinic = a_busy_clinic(
        SEED,
        NOW,
        appointments=appointments,
        patients=appointments // 4,
        zones=("America/New_York",),
        odd_share=0.02,
        clock=clock,
    )
    server = SimulatorServer(simulator(clinic, clock=clock, variants=UNLIMITED), log_limit=10)
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
