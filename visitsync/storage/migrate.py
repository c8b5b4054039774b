"""Brings a database to the state this version of the code expects, from nothing or from any earlier version."""

import hashlib
from collections.abc import Iterator
from importlib import resources

import msgspec
import psycopg
from procrastinate.schema import SchemaManager
from psycopg import Connection, sql

from visitsync.storage.roles import JOBS_SCHEMA, AppRole, grant_rights, prepare_role

LOCK_KEY = 7_216_043_118_902_551
"""Of the advisory lock that lets one migrator work at a time; any number that nothing else uses."""


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered file of SQL. `owner` is "visitsync", or "procrastinate" for the job queue's own."""

    owner: str
    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class MigrationChanged(Exception):
    """A migration that this database already has was edited since; restore the file and add a new one instead."""


class DatabaseNewer(Exception):
    """The database has migrations that this code does not know; run the newer version of the code."""


class DatabaseOutdated(Exception):
    """The database lacks migrations of this code; run `visitsync migrate`."""


def migrate(owner_url: str, *, app_role: AppRole) -> list[str]:
    """Applies what is missing, each file in a transaction of its own, and returns the names of what was applied.

    Safe to run twice, and by several at once. Needs the owner's connection; creates the application's role if that
    is missing, and gives it its rights (again). Raises MigrationChanged, DatabaseNewer, RoleTooPowerful.
    """
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("select pg_advisory_lock(%s)", [LOCK_KEY])
        owner.execute("select set_config('client_min_messages', 'warning', false)")
        with owner.transaction():
            prepare_role(owner, app_role)
            owner.execute(_LEDGER)
        applied = [*_apply_own(owner), *_apply_job_queue(owner)]
        with owner.transaction():
            grant_rights(owner, app_role)
            owner.execute(sql.SQL("grant select on migration to {}").format(sql.Identifier(app_role.name)))
        return applied


def refuse_outdated(connection: Connection) -> None:
    """Raises DatabaseOutdated, DatabaseNewer or MigrationChanged unless the database is what this code expects.

    Old code on a newer database is refused too; a deploy therefore migrates first and then starts new processes, while
    those already running go on.
    """
    try:
        missing = _missing(own_migrations(), _recorded(connection, "visitsync"))
        missing += _missing_of_job_queue(_recorded(connection, "procrastinate"))
    except psycopg.errors.UndefinedTable:
        raise DatabaseOutdated("The database is empty: run `visitsync migrate`.") from None
    if missing:
        raise DatabaseOutdated(f"The database lacks {missing[0].name}: run `visitsync migrate`.")


def own_migrations() -> list[Migration]:
    """This package's files, in order."""
    return _read_folder("visitsync", resources.files("visitsync.storage") / "migrations")


def _apply_own(owner: Connection) -> Iterator[str]:
    for migration in _missing(own_migrations(), _recorded(owner, "visitsync")):
        with owner.transaction():
            _execute(owner, migration.text, search_path="public")
            _record(owner, [migration])
        yield migration.name


def _apply_job_queue(owner: Connection) -> Iterator[str]:
    """The queue's complete schema the first time, which has all its migrations built in; then only newer ones."""
    recorded = _recorded(owner, "procrastinate")
    if not recorded:
        with owner.transaction():
            owner.execute(sql.SQL("create schema {}").format(sql.Identifier(JOBS_SCHEMA)))
            _execute(owner, SchemaManager.get_schema(), search_path=JOBS_SCHEMA)
            _record(owner, _missing_of_job_queue(recorded))
        yield "procrastinate"
        return
    for migration in _missing_of_job_queue(recorded):
        with owner.transaction():
            _execute(owner, migration.text, search_path=JOBS_SCHEMA)
            _record(owner, [migration])
        yield migration.name


def _missing(known: list[Migration], recorded: dict[str, str]) -> list[Migration]:
    unknown = recorded.keys() - {migration.name for migration in known}
    if unknown:
        raise DatabaseNewer(f"This code does not know the database's migration {min(unknown)}.")
    for migration in known:
        if recorded.get(migration.name, migration.sha256) != migration.sha256:
            raise MigrationChanged(f"{migration.name} is not what was applied to this database.")
    return [migration for migration in known if migration.name not in recorded]


def _recorded(connection: Connection, owner: str) -> dict[str, str]:
    return dict(connection.execute("select name, sha256 from migration where owner = %s", [owner]).fetchall())


def _record(owner: Connection, migrations: list[Migration]) -> None:
    owner.cursor().executemany(
        "insert into public.migration (owner, name, sha256) values (%s, %s, %s)",
        [(migration.owner, migration.name, migration.sha256) for migration in migrations],
    )


def _execute(owner: Connection, text: str, *, search_path: str) -> None:
    owner.execute("select set_config('search_path', %s, true)", [search_path])
    owner.execute(text.encode())


def _missing_of_job_queue(recorded: dict[str, str]) -> list[Migration]:
    """By name only: what the library's authors edit or take away is theirs to answer for."""
    known = _read_folder("procrastinate", resources.files("procrastinate.sql") / "migrations")
    return [migration for migration in known if migration.name not in recorded]


def _read_folder(owner: str, folder: resources.abc.Traversable) -> list[Migration]:
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [Migration(owner=owner, name=file.name, text=file.read_text(encoding="utf-8")) for file in files]


_LEDGER = """
    create table if not exists migration (
        owner text,
        name text,
        sha256 text not null,
        applied_at timestamptz not null default now(),
        primary key (owner, name)
    )
    """
