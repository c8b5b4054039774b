"""The application's role: it owns nothing, passes no wall, and start-up refuses one that could."""

import psycopg
import pytest

from conftest import APP_ROLE
from visitsync.storage.database import Database
from visitsync.storage.migrate import migrate
from visitsync.storage.roles import AppRole, RoleTooPowerful, refuse_open_tables, refuse_powerful_role


def test_the_applications_role_passes(database: Database) -> None:
    database.refuse_powerful_role()


def test_the_owner_and_the_superuser_are_refused(owner_url: str, postgres_url: str) -> None:
    for url in (owner_url, postgres_url):
        with Database(url) as database, pytest.raises(RoleTooPowerful):
            database.refuse_powerful_role()


@pytest.mark.parametrize("power", ["superuser", "bypassrls", "createdb", "createrole", "replication"])
def test_a_role_with_a_power_is_refused_by_name(owner_url: str, postgres_url: str, power: str) -> None:
    with psycopg.connect(postgres_url) as server:
        server.execute(f"create role powerful login {power}")
        with pytest.raises(RoleTooPowerful, match="powerful"):
            refuse_powerful_role(server, "powerful")
        server.execute("create role quiet login")
        refuse_powerful_role(server, "quiet")
        server.execute("grant powerful to quiet")
        with pytest.raises(RoleTooPowerful, match="powerful"):
            refuse_powerful_role(server, "quiet")
        server.rollback()


def test_a_role_that_owns_a_table_or_can_become_its_owner_is_refused(superuser: psycopg.Connection) -> None:
    with superuser.transaction(force_rollback=True):
        superuser.execute("create role quiet login")
        superuser.execute("create schema elsewhere")
        superuser.execute("create table elsewhere.notes (id integer)")
        superuser.execute("alter table elsewhere.notes owner to quiet")
        with pytest.raises(RoleTooPowerful, match=r"elsewhere\.notes"):
            refuse_powerful_role(superuser, "quiet")
        superuser.execute("create role louder login")
        superuser.execute("grant quiet to louder")
        with pytest.raises(RoleTooPowerful, match=r"elsewhere\.notes"):
            refuse_powerful_role(superuser, "louder")


def test_temporary_tables_of_the_application_are_no_property(database: Database) -> None:
    with database.shared() as connection:
        connection.execute("create temp table incoming (practice_id uuid)")
        refuse_powerful_role(connection, APP_ROLE.name)
        refuse_open_tables(connection)


def test_migrating_for_a_role_with_powers_is_refused(empty_owner_url: str, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("create role climber login bypassrls")
        try:
            with pytest.raises(RoleTooPowerful):
                migrate(empty_owner_url, app_role=AppRole(name="climber"))
        finally:
            server.execute("drop role climber")


@pytest.mark.parametrize(
    "breach",
    [
        "alter table staff disable row level security",
        "alter table staff no force row level security",
        "drop policy practice_wall on staff",
        "create policy generous on staff using (true)",
        "alter policy practice_wall on staff using (true)",
        "alter policy practice_wall on staff with check (true)",
        "alter policy practice_wall on staff to postgres_reader",
        "create table stray (practice_id uuid primary key)",
        "create view peek as select * from staff",
        "create materialized view peek as select * from staff",
        "create table elsewhere.stray (practice_id uuid)",
    ],
)
def test_a_hole_in_the_wall_stops_the_start(superuser: psycopg.Connection, breach: str) -> None:
    with superuser.transaction(force_rollback=True):
        superuser.execute("create role postgres_reader")
        superuser.execute("create schema elsewhere")
        refuse_open_tables(superuser)
        superuser.execute(breach.encode())
        with pytest.raises(RoleTooPowerful, match=r"staff|stray|peek"):
            refuse_open_tables(superuser)


def test_a_view_that_asks_as_its_reader_is_fine(superuser: psycopg.Connection) -> None:
    with superuser.transaction(force_rollback=True):
        superuser.execute("create view peek with (security_invoker = true) as select * from staff")
        refuse_open_tables(superuser)


def test_a_table_whose_key_does_not_begin_with_the_practice_cannot_be_protected(own_owner_url: str) -> None:
    with psycopg.connect(own_owner_url) as owner:
        owner.execute("create table stray (id integer primary key, practice_id uuid)")
        with pytest.raises(psycopg.errors.RaiseException, match="must begin with practice_id"):
            owner.execute("select protect_tenant_table('stray')")


def test_every_tenant_table_keeps_the_rules_of_the_wall(superuser: psycopg.Connection) -> None:
    """The catalogue, asked apart from the check at start-up: both flags, one policy, the key, no owner's function."""
    rows = superuser.execute("""
        select c.relname, c.relrowsecurity, c.relforcerowsecurity,
               (select count(*) from pg_policy p where p.polrelid = c.oid),
               (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                where i.indrelid = c.oid and i.indisprimary)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id'
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        """).fetchall()
    assert {"practice", "connection", "staff"} <= {name for name, *_ in rows}
    assert {tuple(facts) for _, *facts in rows} == {(True, True, 1, "practice_id")}


def test_unique_keys_and_references_never_leave_the_practice(superuser: psycopg.Connection) -> None:
    """Otherwise one practice could find out, by what is refused, what another has."""
    loose = superuser.execute("""
        select i.indexrelid::regclass::text from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'practice_id'
        where i.indisunique and not a.attnum = any(i.indkey) and i.indrelid::regclass::text !~ '^pg_'
        union all
        select k.conname from pg_constraint k
        join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'practice_id'
        where k.contype = 'f' and not a.attnum = any(k.conkey)
        """).fetchall()
    assert loose == []


def test_no_function_runs_with_its_owners_rights(superuser: psycopg.Connection) -> None:
    functions = superuser.execute("""
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'jobs') and p.prosecdef
        """).fetchall()
    assert functions == []


def test_the_application_cannot_touch_the_wall(database: Database) -> None:
    forbidden = (
        "alter table staff disable row level security",
        "create policy generous on staff using (true)",
        "select protect_tenant_table('staff')",
        "select open_to_app('tenant', 'delete')",
        "select * from app_grant",
        "create table mine (id integer)",
        "create schema mine",
        "delete from migration",
        "truncate staff",
        "delete from tenant",
    )
    for statement in forbidden:
        with database.shared() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


@pytest.mark.parametrize("table", ["decision", "visit_change", "setting_change"])
def test_history_is_only_added_to(database: Database, table: str) -> None:
    for statement in (f"update {table} set practice_id = practice_id", f"delete from {table}"):
        with database.shared() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())
