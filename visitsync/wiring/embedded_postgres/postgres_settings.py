"""How the embedded PostgreSQL is tuned: small, durable, and silent about what is in the rows."""

import re
from collections.abc import Mapping

# Every value is from the PostgreSQL manual, chapter "Server Configuration".
SETTINGS = {
    # Time and words are the same on every machine.
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # One machine, no replica: the least write-ahead log that still recovers everything that was committed.
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    # Small in memory: many short transactions, no large reports.
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "100",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",
    "huge_pages": "off",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    # Patient data must not get into the log. An error's message can quote a value ("invalid input syntax for type
    # date: …"), its detail a whole key or query, so neither is written: the client receives both, and decides.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "logging_collector": "off",
    "log_destination": "stderr",
}

# The supervisor finds, guards and stops the database by these; another value would be a database it does not know.
DECIDED_BY_THE_SUPERVISOR = frozenset(
    {
        "config_file",
        "data_directory",
        "external_pid_file",
        "hba_file",
        "ident_file",
        "listen_addresses",
        "port",
        "unix_socket_directories",
        "unix_socket_permissions",
    }
)  # fmt: skip
SETTING_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


def settings_with(overrides: Mapping[str, str]) -> dict[str, str]:
    """Our settings with the caller's in their place; raises ValueError for one that cannot be set this way."""
    for name in overrides:
        if name in DECIDED_BY_THE_SUPERVISOR:
            raise ValueError(f"The setting {name!r} is decided by the embedded database itself: leave it out")
        if not SETTING_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a PostgreSQL setting: they are written in small letters")
    return SETTINGS | dict(overrides)


def as_arguments(settings: Mapping[str, str]) -> list[str]:
    return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
