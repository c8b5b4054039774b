-- What EMRs push to us: who may, what has come, and what showed while an EMR was asked.

-- Where a connection is only pushed to, there is no address to ask at.
alter table connection drop constraint connection_base_url_check;

-- Who connects is looked up before anybody knows of which practice it is; so no wall guards this table, and it holds
-- nothing but where messages come from. Two registrations can never fit the same sender: the table itself refuses them.
create table peer (
    peer_id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null,
    connection_id uuid not null,
    name text not null check (name <> ''),
    network cidr,
    ports int4range not null default '[1,65536)',
    certificate text,
    fingerprint bytea,
    added_at timestamptz not null,
    added_by text not null,
    foreign key (tenant_id, connection_id) references connection (practice_id, connection_id),
    check (network is not null or fingerprint is not null),
    check ((certificate is null) = (fingerprint is null)),
    constraint peer_networks_apart exclude using gist (network inet_ops with &&, ports with &&)
        where (fingerprint is null),
    constraint peer_fingerprints_apart unique (fingerprint)
);
comment on table peer is 'Registered senders: the peer decides the practice, never the message.';
comment on column peer.ports is 'Local ports on which the sender counts as this one; all of them unless one was named.';
comment on column peer.fingerprint is 'SHA-256 of the client certificate; with a network, both must fit.';
select open_to_app('peer', 'select, insert, delete');

-- How much each sender of a practice has sent; for health, and for the alarm when our answers seem not to arrive.
create table peer_traffic (
    practice_id uuid not null,
    connection_id uuid not null,
    peer_id uuid not null,
    messages bigint not null default 0,
    resent bigint not null default 0,
    refused bigint not null default 0,
    last_message_at timestamptz,
    last_refused_at timestamptz,
    last_alarm_at timestamptz,
    primary key (practice_id, connection_id, peer_id),
    foreign key (practice_id, connection_id) references connection
) with (fillfactor = 50);
comment on column peer_traffic.last_alarm_at is 'When the same message last came again and again although it had been acknowledged.';
select protect_tenant_table('peer_traffic');

alter table intake add column sent_at timestamptz;
comment on column intake.sent_at is 'Of pushed messages: by the sender''s clock, else when it came. They are taken in in this order.';
create index intake_messages on intake (practice_id, connection_id, sent_at, intake_id)
    where taken_in_at is null and sent_at is not null;

-- What showed while the EMR was asked and stops nothing, such as a key that somebody else uses as well.
create table notice (
    practice_id uuid not null,
    connection_id uuid not null,
    reading text not null,
    code text not null,
    since timestamptz not null,
    primary key (practice_id, connection_id, reading, code),
    foreign key (practice_id, connection_id) references connection
);
comment on column notice.reading is 'The kind of reading that showed it; a complete one that no longer does removes it.';
select protect_tenant_table('notice');
