"""A trial of the connection: does the login work, may it see what will be read, and what differs in this account?"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from visitsync.connector_kit.connector import ConnectionCheck, ConnectionConfig
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, NeedsReconnect, RequestRefused
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connector_kit.soap import Element, local_name
from visitsync.connectors.kareo.answers import unjudged_result_of
from visitsync.connectors.kareo.asking import Asking
from visitsync.connectors.kareo.calibration import list_stamps, list_times, rows_in
from visitsync.connectors.kareo.members import Row
from visitsync.connectors.kareo.practices import Practice, ours
from visitsync.connectors.kareo.throttles import INTERVAL_MS, as_setting, told_intervals
from visitsync.connectors.kareo.translate import TRANSLATOR
from visitsync.connectors.kareo.translate_single import stamp_of
from visitsync.connectors.kareo.windows import Chunk, chunks, us_text
from visitsync.domain.local_time import zone_named

URGENCY = Urgency.PERSON_WAITS
PROBE_DAYS = (3, 10)
"""Days back and ahead that are read on trial."""


def check_connection(asking: Asking, config: ConnectionConfig, now: datetime) -> ConnectionCheck:
    """What a practice admin must or should mend, and facts; those that suit a setting under its name.

    Raises NeedsReconnect, TryAgainLater.
    """
    _try_key(asking)
    try:
        practice = ours(asking, config.settings, URGENCY)
    except NeedsPermission as error:
        return ConnectionCheck(is_working=False, problems=(str(error),))
    probe = Probe(asking, config, practice, now)
    problems = list(probe.permissions_missing())
    facts = {"practice": practice.name, "practice_id": practice.id, "throttles": _told_throttles(asking)}
    if not problems:
        facts |= probe.habits()
        problems += _wrong_times(facts, config.settings)
    told = {name: fact for name, fact in facts.items() if fact}
    advice = _advice(told, config.settings)
    return ConnectionCheck(is_working=not problems, problems=(*problems, *advice), facts=told)


class Probe:
    """Tries the operations that will be needed, on the appointments of these days."""

    def __init__(self, asking: Asking, config: ConnectionConfig, practice: Practice, now: datetime) -> None:
        self._asking = asking
        self._practice = practice
        today = now.astimezone(zone_named(config.practice_zone)).date()
        days_back, days_ahead = (timedelta(days=days) for days in PROBE_DAYS)
        # Of two chunks around a change of clocks the last one: there is more of it to come.
        self._chunk = list(chunks(today - days_back, today + days_ahead, config.practice_zone))[-1]
        self._row: Row | None = None

    def permissions_missing(self) -> Iterator[str]:
        """In Kareo's words, what the API user may not do."""
        in_practice = {"PracticeID": self._practice.id, "PracticeName": self._practice.name}
        tried: list[tuple[str, Mapping[str, str]]] = [
            ("GetAppointmentReasons", {"PracticeId": self._practice.id}),
            ("GetServiceLocations", in_practice),
            ("GetProviders", in_practice),
        ]
        try:
            self._row = next(iter(self._rows(self._chunk.offset_hours).values()), None)
        except NeedsPermission as error:
            yield str(error)
        if self._row is not None:
            tried.append(("GetAppointment", {"AppointmentId": self._row["ID"]}))
        if self._row is not None and (patient_id := self._row.get("PatientID")):
            tried.append(("GetPatient", {"PatientID": patient_id}))
        for operation, criteria in tried:
            if problem := self._problem(operation, criteria):
                yield problem

    def habits(self) -> dict[str, str]:
        """How this account writes times, under the names of the settings; nothing where no appointment tells."""
        row, offset = self._row, self._chunk.offset_hours
        in_gmt = self._rows(0).get(row["ID"]) if row is not None else None
        if row is None or in_gmt is None:
            return {}
        learned = {
            "list_times": list_times(row, in_gmt, offset),
            "list_stamps": list_stamps(row, in_gmt, offset, self._updated_at(row["ID"])),
        }
        return {name: fits for name, fits in learned.items() if fits}

    def _rows(self, offset_hours: int) -> Mapping[str, Row]:
        criteria = _criteria(self._chunk, self._practice, offset_hours)
        body = self._asking.ask("GetAppointments", criteria, urgency=URGENCY, practice_id=self._practice.id)
        return rows_in(body)

    def _problem(self, operation: str, criteria: Mapping[str, str]) -> str:
        """An operation that Kareo does not have (yet) is no problem: there are other ways, or they are optional."""
        try:
            self._asking.ask_one(operation, criteria, urgency=URGENCY, practice_id=self._practice.id)
        except NeedsPermission as error:
            return str(error)
        except RequestRefused:
            return ""
        return ""

    def _updated_at(self, appointment_id: str) -> datetime | None:
        """When GetAppointment says it was last changed: a true instant."""
        body = self._asking.ask_one(
            "GetAppointment", {"AppointmentId": appointment_id}, urgency=URGENCY, practice_id=self._practice.id
        )
        page = FetchedPage(kind=RecordKind.APPOINTMENT_DETAIL, body=body, asked={"ids": appointment_id})
        present = [one for one in TRANSLATOR.split(page) if isinstance(one, RawRecord) and not one.is_absent]
        return stamp_of(msgspec.json.decode(present[0].body), "UpdatedAt") if present else None


def _try_key(asking: Asking) -> None:
    """The cheapest question about a login; where Kareo does not have it, reading shows. Raises NeedsReconnect."""
    result = _undocumented(asking, "GetCustomerIdFromKey")
    said = {} if result is None else {local_name(member): (member.text or "").strip() for member in result}
    if said.get("IsAuthorized", "").lower() in {"false", "0"}:
        raise NeedsReconnect("GetCustomerIdFromKey: Kareo does not accept customer key, user and password together.")


def _told_throttles(asking: Asking) -> str:
    """The live intervals, where Kareo tells them."""
    result = _undocumented(asking, "GetThrottles")
    details = [] if result is None else [each for each in result.iter() if local_name(each) == "ThrottleDetail"]
    told = [{local_name(member): (member.text or "").strip() for member in detail} for detail in details]
    return as_setting(
        {each["Endpoint"]: int(each["ThrottleTimeMs"]) for each in told if each.get("ThrottleTimeMs", "").isdecimal()}
    )


def _undocumented(asking: Asking, operation: str) -> Element | None:
    """Its result, or None where Kareo does not have the operation, or answers otherwise than clients have seen.

    Raises TryAgainLater where Kareo as a whole is out of order.
    """
    try:
        return unjudged_result_of(asking.ask_undocumented(operation, urgency=URGENCY), operation)
    except (AnswerUnreadable, RequestRefused):
        return None


def _criteria(chunk: Chunk, practice: Practice, offset_hours: int) -> dict[str, str]:
    return {
        "EndDate": us_text(chunk.last),
        "PracticeName": practice.name,
        "StartDate": us_text(chunk.first),
        "TimeZoneOffsetFromGMT": str(offset_hours),
    }


def _wrong_times(facts: Mapping[str, str], settings: Mapping[str, str]) -> list[str]:
    """What would make visits start at the wrong time stands in the way."""
    found, chosen = facts.get("list_times"), settings.get("list_times") or "offset"
    if found is None or found == chosen:
        return []
    return [f"The setting list_times must be {found}: so this account's lists write their times."]


def _advice(facts: Mapping[str, str], settings: Mapping[str, str]) -> list[str]:
    """What would work better, but stands in nobody's way."""
    advice = []
    stamps, chosen = facts.get("list_stamps"), settings.get("list_stamps") or "offset"
    if stamps is not None and stamps != chosen:
        advice.append(f"Set list_stamps to {stamps}: so this account's lists write when something was changed.")
    told, ours_now = told_intervals(facts.get("throttles", "")), told_intervals(settings.get("throttles", ""))
    if any(interval > {**INTERVAL_MS, **ours_now}[name] for name, interval in told.items()):
        advice.append(f"Set throttles to “{facts['throttles']}”: Kareo wants to be asked less often than we know of.")
    return advice
