-- What figures about the past are found by: the visits of some weeks, and the decisions that asked for somebody.

create index visit_created on visit (practice_id, created_at);
create index decision_needs_somebody on decision (practice_id, decided_at)
    where outcome in ('needs_fix', 'needs_provider', 'on_hold');
