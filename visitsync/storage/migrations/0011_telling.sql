-- What people of a practice are told without asking: what each of them wants, what is the matter, and what was said.

create table telling_choice (
    practice_id uuid not null references practice,
    staff_id uuid not null,
    wants text[] not null,
    digest_at integer not null check (digest_at between 0 and 1439),
    quiet_from integer check (quiet_from between 0 and 1439),
    quiet_until integer check (quiet_until between 0 and 1439),
    is_told_when_closed boolean not null,
    hours_ahead integer not null check (hours_ahead between 1 and 12),
    locations text[] not null,
    practitioners text[] not null,
    changed_at timestamptz not null,
    primary key (practice_id, staff_id),
    foreign key (practice_id, staff_id) references staff
);
comment on table telling_choice is 'What somebody chose for themselves; whoever chose nothing is told as their role usually is.';
comment on column telling_choice.digest_at is 'Minute of the day on the practice''s clocks, as are quiet_from and quiet_until.';
comment on column telling_choice.locations is 'connection:id; empty: all.';
select protect_tenant_table('telling_choice');

create table concern (
    practice_id uuid not null references practice,
    concern_id uuid not null,
    kind text not null check (kind in ('alarm', 'warning')),
    subject text not null check (subject <> ''),
    code text not null,
    starts_at timestamptz,
    title text not null,
    lines text[] not null,
    began_at timestamptz not null,
    gone_at timestamptz,
    ended_at timestamptz,
    primary key (practice_id, concern_id)
);
comment on table concern is 'Something that people are told of, from when it was first seen until it is over: one row each time.';
comment on column concern.subject is 'The connection, or the appointment and its start: what one concern at a time is about.';
comment on column concern.starts_at is 'Of a visit that is not ready; it is no concern once it has begun.';
comment on column concern.gone_at is 'Since when it is no longer seen; it may come back before it counts as over.';
create unique index concern_open on concern (practice_id, subject) where ended_at is null;
select protect_tenant_table('concern');

create table telling (
    practice_id uuid not null references practice,
    telling_id uuid not null,
    staff_id uuid not null,
    kind text not null check (kind in ('digest', 'warning', 'alarm')),
    is_all_clear boolean not null,
    title text not null,
    lines text[] not null,
    leads_to text not null,
    told_at timestamptz not null,
    good_until timestamptz not null,
    mail text not null check (mail in ('waiting', 'sending', 'sent', 'unclear', 'given up', 'dropped', 'none')),
    tries integer not null default 0,
    next_try_at timestamptz not null,
    mailed_at timestamptz,
    primary key (practice_id, telling_id),
    foreign key (practice_id, staff_id) references staff
);
comment on table telling is 'What somebody was told: shown to them in the app, and mailed. No patient data: counts and times of day at most.';
comment on column telling.good_until is 'A mail that has not gone by then is no longer sent.';
comment on column telling.mail is
    'sending: one worker is at it; if it died there, nobody knows whether the mail went, and it does not go again (unclear).';
create index telling_latest on telling (practice_id, staff_id, told_at desc);
create index telling_to_mail on telling (practice_id, next_try_at) where mail in ('waiting', 'sending');
select protect_tenant_table('telling');

create table told (
    practice_id uuid not null references practice,
    staff_id uuid not null,
    what text not null check (what <> ''),
    concern_id uuid,
    telling_id uuid,
    told_at timestamptz not null,
    primary key (practice_id, staff_id, what),
    foreign key (practice_id, telling_id) references telling on delete cascade,
    foreign key (practice_id, concern_id) references concern on delete cascade
);
comment on table told is 'Nobody is told twice of the same thing: its key stands here from the transaction in which it was told.';
comment on column told.telling_id is 'Null where there was nothing to say.';
create index told_of_concern on told (practice_id, concern_id);
create index told_in_telling on told (practice_id, telling_id);
select protect_tenant_table('told');

create table telling_turn (
    tenant_id uuid primary key references tenant,
    due_at timestamptz not null
);
comment on table telling_turn is 'When a worker looks next whether anybody of a practice is to be told something; shared by all workers.';
select open_to_app('telling_turn', 'select, insert, update');
