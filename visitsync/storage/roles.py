"""The two database roles: the owner, who migrates, and the application's, which owns nothing and sees one practice."""

import msgspec
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

JOBS_SCHEMA = "jobs"
SEARCH_PATH = f"public, {JOBS_SCHEMA}"


class AppRole(msgspec.Struct, frozen=True, kw_only=True):
    """The role that every process of the application signs in with."""

    name: str
    password: str | None = None
    """None: the role exists and whoever made it keeps its password."""

    def __repr__(self) -> str:
        return f"AppRole({self.name})"


class RoleTooPowerful(Exception):
    """The application's role could see past the wall between practices; give it a role of its own with fewer rights."""


def app_url(owner_url: str, role: AppRole) -> str:
    """The same database as the application's role sees it."""
    parts = {name: str(value) for name, value in conninfo_to_dict(owner_url).items() if name != "password"}
    password = {} if role.password is None else {"password": role.password}
    return make_conninfo(**parts | {"user": role.name} | password)


def prepare_role(owner: Connection, role: AppRole) -> None:
    """Creates the role, or makes its password the given one. Raises RoleTooPowerful for an existing role that is."""
    if owner.execute("select 1 from pg_roles where rolname = %s", [role.name]).fetchone() is None:
        owner.execute(_CREATE_ROLE.format(sql.Identifier(role.name)))
    refuse_powerful_role(owner, role.name)
    if role.password is not None:
        set_password(owner, role.name, role.password)


def set_password(owner: Connection, name: str, password: str) -> None:
    """Sends only the SCRAM verifier, so that the password never stands in a server's log."""
    verifier = owner.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    owner.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(verifier)))


def grant_rights(owner: Connection, role: AppRole) -> None:
    """Gives the role what the migrations say it may do, and takes from everybody what nobody needs."""
    name = sql.Identifier(role.name)
    database = sql.Identifier(owner.info.dbname)
    for statement in _CLOSE_AND_OPEN:
        owner.execute(sql.SQL(statement).format(role=name, database=database, jobs=sql.Identifier(JOBS_SCHEMA)))
    for table, privileges in owner.execute(
        "select table_name::regclass::oid::regclass::text, privileges from app_grant"
    ):
        granted = sql.SQL(privileges)
        owner.execute(sql.SQL("revoke all on {} from {}").format(sql.SQL(table), name))
        owner.execute(sql.SQL("grant {} on {} to {}").format(granted, sql.SQL(table), name))


def refuse_powerful_role(connection: Connection, role: str) -> None:
    """Raises RoleTooPowerful if the role, or any role it can become, could pass the wall between practices."""
    for problem, query in _POWERS.items():
        names = [name for (name,) in connection.execute(query, {"role": role})]
        if names:
            raise RoleTooPowerful(f"The database role {role!r} {problem}: {', '.join(names)}.")


def refuse_open_tables(connection: Connection) -> None:
    """Raises RoleTooPowerful if any table, view or policy would show one practice's rows to another."""
    names = [name for (name,) in connection.execute(_OPEN_TABLES)]
    if names:
        raise RoleTooPowerful(f"No complete wall between practices on: {', '.join(names)}. Restore it before starting.")


_CREATE_ROLE = sql.SQL("create role {} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit")

_CLOSE_AND_OPEN = (
    "revoke all on database {database} from public",
    "revoke all on schema public from public",
    "grant connect, temporary on database {database} to {role}",
    "grant usage on schema public, {jobs} to {role}",
    "grant select, insert, update, delete on all tables in schema {jobs} to {role}",
    "grant usage, select on all sequences in schema {jobs} to {role}",
    "grant execute on all functions in schema {jobs} to {role}",
)

_POWERS = {
    "can become a superuser, pass row level security, or make roles and databases": """
        select rolname from pg_roles
        where pg_has_role(%(role)s, oid, 'member')
          and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
        """,
    "owns tables, or can become their owner": """
        select format('%%I.%%I', n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
          and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
          and pg_has_role(%(role)s, c.relowner, 'member')
        """,
}

# A tenant table is one with a column practice_id. Its wall: enabled, forced, and one policy, the same for all of them.
_OPEN_TABLES = """
    select format('%I.%I', n.nspname, c.relname)
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped
    where c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema')
      and case
          when c.relkind in ('r', 'p') then not (
              c.relrowsecurity and c.relforcerowsecurity
              and (
                  select count(*) = 1 and bool_and(
                      p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
                      and pg_get_expr(p.polqual, p.polrelid) = w.wall
                      and pg_get_expr(p.polwithcheck, p.polrelid) = w.wall)
                  from pg_policy p,
                       (select pg_get_expr(polqual, polrelid) as wall
                        from pg_policy where polrelid = 'public.practice'::regclass) w
                  where p.polrelid = c.oid))
          when c.relkind = 'v' then not coalesce(c.reloptions @> array['security_invoker=true'], false)
          else c.relkind in ('m', 'f')
      end
    """
