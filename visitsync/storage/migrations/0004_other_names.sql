-- What else pushed messages call an appointment, so that one which names it in part or by its other number finds it.

create table other_name (
    practice_id uuid not null,
    connection_id uuid not null,
    name text not null,
    appointment_id text not null,
    primary key (practice_id, name, connection_id, appointment_id)
);
comment on column other_name.name is 'Opaque to all but the connector; numbers of a schedule, never a person''s name.';
select protect_tenant_table('other_name');
