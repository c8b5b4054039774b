"""What can keep the embedded database from running, each saying what to do next."""


class DatabaseDidNotStart(Exception):
    """The embedded PostgreSQL is not running; the message says why and what to do.

    `log_lines` are the last lines that PostgreSQL itself wrote, oldest first. They hold no row values:
    see `postgres_settings.py`.
    """

    def __init__(self, what_to_do: str, *, log_lines: tuple[str, ...] = ()) -> None:
        self.log_lines = log_lines
        quoted = "".join(f"\n  | {line}" for line in log_lines)
        super().__init__(f"{what_to_do}\nThe last lines of PostgreSQL's log:{quoted}" if quoted else what_to_do)


class DatabaseFolderInUse(DatabaseDidNotStart):
    """Another process already runs a database in this folder: stop that process, or attach to it."""
