"""How the things that an admin can change stand now, and putting them back to how they once stood."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from visitsync.storage.database import Transaction
from visitsync.storage.setting_touches import State, Thing, ThingKind


def states(transaction: Transaction, things: Sequence[Thing]) -> list[State]:
    """How each of them stands now."""
    return [_state(transaction, thing) for thing in things]


def put_back(transaction: Transaction, thing: Thing, state: State) -> None:
    """Makes a thing as it stood; None: it goes. Somebody who was added is not removed, only switched off."""
    statements = _REMOVE if state is None and thing.kind in _REMOVE else _SET
    parameters = _parameters(transaction, thing) | {"state": None if state is None else Jsonb(state)}
    transaction.execute(statements[thing.kind].encode(), parameters)


def _state(transaction: Transaction, thing: Thing) -> State:
    row = transaction.execute(_READ[thing.kind].encode(), _parameters(transaction, thing)).fetchone()
    return None if row is None else row[0]


def _parameters(transaction: Transaction, thing: Thing) -> dict[str, Any]:
    return {
        "practice": transaction.practice_id,
        "connection": thing.connection_id,
        "name": thing.name,
        "part": thing.part,
    }


_INSTANT = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_OF_CONNECTION = "practice_id = %(practice)s and connection_id = %(connection)s"
_THE_APPROVAL = f"""{_OF_CONNECTION} and value = %(name)s
                    and kind || case when is_id then ' id' else ' text' end = %(part)s"""
_THE_ENTRY = f"{_OF_CONNECTION} and kind = %(part)s and entry_id = %(name)s"
_TEXT = "(%(state)s::jsonb #>> '{}')"

_READ: Mapping[ThingKind, str] = {
    ThingKind.APPROVAL: f"""
        select jsonb_build_object('spelling_of', spelling_of, 'by', approved_by, 'at', {_INSTANT.format("approved_at")})
        from approval where {_THE_APPROVAL}""",
    ThingKind.STATUS_MEANING: f"""
        select to_jsonb(status) from status_meaning where {_OF_CONNECTION} and status_text = %(name)s""",
    ThingKind.ENTRY_CONNECTED: f"select to_jsonb(is_connected) from catalog_entry where {_THE_ENTRY}",
    ThingKind.ENTRY_STAFF: f"select to_jsonb(staff_id) from catalog_entry where {_THE_ENTRY}",
    ThingKind.ENTRY_ZONE: f"select to_jsonb(zone_override) from catalog_entry where {_THE_ENTRY}",
    ThingKind.ENTRY_PREVIOUS_NAME: f"select to_jsonb(previous_name) from catalog_entry where {_THE_ENTRY}",
    ThingKind.HOUSEHOLD_MEMBER: f"""
        select jsonb_build_object('household', household_id, 'by', linked_by, 'at', {_INSTANT.format("linked_at")})
        from household_member where {_OF_CONNECTION} and patient_id = %(name)s""",
    ThingKind.TEST_VISIT: f"""
        select jsonb_build_object('by', declared_by, 'expires_at', {_INSTANT.format("expires_at")})
        from test_visit where {_OF_CONNECTION} and appointment_id = %(name)s""",
    ThingKind.CONNECTION_SETTING: f"select settings -> %(name)s::text from connection where {_OF_CONNECTION}",
    ThingKind.CONNECTION_STATE: f"""
        select jsonb_build_object('state', state, 'trouble', trouble) from connection where {_OF_CONNECTION}""",
    ThingKind.CLOSURE: """
        select 'true'::jsonb from practice where practice_id = %(practice)s and %(name)s::date = any(closures)""",
    ThingKind.STAFF_ACTIVE: """
        select to_jsonb(is_active) from staff where practice_id = %(practice)s and staff_id = %(name)s::uuid""",
    ThingKind.PRACTICE_NAME: "select to_jsonb(name) from practice where practice_id = %(practice)s",
    ThingKind.PRACTICE_ZONE: "select to_jsonb(zone) from practice where practice_id = %(practice)s",
}

_SET: Mapping[ThingKind, str] = {
    ThingKind.APPROVAL: """
        insert into approval (practice_id, connection_id, kind, value, is_id, spelling_of, approved_by, approved_at)
        select %(practice)s, %(connection)s, split_part(%(part)s, ' ', 1), %(name)s,
               split_part(%(part)s, ' ', 2) = 'id', state ->> 'spelling_of', state ->> 'by',
               (state ->> 'at')::timestamptz
        from (select %(state)s::jsonb) as given (state)
        on conflict (practice_id, connection_id, kind, is_id, value) do update
        set spelling_of = excluded.spelling_of, approved_by = excluded.approved_by,
            approved_at = excluded.approved_at""",
    ThingKind.STATUS_MEANING: f"""
        insert into status_meaning (practice_id, connection_id, status_text, status)
        values (%(practice)s, %(connection)s, %(name)s, {_TEXT})
        on conflict (practice_id, connection_id, status_text) do update set status = excluded.status""",
    ThingKind.ENTRY_CONNECTED: f"update catalog_entry set is_connected = {_TEXT}::boolean where {_THE_ENTRY}",
    ThingKind.ENTRY_STAFF: f"update catalog_entry set staff_id = {_TEXT}::uuid where {_THE_ENTRY}",
    ThingKind.ENTRY_ZONE: f"update catalog_entry set zone_override = {_TEXT} where {_THE_ENTRY}",
    ThingKind.ENTRY_PREVIOUS_NAME: f"update catalog_entry set previous_name = {_TEXT} where {_THE_ENTRY}",
    ThingKind.HOUSEHOLD_MEMBER: """
        insert into household_member (practice_id, connection_id, patient_id, household_id, linked_by, linked_at)
        select %(practice)s, %(connection)s, %(name)s, (state ->> 'household')::uuid, state ->> 'by',
               (state ->> 'at')::timestamptz
        from (select %(state)s::jsonb) as given (state)
        on conflict (practice_id, connection_id, patient_id) do update
        set household_id = excluded.household_id, linked_by = excluded.linked_by, linked_at = excluded.linked_at""",
    ThingKind.TEST_VISIT: """
        insert into test_visit (practice_id, connection_id, appointment_id, declared_by, expires_at)
        select %(practice)s, %(connection)s, %(name)s, state ->> 'by', (state ->> 'expires_at')::timestamptz
        from (select %(state)s::jsonb) as given (state)
        on conflict (practice_id, connection_id, appointment_id) do update
        set declared_by = excluded.declared_by, expires_at = excluded.expires_at""",
    ThingKind.CONNECTION_SETTING: f"""
        update connection set settings = jsonb_set(settings, array[%(name)s::text], %(state)s::jsonb)
        where {_OF_CONNECTION}""",
    ThingKind.CONNECTION_STATE: f"""
        update connection set state = %(state)s::jsonb ->> 'state', trouble = %(state)s::jsonb ->> 'trouble'
        where {_OF_CONNECTION}""",
    ThingKind.CLOSURE: """
        update practice set closures = (select array_agg(distinct day order by day)
                                        from unnest(closures || %(name)s::date) as day)
        where practice_id = %(practice)s""",
    ThingKind.STAFF_ACTIVE: f"""
        update staff set is_active = coalesce({_TEXT}::boolean, false)
        where practice_id = %(practice)s and staff_id = %(name)s::uuid""",
    ThingKind.PRACTICE_NAME: f"update practice set name = {_TEXT} where practice_id = %(practice)s",
    ThingKind.PRACTICE_ZONE: f"update practice set zone = {_TEXT} where practice_id = %(practice)s",
}

_REMOVE: Mapping[ThingKind, str] = {
    ThingKind.APPROVAL: f"delete from approval where {_THE_APPROVAL}",
    ThingKind.STATUS_MEANING: f"delete from status_meaning where {_OF_CONNECTION} and status_text = %(name)s",
    ThingKind.HOUSEHOLD_MEMBER: f"delete from household_member where {_OF_CONNECTION} and patient_id = %(name)s",
    ThingKind.TEST_VISIT: f"delete from test_visit where {_OF_CONNECTION} and appointment_id = %(name)s",
    ThingKind.CONNECTION_SETTING: f"update connection set settings = settings - %(name)s::text where {_OF_CONNECTION}",
    ThingKind.CLOSURE: """
        update practice set closures = array_remove(closures, %(name)s::date) where practice_id = %(practice)s""",
}
"""Where nothing stood before; of the others only a column is set to nothing."""
