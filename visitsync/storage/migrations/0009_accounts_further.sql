-- What signing in needs besides 0007: sessions that end at a word, accounts that are only for show, and emergencies.

alter table account_user
    add column session_round integer not null default 0,
    add column is_demo boolean not null default false;
comment on column account_user.session_round is 'Counted up, it ends all of the person''s sessions.';
comment on column account_user.is_demo is 'Its password and codes are printed for everybody to see: only for demonstrations.';

alter table staff
    add column emergency_role text check (emergency_role <> ''),
    add column emergency_until timestamptz,
    add constraint staff_emergency_ends check ((emergency_role is null) = (emergency_until is null));
comment on column staff.emergency_role is 'A role besides their own, in an emergency, until emergency_until; the audit trail says why.';
