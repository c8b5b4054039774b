-- Practices, their connections and staff, and the wall between practices.
--
-- Every migration runs as the owner, who is no part of the application. For each table it creates it calls one of:
--
--   select protect_tenant_table('appointment');                    -- holds rows of practices: walled, read and written
--   select protect_tenant_table('decision', 'select, insert');     -- the same, but never changed once written
--   select open_to_app('vendor_limit', 'select, insert, update');  -- holds nothing of any practice
--
-- A table for which neither was called stays closed to the application. The wall also binds the owner: a migration that
-- rewrites rows of practices goes practice by practice, setting app.practice as the application does.

create table app_grant (
    table_name text primary key,
    privileges text not null
);
comment on table app_grant is
    'What the application may do with each table; given again by every migrate, so that a restored database needs only that.';

create function open_to_app(target regclass, privileges text) returns void language plpgsql as $$
begin
    insert into app_grant values (target::text, privileges)
    on conflict (table_name) do update set privileges = excluded.privileges;
end
$$;

-- An unset, emptied or unknown app.practice matches no row; one that is no uuid is an error. The sub-select makes
-- PostgreSQL read the setting once per statement and not once per row.
create function protect_tenant_table(target regclass, privileges text default 'select, insert, update, delete')
returns void language plpgsql as $$
declare
    wall constant text := '(practice_id = (select nullif(current_setting(''app.practice'', true), '''')::uuid))';
    first_key_column text;
begin
    select a.attname into first_key_column
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = target and i.indisprimary;
    if first_key_column is distinct from 'practice_id' then
        raise exception 'the primary key of % must begin with practice_id', target;
    end if;
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy practice_wall on %s using %s with check %s', target, wall, wall);
    perform open_to_app(target, privileges);
end
$$;

revoke all on function open_to_app(regclass, text), protect_tenant_table(regclass, text) from public;


create table tenant (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
);
comment on table tenant is 'The register of practices: an id and a short name, nothing else, because no wall guards it.';
select open_to_app('tenant', 'select, insert');

create table practice (
    practice_id uuid primary key references tenant (id),
    name text not null check (name <> ''),
    zone text not null check (zone <> ''),
    closures date[] not null default '{}',
    settings jsonb not null default '{}',
    created_at timestamptz not null default now()
);
comment on column practice.zone is 'IANA name.';
comment on column practice.closures is 'Days on which it is closed, in its own zone.';
select protect_tenant_table('practice');

create table connection (
    practice_id uuid not null references practice,
    connection_id uuid not null,
    emr text not null check (emr <> ''),
    base_url text not null check (base_url <> ''),
    settings jsonb not null default '{}',
    credentials bytea,
    state text not null default 'active' check (state in ('active', 'paused', 'needs_reconnect')),
    trouble text,
    epoch bigint not null default 0,
    created_at timestamptz not null default now(),
    primary key (practice_id, connection_id)
);
comment on column connection.credentials is 'Sealed by the vault; null: none given yet.';
comment on column connection.trouble is 'Code of the reason catalogue; null: nothing is wrong.';
comment on column connection.epoch is 'Counts the claims: only the worker that holds the latest one may write for this connection.';
select protect_tenant_table('connection');

create table staff (
    practice_id uuid not null references practice,
    staff_id uuid not null,
    name text not null check (name <> ''),
    email bytea not null,
    email_index bytea not null,
    role text not null check (role <> ''),
    is_active boolean not null default true,
    primary key (practice_id, staff_id),
    unique (practice_id, email_index)
);
comment on column staff.email is 'Sealed by the vault.';
comment on column staff.email_index is 'The vault''s blind index of the canonical address: equal addresses of one practice have equal values.';
select protect_tenant_table('staff');


-- Rows are small, few and rewritten all the time: half-empty pages keep every rewrite in place, without touching the index.
create table vendor_limit (
    key text primary key,
    window_number bigint not null default 0,
    used integer not null default 0,
    free_at timestamptz not null default '-infinity',
    refused_until timestamptz not null default '-infinity'
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table vendor_limit is 'How much of each EMR''s limits is used, shared by all workers. Keys name no practice.';
comment on column vendor_limit.window_number is 'Of the window that `used` counts: seconds since 1970 divided by its length.';
comment on column vendor_limit.free_at is 'Of a spaced limit: when the next request may go.';
comment on column vendor_limit.refused_until is 'The EMR itself said "too many": nobody asks before.';
select open_to_app('vendor_limit', 'select, insert, update, delete');
