"""Keeps the embedded database running for a process that stays: should PostgreSQL be killed, it is started again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog
from psycopg.conninfo import conninfo_to_dict

from visitsync.wiring.embedded_postgres import DatabaseDidNotStart, EmbeddedPostgres
from visitsync.wiring.house import House

LOOKS_EVERY_SECONDS = 1.0
ANSWERS_WITHIN_SECONDS = 3

log = structlog.get_logger()


@contextmanager
def kept_alive(house: House) -> Iterator[threading.Event]:
    """While the block runs; gives an event that is set if the database came back at another address."""
    moved, ending = threading.Event(), threading.Event()
    keeper: threading.Thread | None = None
    if house.embedded is not None:
        keeper = threading.Thread(
            target=_keep, args=(house.embedded, house.database.url, moved, ending), name="keeper", daemon=True
        )
        keeper.start()
    try:
        yield moved
    finally:
        ending.set()
        if keeper is not None:
            keeper.join()


def _keep(embedded: EmbeddedPostgres, url: str, moved: threading.Event, ending: threading.Event) -> None:
    while not ending.wait(LOOKS_EVERY_SECONDS) and not moved.is_set():
        if _answers(url):
            continue
        log.warning("the database is gone, starting it again")
        try:
            started = embedded.attach_or_start()
        except DatabaseDidNotStart as error:
            log.exception("the database does not start", exc_info=error)
            continue
        if _port(started.owner_url) != _port(url):
            moved.set()


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=ANSWERS_WITHIN_SECONDS).close()
    except psycopg.OperationalError:
        return False
    return True


def _port(url: str) -> str:
    return str(conninfo_to_dict(url).get("port"))
