-- Who did or saw what, when and why: a chain of entries per practice that is only ever added to (see audit.py).
-- No foreign key leads from here to the practice: its trail outlives it.

create table audit_entry (
    practice_id uuid not null,
    number bigint not null check (number > 0),
    at timestamptz not null,
    who_kind text not null check (who_kind in ('staff', 'command', 'process', 'stranger')),
    who text not null,
    who_name text not null,
    act text not null check (act <> ''),
    object_kind text not null,
    object_id text not null,
    why text not null,
    details bytea,
    request_id text not null,
    address text not null,
    previous_hash bytea not null,
    hash bytea not null,
    primary key (practice_id, number)
);
alter table audit_entry alter column details set storage external;
create index audit_entry_at on audit_entry (practice_id, at);
create index audit_entry_who on audit_entry (practice_id, who, number);
create index audit_entry_object on audit_entry (practice_id, object_id, object_kind, number);
comment on column audit_entry.number is 'From 1 without a gap, in the order of commits, whatever the clock says.';
comment on column audit_entry.details is 'Sealed with a key of its own that is never rotated, because the row never changes.';
comment on column audit_entry.hash is 'HMAC-SHA256 over everything else in the row, previous_hash included.';
select protect_tenant_table('audit_entry', 'select, insert');

-- Small and rewritten all the time, like vendor_limit.
create table audit_head (
    practice_id uuid primary key,
    entry_count bigint not null,
    hash bytea not null,
    seal bytea not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table audit_head is 'Where each chain ends; whoever adds an entry holds its row locked until the commit.';
comment on column audit_head.hash is 'Of the last entry; empty while there is none.';
comment on column audit_head.seal is 'HMAC-SHA256 over the rest of the row.';
select protect_tenant_table('audit_head', 'select, insert, update');

-- The application has no right to any of this. The triggers stop the owner, too, unless they are disabled on purpose.
create function refuse_to_rewrite_the_audit() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: the audit trail is only ever added to', lower(tg_op), tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;
revoke all on function refuse_to_rewrite_the_audit() from public;

create trigger only_added_to before update or delete or truncate on audit_entry
    for each statement execute function refuse_to_rewrite_the_audit();
create trigger never_removed before delete or truncate on audit_head
    for each statement execute function refuse_to_rewrite_the_audit();
