-- Who deals with what needs somebody, so that two people do not call the same patient; and who dealt with it before.

create table being_dealt_with (
    practice_id uuid not null references practice,
    dealing_id uuid not null,
    subject text not null,
    title text not null,
    staff_id uuid not null,
    note bytea,
    began_at timestamptz not null,
    ended_at timestamptz,
    ended_by uuid,
    primary key (practice_id, dealing_id),
    foreign key (practice_id, staff_id) references staff,
    foreign key (practice_id, ended_by) references staff
);
comment on column being_dealt_with.subject is 'The key of a group of appointments, or an appointment.';
comment on column being_dealt_with.title is 'What it was when it began, in words without patient data.';
comment on column being_dealt_with.note is 'Sealed: what a person types may name somebody.';
comment on column being_dealt_with.ended_by is 'Null once it has ended: nobody put it down, it was mended.';
create unique index being_dealt_with_now on being_dealt_with (practice_id, subject) where ended_at is null;
create index being_dealt_with_lately on being_dealt_with (practice_id, began_at desc);
select protect_tenant_table('being_dealt_with', 'select, insert, update');
