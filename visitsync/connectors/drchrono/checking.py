"""A trial sign-in to DrChrono: what the signed-in user may see, and what a practice admin must still grant."""

from visitsync.connector_kit.connector import ConnectionCheck, ConnectionConfig
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.drchrono.asking import Asking
from visitsync.connectors.drchrono.bookmarks import known_zones
from visitsync.connectors.drchrono.drift import flag
from visitsync.connectors.drchrono.lists import Lists
from visitsync.connectors.drchrono.payloads import DOCTORS, USERS, DoctorRow, UserRow

PROBED = ("appointments", "patients", "offices", "appointment_profiles")

PERMISSIONS = {
    "access_scheduling": "The signed-in user lacks the permission Scheduling in DrChrono's staff permissions.",
    "share_patients": "Patients are not shared between the practice's providers (DrChrono's sharing settings).",
}
"""What is missing when one of these keys of the user's permission map is false (reference, section 2)."""


def check_connection(asking: Asking, lists: Lists, config: ConnectionConfig, today: str) -> ConnectionCheck:
    """Signs in and tries each collection. Raises NeedsReconnect, TryAgainLater.

    `today`: the wall date in the practice's zone.
    """
    user = _current_user(asking)
    problems = [PERMISSIONS[name] for name in PERMISSIONS if not _has(user, name)]
    problems += [problem for collection in PROBED if (problem := _probe(asking, collection, today))]
    try:
        doctors = list(lists.rows("doctors", DOCTORS, urgency=Urgency.PERSON_WAITS))
    except NeedsPermission as error:
        doctors = []
        problems.append(str(error))
    return ConnectionCheck(is_working=not problems, problems=tuple(problems), facts=_facts(doctors, config))


def _current_user(asking: Asking) -> UserRow:
    answer = asking.get("/api/users/current", operation="users", urgency=Urgency.PERSON_WAITS)
    try:
        return decode_record(answer.body, USERS)
    except RecordUnreadable as error:
        raise AnswerUnreadable("users: the answer is no user.") from error


def _has(user: UserRow, permission: str) -> bool:
    """A permission that the map does not name is not held against the user: its keys are not documented."""
    return flag((user.permissions or {}).get(permission, True), permission)


def _probe(asking: Asking, collection: str, today: str) -> str:
    dated = {"date": today} if collection == "appointments" else {}
    try:
        asking.get(
            f"/api/{collection}",
            operation=collection,
            urgency=Urgency.PERSON_WAITS,
            params={**dated, "page_size": "1"},
        )
    except NeedsPermission as error:
        return str(error)
    return ""


def _facts(doctors: list[DoctorRow], config: ConnectionConfig) -> dict[str, str]:
    zones = known_zones(doctor.timezone for doctor in doctors)
    return {
        "providers": str(len(doctors)),
        "time zones of the providers": ", ".join(sorted(zones)) or "none",
        "time zone of the practice here": config.practice_zone,
    }
