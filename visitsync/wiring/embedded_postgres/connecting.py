"""Asking whether a database is there and is the one we mean: by logging in, never by a process id."""

import socket
from enum import Enum
from pathlib import Path

import psycopg

from visitsync.wiring.embedded_postgres.cluster import OWNER_ROLE

LOOPBACK = "127.0.0.1"
DATABASE = "visitsync"
ANSWER_WITHIN = 10  # seconds


class Answer(Enum):
    READY = "ready"
    BUSY = "it is there, and recovering or shutting down"
    NONE = "nothing answers, or something that is not our database"


def ask(port: int, password: str, data: Path) -> Answer:
    """What the database at this port says to its owner."""
    try:
        with log_in(port, password, "postgres") as connection:
            return Answer.READY if data_folder_of(connection) == data else Answer.NONE
    except psycopg.OperationalError as error:
        return Answer.BUSY if is_cannot_connect_now(error) else Answer.NONE


def log_in(port: int, password: str, database: str) -> psycopg.Connection[tuple[str]]:
    """As the owner. Scram proves both sides: a stranger at this port does not learn the password, nor pass for us."""
    return psycopg.connect(
        host=LOOPBACK,
        port=port,
        user=OWNER_ROLE,
        password=password,
        dbname=database,
        connect_timeout=ANSWER_WITHIN,
        require_auth="scram-sha-256",
        sslmode="disable",
        gssencmode="disable",
        application_name="visitsync supervisor",
        autocommit=True,
    )


def data_folder_of(connection: psycopg.Connection[tuple[str]]) -> Path:
    """A copied folder has the same password, and may remember the port of the original."""
    row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    return Path(row[0] if row else "")


def is_cannot_connect_now(error: psycopg.OperationalError) -> bool:
    """SQLSTATE 57P03. The driver gives no code for a refused login, but the words are ours: `lc_messages` is C."""
    return "the database system is" in str(error) or "not yet accepting connections" in str(error)


def make_database_if_missing(port: int, password: str) -> None:
    with log_in(port, password, "postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def free_port(preferred: int | None) -> int:
    """The preferred port if nobody has it, else one that the system picks."""
    if preferred is not None and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """As PostgreSQL will see it: a port whose last connections are still fading away counts as free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
