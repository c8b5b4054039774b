-- What people ask of us from a page: to look at one appointment again, and for help when an answer did not answer.

create table asked_check (
    practice_id uuid not null references practice,
    check_id uuid not null,
    connection_id uuid not null,
    appointment_id text not null check (appointment_id <> ''),
    staff_id uuid not null,
    asked_at timestamptz not null,
    outcome_before text not null,
    digest_before text not null,
    began_at timestamptz,
    ended_at timestamptz,
    trouble text,
    try_again_at timestamptz,
    primary key (practice_id, check_id),
    foreign key (practice_id, connection_id) references connection,
    foreign key (practice_id, staff_id) references staff
);
comment on column asked_check.outcome_before is 'Empty where the appointment had never been received.';
comment on column asked_check.trouble is 'Reason code of what stopped it; null: it came to its end.';
create index asked_check_latest on asked_check (practice_id, connection_id, asked_at desc);
create index asked_check_of_appointment on asked_check (practice_id, connection_id, appointment_id, asked_at desc);
select protect_tenant_table('asked_check');

create table help_request (
    practice_id uuid not null references practice,
    request_id uuid not null,
    case_id text not null,
    connection_id uuid not null,
    appointment_id text not null,
    facts jsonb not null,
    note bytea,
    staff_id uuid not null,
    asked_at timestamptz not null,
    state text not null default 'open' check (state in ('open', 'answered', 'closed')),
    state_by uuid,
    state_at timestamptz,
    mailed_at timestamptz,
    primary key (practice_id, request_id),
    unique (practice_id, case_id),
    foreign key (practice_id, connection_id) references connection,
    foreign key (practice_id, staff_id) references staff,
    foreign key (practice_id, state_by) references staff
);
comment on column help_request.case_id is 'Short enough to be said on the telephone.';
comment on column help_request.facts is 'Pairs of label and value: codes, ids and times; never a name, an address or a text of the EMR.';
comment on column help_request.note is 'Sealed: what a person types may name somebody in spite of all.';
comment on column help_request.mailed_at is 'When the mail server took it; null while it waits, or where nobody gets mail.';
create index help_request_latest on help_request (practice_id, asked_at desc);
create index help_request_open on help_request (practice_id) where state = 'open';
select protect_tenant_table('help_request', 'select, insert, update');

create table answer_vote (
    practice_id uuid not null references practice,
    staff_id uuid not null,
    connection_id uuid not null,
    appointment_id text not null,
    is_helpful boolean not null,
    outcome text not null,
    codes text[] not null,
    voted_at timestamptz not null,
    primary key (practice_id, staff_id, connection_id, appointment_id),
    foreign key (practice_id, staff_id) references staff
);
comment on table answer_vote is '"Did this answer your question?": the latest word of each person about each answer.';
create index answer_vote_at on answer_vote (practice_id, voted_at desc);
select protect_tenant_table('answer_vote', 'select, insert, update');
