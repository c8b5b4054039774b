"""What must hold in the tables at any time, checked by queries of their own."""

from collections.abc import Iterator, Mapping

from tests.nothing_lost.house import House
from visitsync.storage.decisions import Cause
from visitsync.sync.recheck import recheck_everything

BROKEN: Mapping[str, str] = {
    "an appointment with two active visits": """
        select appointment_id from visit where connection_id = %(connection)s and state = 'active'
        group by appointment_id having count(*) > 1""",
    "an active visit without an appointment that wants it": """
        select v.appointment_id from visit v left join appointment a
            on a.appointment_id = v.appointment_id and a.connection_id = v.connection_id
        where v.connection_id = %(connection)s and v.state = 'active'
          and (a.outcome is null or a.outcome not in ('ready', 'needs_provider', 'waiting'))""",
    "an appointment that is ready and has no visit": """
        select a.appointment_id from appointment a left join visit v
            on a.appointment_id = v.appointment_id and a.connection_id = v.connection_id and v.state = 'active'
        where a.connection_id = %(connection)s and a.outcome in ('ready', 'needs_provider') and v.visit_id is null""",
    "a visit for another patient than its appointment's": """
        select v.appointment_id from visit v join appointment a
            on a.appointment_id = v.appointment_id and a.connection_id = v.connection_id
        where v.connection_id = %(connection)s and v.state = 'active' and v.patient_id is distinct from a.patient_id""",
    "a visit at another time than its appointment": """
        select v.appointment_id from visit v join appointment a
            on a.appointment_id = v.appointment_id and a.connection_id = v.connection_id
        where v.connection_id = %(connection)s and v.state = 'active'
          and (v.start_at, v.end_at) is distinct from (a.start_at, a.end_at)""",
    "an appointment whose history ends with another decision": """
        select a.appointment_id from appointment a cross join lateral (
            select outcome, findings from decision d where d.appointment_id = a.appointment_id
              and d.connection_id = a.connection_id order by decision_id desc limit 1) last
        where a.connection_id = %(connection)s
          and (a.outcome, a.findings) is distinct from (last.outcome, last.findings)""",
    "an appointment without a decision": """
        select appointment_id from appointment a where connection_id = %(connection)s and not exists (
            select from decision d where d.appointment_id = a.appointment_id and d.connection_id = a.connection_id)""",
    "a decision that says the same as the one before it": """
        select appointment_id from (
            select appointment_id, outcome, findings, lag(outcome) over w as was, lag(findings) over w as found
            from decision where connection_id = %(connection)s
            window w as (partition by appointment_id order by decision_id)) pairs
        where (outcome, findings) is not distinct from (was, found)""",
    "a decision without a cause": """
        select appointment_id from decision
        where connection_id = %(connection)s and (cause = '' or rules_version = '')""",
    "a change of a visit without what it was": """
        select visit_id from visit_change where before is null or after is null or before = after""",
    "an answer kept and not taken in": """
        select intake_id from intake where connection_id = %(connection)s and taken_in_at is null""",
}


def broken(house: House) -> Iterator[str]:
    """Each invariant that does not hold, with what breaks it."""
    for what, query in BROKEN.items():
        if rows := house.query(query):
            yield f"{what}: {', '.join(str(row[0]) for row in rows[:5])}"


def decided_otherwise(house: House) -> int:
    """How many decisions come out differently when all are made again from what is stored."""
    return recheck_everything(house.link, Cause("asked by a test"))
