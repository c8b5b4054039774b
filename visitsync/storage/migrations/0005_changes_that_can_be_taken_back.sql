-- What each change of the practice's settings touched, so that it can be taken back while nothing newer has touched it.

alter table setting_change add column undoes bigint;
comment on column setting_change.undoes is 'The change that this one takes back; null: it takes none back.';

-- Append-only, like the changes themselves. Ids and settings, never a name or an address of a patient.
create table setting_touch (
    practice_id uuid not null,
    change_id bigint not null,
    thing text not null,
    name text not null,
    part text not null default '',
    connection_id uuid,
    before jsonb,
    after jsonb,
    primary key (practice_id, change_id, thing, name, part),
    foreign key (practice_id, change_id) references setting_change
);
comment on column setting_touch.thing is 'What kind of thing it is: an approval, a closure, a setting of a connection.';
comment on column setting_touch.part is 'Tells apart what has the same name: the kind of a mark, the list of an entry.';
comment on column setting_touch.connection_id is 'Null: a thing of the whole practice.';
comment on column setting_touch.before is 'How it stood before the change; null: it was not there.';
create index setting_touch_of_thing on setting_touch (practice_id, thing, name);
select protect_tenant_table('setting_touch', 'select, insert');
