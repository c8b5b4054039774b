"""Migrations: from nothing or from any earlier version, once, in order, and never past what this code knows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from procrastinate import App, PsycopgConnector

from conftest import APP_ROLE
from visitsync.storage.database import CONNECTION_SETTINGS, Database
from visitsync.storage.migrate import (
    DatabaseNewer,
    DatabaseOutdated,
    MigrationChanged,
    migrate,
    own_migrations,
    refuse_outdated,
)
from visitsync.storage.practices import add_practice
from visitsync.storage.roles import AppRole, app_url

OWN = [migration.name for migration in own_migrations()]


def test_an_empty_database_becomes_ready_to_work_with(empty_owner_url: str) -> None:
    assert migrate(empty_owner_url, app_role=APP_ROLE) == [*OWN, "procrastinate"]
    with Database(app_url(empty_owner_url, APP_ROLE)) as database:
        database.refuse_powerful_role()
        add_practice(database, slug="harbor", name="Harbor Pediatrics", zone="America/New_York")
        with database.shared() as connection:
            refuse_outdated(connection)


def test_a_second_time_applies_nothing(owner_url: str) -> None:
    assert migrate(owner_url, app_role=APP_ROLE) == []


def test_migrations_are_numbered_without_gap_or_twin() -> None:
    assert [int(name[:4]) for name in OWN] == list(range(1, len(OWN) + 1))


def test_of_migrators_that_start_together_one_does_the_work(empty_owner_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        applied = list(threads.map(lambda _: migrate(empty_owner_url, app_role=APP_ROLE), range(4)))
    assert sorted(applied, key=len) == [[], [], [], [*OWN, "procrastinate"]]


def test_an_edited_migration_is_refused(own_owner_url: str) -> None:
    _tell_ledger(own_owner_url, "update migration set sha256 = 'of another text' where name = %s", OWN[0])
    with pytest.raises(MigrationChanged, match=OWN[0]):
        migrate(own_owner_url, app_role=APP_ROLE)


def test_a_database_of_a_newer_version_is_refused(own_owner_url: str, own_database_url: str) -> None:
    _tell_ledger(own_owner_url, "insert into migration values ('visitsync', %s, '')", "9999_from_the_future.sql")
    with pytest.raises(DatabaseNewer, match="9999"):
        migrate(own_owner_url, app_role=APP_ROLE)
    with Database(own_database_url) as database, database.shared() as connection, pytest.raises(DatabaseNewer):
        refuse_outdated(connection)


def test_a_database_that_lacks_a_migration_is_refused_by_the_application(
    own_owner_url: str, own_database_url: str, empty_owner_url: str
) -> None:
    _tell_ledger(own_owner_url, "delete from migration where name = %s", OWN[-1])
    with (
        Database(own_database_url) as database,
        database.shared() as connection,
        pytest.raises(DatabaseOutdated, match=OWN[-1]),
    ):
        refuse_outdated(connection)
    with psycopg.connect(empty_owner_url) as empty, pytest.raises(DatabaseOutdated, match="visitsync migrate"):
        refuse_outdated(empty)


def test_a_job_queue_that_is_newer_than_the_database_is_refused_until_migrated(
    own_owner_url: str, own_database_url: str
) -> None:
    """One of the library's migrations that may run twice stands for one that a newer version brings."""
    newer = "03.03.00_01_pre_priority_lock_fetch_job.sql"
    _tell_ledger(own_owner_url, "delete from migration where owner = 'procrastinate' and name = %s", newer)
    with Database(own_database_url) as database, database.shared() as connection:
        with pytest.raises(DatabaseOutdated, match=newer):
            refuse_outdated(connection)
        assert migrate(own_owner_url, app_role=APP_ROLE) == [newer]
        refuse_outdated(connection)


def test_a_migration_that_fails_leaves_nothing_and_can_be_repeated(empty_owner_url: str) -> None:
    with psycopg.connect(empty_owner_url, autocommit=True) as owner:
        owner.execute("create table staff (in_the_way integer)")
        with pytest.raises(psycopg.errors.DuplicateTable):
            migrate(empty_owner_url, app_role=APP_ROLE)
        assert owner.execute("select to_regclass('practice'), count(*) from migration").fetchone() == (None, 0)
        owner.execute("drop table staff")
    assert migrate(empty_owner_url, app_role=APP_ROLE) == [*OWN, "procrastinate"]


def test_a_database_restored_without_rights_gets_them_back(own_owner_url: str, own_database_url: str) -> None:
    with psycopg.connect(own_owner_url) as owner:
        owner.execute(f"revoke all on all tables in schema public, jobs from {APP_ROLE.name}")
    with psycopg.connect(own_owner_url) as owner:
        assert not _may_read(owner, "staff")
        assert migrate(own_owner_url, app_role=APP_ROLE) == []
        assert _may_read(owner, "staff")
        assert not _may_read(owner, "app_grant")


def test_another_role_can_take_over(empty_owner_url: str) -> None:
    role = AppRole(name="visitsync_other", password="other-password-of-the-tests")
    migrate(empty_owner_url, app_role=APP_ROLE)
    assert migrate(empty_owner_url, app_role=role) == []
    with Database(app_url(empty_owner_url, role)) as database:
        database.refuse_powerful_role()
        add_practice(database, slug="harbor", name="Harbor Pediatrics", zone="America/New_York")


def test_the_password_is_set_and_never_logged(empty_owner_url: str, server_log: Callable[[], str]) -> None:
    role = AppRole(name="visitsync_third", password="first-password-of-the-tests")
    migrate(empty_owner_url, app_role=role)
    renewed = AppRole(name=role.name, password="second-password-of-the-tests")
    migrate(empty_owner_url, app_role=renewed)
    psycopg.connect(app_url(empty_owner_url, renewed)).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(app_url(empty_owner_url, role)).close()
    assert "password-of-the-tests" not in server_log() + repr(role)


def test_jobs_are_deferred_with_the_change_that_needs_them_and_worked(database: Database, practice_id: UUID) -> None:
    worked: list[str] = []
    app = _job_queue(database.url)
    task = app.task(name="sync", pass_context=False)(lambda connection: worked.append(connection))
    with pytest.raises(ZeroDivisionError), database.practice(practice_id) as transaction:  # noqa: PT012
        task.configure(connection=transaction.connection).defer(connection="of a transaction that failed")
        raise ZeroDivisionError
    with database.practice(practice_id) as transaction:
        task.configure(connection=transaction.connection, lock="c1", queueing_lock="c1").defer(connection="c1")
    app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert worked == ["c1"]


def _job_queue(url: str) -> App:
    options = f"-c search_path={CONNECTION_SETTINGS['search_path'].replace(' ', '')}"
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=2, kwargs={"options": options}))


def _tell_ledger(owner_url: str, statement: str, name: str) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute(statement.encode(), [name])


def _may_read(owner: psycopg.Connection, table: str) -> bool:
    row = owner.execute("select has_table_privilege(%s, %s, 'select')", [APP_ROLE.name, table]).fetchone()
    owner.rollback()
    return row == (True,)
