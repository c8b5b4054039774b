-- What passes through the house: intake, catalog, patients, appointments with their decisions, visits, runs.
-- In the keys of the large tables the record's own id stands before its connection: a practice has few connections and
-- many records, and a planner that does not know this otherwise takes the first two columns for a key.
-- patient, appointment, decision, visit, wanted and sweep_seen have no foreign key to connection: whoever writes them holds that row locked
-- (fencing, see practices.py), which promises the same at a fraction of the price.
-- Sealed columns hold AES-256-GCM ciphertext (see vault.py); *_index columns are blind indexes.

-- Counts the changes of whatever a practice's context is made of, so that a worker may keep the context it loaded.
alter table practice add column revision bigint not null default 0;

create table bookmark (
    practice_id uuid not null,
    connection_id uuid not null,
    stream text not null,
    position text not null,
    moved_at timestamptz not null,
    primary key (practice_id, connection_id, stream),
    foreign key (practice_id, connection_id) references connection
);

-- Raw bytes, committed before anything is made of them; the body goes once everything in it was taken in.
create table intake (
    practice_id uuid not null,
    intake_id bigint generated always as identity,
    connection_id uuid not null,
    run_id uuid,
    received_at timestamptz not null,
    source text not null,
    kind text not null,
    asked text not null,
    media_type text not null,
    byte_count integer not null,
    sha256 bytea not null,
    body bytea,
    bookmark text,
    delivery_id text,
    taken_in_at timestamptz,
    primary key (practice_id, intake_id),
    foreign key (practice_id, connection_id) references connection
);
alter table intake alter column body set storage external;
create index intake_waiting on intake (practice_id, connection_id, intake_id) where taken_in_at is null;
create unique index intake_delivery on intake (practice_id, connection_id, delivery_id) where delivery_id is not null;

create table catalog_entry (
    practice_id uuid not null,
    connection_id uuid not null,
    kind text not null check (kind in ('appointment-type', 'location', 'practitioner')),
    entry_id text not null,
    record bytea not null,
    is_connected boolean not null default false,
    staff_id uuid,
    zone_override text,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    retired_at timestamptz,
    previous_name text,
    primary key (practice_id, connection_id, kind, entry_id),
    foreign key (practice_id, connection_id) references connection
);

-- What an admin approved as a mark of telemedicine; spelling_of says which approved text an accepted spelling stands for.
create table approval (
    practice_id uuid not null,
    connection_id uuid not null,
    kind text not null,
    value text not null,
    is_id boolean not null,
    spelling_of text,
    approved_by text not null,
    approved_at timestamptz not null,
    primary key (practice_id, connection_id, kind, is_id, value),
    foreign key (practice_id, connection_id) references connection
);

create table status_meaning (
    practice_id uuid not null,
    connection_id uuid not null,
    status_text text not null,
    status text not null,
    primary key (practice_id, connection_id, status_text),
    foreign key (practice_id, connection_id) references connection
);

create table patient (
    practice_id uuid not null,
    connection_id uuid not null,
    patient_id text not null,
    fingerprint bytea not null,
    record bytea not null,
    email_index bytea,
    person_index bytea,
    first_name_index bytea,
    last_name_index bytea,
    changed_at timestamptz,
    read_at timestamptz not null,
    primary key (practice_id, patient_id, connection_id)
);
alter table patient alter column record set storage external;
create index patient_email on patient (practice_id, email_index) where email_index is not null;
create index patient_person on patient (practice_id, person_index) where person_index is not null;

create table household_member (
    practice_id uuid not null,
    connection_id uuid not null,
    patient_id text not null,
    household_id uuid not null,
    linked_by text not null,
    linked_at timestamptz not null,
    primary key (practice_id, connection_id, patient_id),
    foreign key (practice_id, connection_id) references connection
);

-- An appointment as last read, and its current decision. record is the translated appointment, sealed because what
-- staff type as a reason may speak of a person; raw is kept only while
-- the appointment is telemedicine (of others nothing that could name a patient is kept).
create table appointment (
    practice_id uuid not null,
    connection_id uuid not null,
    appointment_id text not null,
    fingerprint bytea not null,
    record bytea not null,
    raw bytea,
    intake_id bigint not null,
    changed_at timestamptz,
    start_at timestamptz not null,
    end_at timestamptz not null,
    patient_id text,
    practitioner_id text,
    first_seen_at timestamptz not null,
    missing_reads smallint not null default 0,
    missing_since timestamptz,
    outcome text not null,
    findings bytea not null,
    expected_by timestamptz,
    recheck_at timestamptz,
    decided_at timestamptz not null,
    primary key (practice_id, appointment_id, connection_id)
);
alter table appointment alter column record set storage external;
-- Sealed bytes do not get smaller: compressing them is not tried.
alter table appointment alter column raw set storage external;
create index appointment_start on appointment (practice_id, start_at);
create index appointment_patient on appointment (practice_id, patient_id);
create index appointment_recheck on appointment (practice_id, recheck_at) where recheck_at is not null;

-- The further patients of group visits.
create table group_member (
    practice_id uuid not null,
    connection_id uuid not null,
    patient_id text not null,
    appointment_id text not null,
    primary key (practice_id, patient_id, connection_id, appointment_id)
);

-- Append-only: what was decided, when, and what caused it.
create table decision (
    practice_id uuid not null,
    connection_id uuid not null,
    appointment_id text not null,
    decision_id bigint generated always as identity,
    decided_at timestamptz not null,
    outcome text not null,
    findings bytea not null,
    expected_by timestamptz,
    cause text not null,
    cause_id text not null,
    rules_version text not null,
    primary key (practice_id, appointment_id, connection_id, decision_id)
);

create table visit (
    practice_id uuid not null,
    visit_id uuid not null default gen_random_uuid(),
    connection_id uuid not null,
    appointment_id text not null,
    state text not null check (state in ('active', 'cancelled', 'over')),
    start_at timestamptz not null,
    end_at timestamptz not null,
    patient_id text not null,
    practitioner_id text,
    staff_id uuid,
    is_test boolean not null default false,
    booked_at timestamptz,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    primary key (practice_id, visit_id)
);
create index ended_visit_of_appointment on visit (practice_id, appointment_id, connection_id) where state <> 'active';
create unique index one_active_visit on visit (practice_id, appointment_id, connection_id) where state = 'active';

-- Append-only: how a visit followed its appointment after it was created.
create table visit_change (
    practice_id uuid not null,
    visit_id uuid not null,
    change_id bigint generated always as identity,
    changed_at timestamptz not null,
    what text not null,
    before text,
    after text,
    primary key (practice_id, visit_id, change_id),
    foreign key (practice_id, visit_id) references visit
);

create table test_visit (
    practice_id uuid not null,
    connection_id uuid not null,
    appointment_id text not null,
    declared_by text not null,
    expires_at timestamptz not null,
    primary key (practice_id, connection_id, appointment_id),
    foreign key (practice_id, connection_id) references connection
);

-- What must still be read before its appointments can be judged; near-term first. A patient who was read stays here,
-- marked, until the appointments that the record may change have been judged.
create table wanted (
    practice_id uuid not null,
    connection_id uuid not null,
    kind text not null check (kind in ('patient', 'appointment-detail', 'appointment')),
    wanted_id text not null,
    needed_by timestamptz not null,
    attempts smallint not null default 0,
    is_read boolean not null default false,
    not_before timestamptz,
    primary key (practice_id, wanted_id, connection_id, kind)
);
create index wanted_first on wanted (practice_id, connection_id, kind, needed_by) where not is_read;
create index wanted_judging on wanted (practice_id, connection_id) where is_read;

-- A record that made no sense: kept with its bytes and the reason until it is read well, or gone.
create table quarantine (
    practice_id uuid not null,
    connection_id uuid not null,
    kind text not null,
    record_key text not null,
    reason text not null,
    raw bytea not null,
    intake_id bigint not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    resolved_at timestamptz,
    primary key (practice_id, connection_id, kind, record_key),
    foreign key (practice_id, connection_id) references connection
);

create table sync_run (
    practice_id uuid not null,
    run_id uuid not null,
    connection_id uuid not null,
    kind text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    is_complete boolean not null default false,
    first_day date,
    last_day date,
    pages integer not null default 0,
    records integer not null default 0,
    changed integer not null default 0,
    unreadable integer not null default 0,
    repaired integer not null default 0,
    trouble text,
    primary key (practice_id, run_id),
    foreign key (practice_id, connection_id) references connection
);
-- When each kind of reading last began and came to its end.
create table last_reading (
    practice_id uuid not null,
    connection_id uuid not null,
    kind text not null,
    began_at timestamptz not null,
    primary key (practice_id, connection_id, kind),
    foreign key (practice_id, connection_id) references connection
);
create index sync_run_latest on sync_run (practice_id, connection_id, kind, started_at desc);

-- The appointments that a sweep under way has met; what the finished sweep has not met is missing in the EMR.
create table sweep_seen (
    practice_id uuid not null,
    connection_id uuid not null,
    run_id uuid not null,
    appointment_id text not null,
    primary key (practice_id, appointment_id, connection_id, run_id)
);

-- Append-only: who changed which setting of the practice; decisions name the change that caused them.
create table setting_change (
    practice_id uuid not null,
    change_id bigint generated always as identity,
    changed_at timestamptz not null,
    changed_by text not null,
    what text not null,
    before text,
    after text,
    primary key (practice_id, change_id)
);

select protect_tenant_table(name::regclass) from unnest(array[
    'bookmark', 'intake', 'catalog_entry', 'approval', 'status_meaning', 'patient', 'household_member', 'appointment', 'group_member',
    'visit', 'test_visit', 'wanted', 'quarantine', 'sync_run', 'last_reading', 'sweep_seen'
]) as name;
select protect_tenant_table(name::regclass, 'select, insert') from unnest(array[
    'decision', 'visit_change', 'setting_change'
]) as name;

create function note_revision() returns trigger language plpgsql as $$
begin
    update practice set revision = revision + 1
    where practice_id = nullif(current_setting('app.practice', true), '')::uuid;
    return null;
end
$$;

create function note_own_revision() returns trigger language plpgsql as $$
begin
    new.revision := old.revision + 1;
    return new;
end
$$;

create trigger revision after insert or update or delete on catalog_entry
    for each statement execute function note_revision();
create trigger revision after insert or update or delete on approval
    for each statement execute function note_revision();
create trigger revision after insert or update or delete on status_meaning
    for each statement execute function note_revision();
create trigger revision after insert or update or delete on household_member
    for each statement execute function note_revision();
create trigger revision after insert or update or delete on test_visit
    for each statement execute function note_revision();
create trigger revision after insert or update or delete on staff
    for each statement execute function note_revision();
create trigger revision after update of settings, base_url on connection
    for each statement execute function note_revision();
create trigger revision before update on practice for each row
    when ((old.name, old.zone, old.closures, old.settings)
          is distinct from (new.name, new.zone, new.closures, new.settings))
    execute function note_own_revision();
