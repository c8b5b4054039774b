"""One practice whose EMR pushes: messages over MLLP to a real listener, and the engine that takes them in."""

import socket
import tempfile
import time
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path

from tests.nothing_lost.clinics import Desk
from tests.nothing_lost.house import House
from tests.nothing_lost.vendors import Vendor
from tests.push.senders import HOST, listening
from visitsync.storage import peers
from visitsync.storage.practice_settings import Author
from visitsync.sync import pipeline
from visitsync.sync.report import SyncReport

REGISTERED_WITHIN_SECONDS = 10.0


class PushedHouse(House):
    """The pretend sender delivers when the house says so, message after message, each answered before the next."""

    def __init__(self, desk: Desk, vendor: Vendor, **variants: str) -> None:
        self._open = ExitStack()
        super().__init__(desk, vendor, **variants)
        self.app.tick = lambda: None  # type: ignore[method-assign]

    def close(self) -> None:
        """Ends the listener, too."""
        self._open.close()
        super().close()

    def sync(self, *, full: bool = False, accepted: bool = False) -> SyncReport:
        """Whatever was done in the clinic is sent, acknowledged and taken in."""
        self.deliver()
        return pipeline.sync(self.link, full=full, cancellations_accepted=accepted)

    def deliver(self) -> None:
        """Sends all that waits. Raises AssertionError where a message is not answered."""
        self.app.write()  # type: ignore[attr-defined]
        while self.app.outbox:  # type: ignore[attr-defined]
            assert self.app.deliver(), "a message was not answered"  # type: ignore[attr-defined]

    def _choose(self) -> None:
        """Lists come only with messages, so that each of the practitioners is booked once before one is enabled."""
        self._listen()
        for doctor in range(2):
            self.desk.book(in_days=1, doctor=doctor)
        self.sync()
        super()._choose()

    def _read_lists(self) -> None:
        """There are none to be asked for."""

    def _listen(self) -> None:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        opened = self._open.enter_context(listening(self.database, self.link.vault, folder, clock=self.clock))
        author = Author("the practice's admin", self.clock())
        with self.database.practice(self.place.practice_id) as transaction:
            peers.register(
                transaction, self.place.connection_id, author,
                name="engine", network=ip_network(f"{HOST}/32"), port=opened.port,
            )  # fmt: skip
        self.app.aim(f"{HOST}:{opened.port}")  # type: ignore[attr-defined]
        _wait_until_let_in(opened.port)


def _wait_until_let_in(port: int) -> None:
    """The listener looks into its register every few seconds."""
    ends = time.monotonic() + REGISTERED_WITHIN_SECONDS
    while time.monotonic() < ends:
        with socket.create_connection((HOST, port), timeout=5) as connection:
            connection.settimeout(0.2)
            try:
                connection.recv(1)
            except TimeoutError:
                return  # nobody hangs up: we are known
        time.sleep(0.1)
    raise AssertionError("the listener does not let us in")
