"""A plain program with a token that asks the pretend DrChrono things, as its documents tell programs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from visitsync.connectors.drchrono.simulator import DrChrono, simulator
from visitsync.connectors.drchrono.simulator.settings import CREDENTIALS
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.plain_client import Answer, call
from visitsync.simulator_kit.server import SimulatorServer

NOON = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)  # noon in New York
NO_LIMITS = {"hourly_quota": "none", "calls_per_second": "none"}
APPLICATION = {name: CREDENTIALS[name] for name in ("client_id", "client_secret")}


class Visitor:
    """One client of one served clinic; `clock` stands still until moved."""

    def __init__(self, server: SimulatorServer, app: DrChrono, clock: VirtualClock) -> None:
        self.server = server
        self.app = app
        self.clinic = app.clinic
        self.clock = clock
        self.tokens: dict[str, Any] = {"refresh_token": CREDENTIALS["refresh_token"]}

    def ask(self, path: str, *, method: str = "GET", as_nobody: bool = False, **how: Any) -> Answer:
        """One API call; `query`, `json`, `form`, `headers` as in plain_client.call."""
        url = path if path.startswith("http") else f"{self.server.url}/api/{path}"
        headers = {**how.pop("headers", {})}
        if not as_nobody:
            headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        return call(url, method=method, headers=headers, **how)

    def rows(self, path: str, **query: object) -> list[dict[str, Any]]:
        """All rows of a list, page after page."""
        page = self.ask(path, query=query).json
        return [*page["results"], *(self.rows_from(page["next"]) if page["next"] else [])]

    def rows_from(self, address: str) -> list[dict[str, Any]]:
        """All rows from this page on."""
        found = []
        following: str | None = address
        while following:
            page = self.ask(following).json
            found += page["results"]
            following = page["next"]
        return found

    def refresh(self) -> Answer:
        """Trade the refresh token for a new pair; the new pair is used from then on."""
        answer = self.token(grant_type="refresh_token", refresh_token=self.tokens["refresh_token"])
        if answer.status == 200:
            self.tokens |= answer.json
        return answer

    def token(self, **form: str) -> Answer:
        """One call of the token endpoint."""
        return call(f"{self.server.url}/o/token/", method="POST", form={**APPLICATION, **form})

    def later(self, **span: float) -> None:
        """Let time pass for the simulator."""
        self.clock.advance(timedelta(**span))


@contextmanager
def visiting(clinic: Clinic | None = None, /, **variants: str) -> Iterator[Visitor]:
    """Serve a clinic (an empty one at noon unless given) without limits, and visit it with a fresh token."""
    clock = clinic.clock if clinic else VirtualClock.frozen_at(NOON)
    if not isinstance(clock, VirtualClock):
        raise TypeError("the clinic's clock must be a VirtualClock")
    chosen: Mapping[str, str] = {**NO_LIMITS, **variants}
    app = simulator(clinic or Clinic(clock=clock), clock=clock, variants=chosen)
    with SimulatorServer(app) as server:
        visitor = Visitor(server, app, clock)
        visitor.refresh()
        yield visitor
