-- What pages that people look at all day stand on: few rows found quickly, and little to keep up to date.

-- Only what waits for a person: few rows of many, so that a large practice's list is as quick as a small one's.
create index appointment_needs_somebody on appointment (practice_id, start_at)
    where outcome in ('needs_fix', 'needs_provider', 'on_hold');

create index patient_first_name on patient (practice_id, first_name_index) where first_name_index is not null;
create index patient_last_name on patient (practice_id, last_name_index) where last_name_index is not null;
