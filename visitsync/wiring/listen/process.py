"""The listening process: opens the installation, listens until it is asked to end, and waits for a lost database."""

import signal
import threading

import structlog

from visitsync.storage.database import StorageUnavailable
from visitsync.sync.door import Door
from visitsync.wiring.embedded_postgres import DatabaseDidNotStart
from visitsync.wiring.house import House, open_house
from visitsync.wiring.keeper import kept_alive
from visitsync.wiring.listen.limits import Limits
from visitsync.wiring.listen.listener import Listener, Place
from visitsync.wiring.listen.register import Identity, Register, Trust
from visitsync.wiring.settings import Settings

PAUSE_SECONDS = 1.0

log = structlog.get_logger()


def listen(
    settings: Settings,
    places: tuple[Place, ...],
    *,
    identity: Identity | None = None,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Until SIGTERM or SIGINT (or `stop`): messages under way are kept and answered first.

    While the database is gone nothing is acknowledged, so that senders keep what they have. Raises OSError where a port
    cannot be opened or the certificate cannot be used, and whatever open_house raises but a lost database.
    """
    stopping = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        try:
            with open_house(settings) as house, kept_alive(house) as moved:
                _listen_in(house, places, identity, limits or Limits(), stopping, moved)
        except (StorageUnavailable, DatabaseDidNotStart) as error:
            log.warning("the database is gone, waiting for it", exc_info=error)
            stopping.wait(PAUSE_SECONDS)
    log.info("stopped")


def _listen_in(
    house: House,
    places: tuple[Place, ...],
    identity: Identity | None,
    limits: Limits,
    stopping: threading.Event,
    moved: threading.Event,
) -> None:
    """Until asked to end, or until the database has come back at another address."""
    register = Register(house)
    trust = None if identity is None else Trust(identity, register.certificates)
    if trust is not None:
        trust.context()  # says what is wrong with it before anybody comes
    door = Door(database=house.database, vault=house.vault, clock=house.clock)
    listener = Listener(places, door=door, register=register, trust=trust, limits=limits)
    for place, port in zip(places, listener.ports, strict=True):
        log.info("listening", host=place.host, port=port, kind="TLS" if place.is_tls else "plain")
    listener.run(ends=lambda: stopping.is_set() or moved.is_set())
