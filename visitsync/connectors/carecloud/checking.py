"""A trial sign-in to CareCloud: what the application may see, and what the practice must still grant or explain."""

from collections.abc import Iterator
from datetime import date, timedelta

from visitsync.connector_kit.connector import ConnectionCheck, ConnectionConfig
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, RecordUnreadable, RequestRefused
from visitsync.connector_kit.json_rows import decode_record, read_listing
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.carecloud.appointments import read_row
from visitsync.connectors.carecloud.asking import Asking, origin_of
from visitsync.connectors.carecloud.lists import Lists
from visitsync.connectors.carecloud.payloads import AUTHORIZATIONS, NAMED, AppointmentRow
from visitsync.connectors.carecloud.statuses import known_meaning, says_no_show
from visitsync.connectors.carecloud.values import has_foreign_offset, text
from visitsync.connectors.carecloud.wrappers import LIST_KEYS, RESOURCES, unwrapped

PROBED = ("locations", "providers", "visit_reasons", RESOURCES)
LOOK_AHEAD = timedelta(days=6)
_URGENCY = Urgency.PERSON_WAITS


def check_connection(asking: Asking, lists: Lists, config: ConnectionConfig, today: date) -> ConnectionCheck:
    """Signs in and tries each collection. Raises NeedsReconnect, TryAgainLater.

    `today`: the wall date in the practice's zone.
    """
    facts = {"practice in CareCloud": practice} if (practice := _practice(asking, config)) else {}
    problems = [problem for collection in PROBED if (problem := _probe(lists, collection))]
    try:
        rows = list(_coming(lists, today))
    except NeedsPermission as error:
        rows = []
        problems.append(str(error))
    problems += _patient_problems(asking, rows)
    facts |= _zone_facts(rows, config) | _status_facts(lists, config)
    return ConnectionCheck(is_working=not problems, problems=tuple(problems), facts=facts)


def _practice(asking: Asking, config: ConnectionConfig) -> str:
    """The practice that the token belongs to; "" where CareCloud does not tell."""
    url = f"{origin_of(config.base_url)}/oauth2/authorization"
    try:
        answer = asking.get(url, operation="authorization", urgency=_URGENCY)
        entity = decode_record(answer.body, AUTHORIZATIONS).business_entity
    except (AnswerUnreadable, NeedsPermission, RequestRefused, RecordUnreadable):
        return ""
    return text(entity.name) if entity is not None else ""


def _probe(lists: Lists, collection: str) -> str:
    try:
        next(lists.pages(collection, {}, urgency=_URGENCY))
    except NeedsPermission as error:
        return str(error)
    return ""


def _coming(lists: Lists, today: date) -> Iterator[AppointmentRow]:
    """The readable appointments of the first page of the coming week."""
    asked = {"start_date": today.isoformat(), "end_date": (today + LOOK_AHEAD).isoformat()}
    page = next(lists.pages("appointments", asked, urgency=_URGENCY))
    for row in read_listing(page.body, LIST_KEYS).rows:
        try:
            yield read_row(row.body)
        except RecordUnreadable:
            continue


def _patient_problems(asking: Asking, rows: list[AppointmentRow]) -> list[str]:
    """Whether charts and insurance may be read can only be tried on somebody."""
    ids = [text(row.patient.id) for row in rows if row.patient is not None and row.patient.id]
    problems = []
    for operation, path in (("patients", ""), ("insurances", "/insurances")) if ids else ():
        try:
            asking.get_one(f"/patients/{ids[0]}{path}", operation=operation, urgency=_URGENCY)
        except NeedsPermission as error:
            problems.append(str(error))
    return problems


def _zone_facts(rows: list[AppointmentRow], config: ConnectionConfig) -> dict[str, str]:
    """Whether the offsets in CareCloud's times are those of the practice's zone."""
    facts = {"time zone of the practice here": config.practice_zone}
    foreign = [row for row in rows if _is_foreign(row.start_time, config.practice_zone)]
    if rows:
        agreed = f"{len(rows) - len(foreign)} of {len(rows)} coming appointments are at its offset from GMT"
        advice = "; set the practice's time zone right, or location_zones" if foreign else ""
        facts["times in CareCloud"] = agreed + advice
    return facts


def _is_foreign(stamp: str, zone: str) -> bool:
    try:
        return has_foreign_offset(stamp, zone)
    except ValueError:
        return False


def _status_facts(lists: Lists, config: ConnectionConfig) -> dict[str, str]:
    """Statuses that need an explanation, and cancellation reasons taken for no-shows."""
    unknown = [
        f"{name} ({code})"
        for _, code, name in _named(lists, "appointment_statuses")
        if known_meaning(code, name, config.settings.get("status_codes", "")) is None
    ]
    no_shows = [
        f"{name} ({number})"
        for number, _, name in _named(lists, "appointment_cancellation_reasons")
        if says_no_show(name)
    ]
    facts = {"statuses that nobody has explained (status_codes)": ", ".join(unknown)} if unknown else {}
    return facts | {"cancellation reasons taken for a no-show": ", ".join(no_shows) or "none (no_show_reasons)"}


def _named(lists: Lists, collection: str) -> Iterator[tuple[str, str, str]]:
    """Number, code and name of each; nothing where the list may not be read."""
    try:
        for row in lists.rows(collection, urgency=_URGENCY):
            found = decode_record(unwrapped(row.body)[0], NAMED)
            yield text(found.id), text(found.code), text(found.name)
    except (NeedsPermission, AnswerUnreadable, RecordUnreadable, RequestRefused):
        return
