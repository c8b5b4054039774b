"""A trial of everything that will be asked of Prime Suite, and of what differs from site to site."""

from collections.abc import Iterator
from datetime import date, timedelta

from visitsync.connector_kit.connector import ConnectionCheck, ConnectionConfig, TranslationContext
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    NeedsPermission,
    NeedsReconnect,
    RecordGone,
    RecordUnreadable,
    RequestRefused,
)
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors.greenway_prime_suite.patient_reading import PatientReading
from visitsync.connectors.greenway_prime_suite.people_by_fhir import PeopleByFhir
from visitsync.connectors.greenway_prime_suite.schedule_page import read_schedule
from visitsync.connectors.greenway_prime_suite.translate import EMPTY, FROM, SCHEDULE, TRANSLATOR
from visitsync.connectors.greenway_prime_suite.weeks import WeekReading, Window
from visitsync.domain.patient import Patient

URGENCY = Urgency.PERSON_WAITS
PROBE_DAYS = 5
"""Days ahead that are read on trial."""
LONG_AGO = Window(date(1971, 3, 2), date(1971, 3, 2))
"""A day on which no practice has an appointment in its computer."""


def check_connection(
    weeks: WeekReading, patients: PatientReading, by_fhir: PeopleByFhir | None, config: ConnectionConfig, today: date
) -> ConnectionCheck:
    """Raises NeedsReconnect, TryAgainLater. `today`: the wall date in the practice's zone."""
    window = Window(today, today + timedelta(days=PROBE_DAYS))
    try:
        body = weeks.page(window, 0, urgency=URGENCY)
    except (NeedsPermission, RequestRefused) as error:
        return ConnectionCheck(is_working=False, problems=(_what_to_do(error),))
    problems = [*_null_list(weeks, config), *_trouble_with_fhir(by_fhir)]
    schedule = read_schedule(body, is_null_empty=True)
    if schedule.rows and not problems:
        problems += _trouble_with_patients(body, patients, config)
    facts = {"appointments_in_the_coming_days": str(schedule.total or 0)}
    return ConnectionCheck(is_working=not problems, problems=tuple(problems), facts=facts)


def _null_list(weeks: WeekReading, config: ConnectionConfig) -> Iterator[str]:
    """Whether an empty day is told by null although the setting says otherwise."""
    body = weeks.page(LONG_AGO, 0, urgency=URGENCY)
    try:
        read_schedule(body, is_null_empty=config.settings.get("null_list") == EMPTY)
    except AnswerUnreadable:
        read_schedule(body, is_null_empty=True)
        yield "Set null_list to empty: so this site's answers show a week without appointments."


def _trouble_with_fhir(by_fhir: PeopleByFhir | None) -> Iterator[str]:
    """What stands in the way of FHIR. Its sign-in is another one than Prime Suite's, and is told by itself."""
    if by_fhir is None:
        return
    try:
        by_fhir.try_it()
    except (NeedsPermission, NeedsReconnect, RequestRefused, ForbiddenAddress) as error:
        yield f"{error} (Or leave fhir_base_url empty: then Prime Suite's own calls alone are asked.)"


def _trouble_with_patients(body: bytes, patients: PatientReading, config: ConnectionConfig) -> Iterator[str]:
    """What stands in the way of reading the chart of somebody who has an appointment."""
    listed = FetchedPage(kind=RecordKind.PATIENT, body=body, asked={FROM: SCHEDULE})
    known = [record.id for record in TRANSLATOR.split(listed) if isinstance(record, RawRecord)]
    if not known:
        return
    context = TranslationContext(practice_zone=config.practice_zone, settings=config.settings)
    try:
        (page,) = patients.read(known[:1], urgency=URGENCY)
        _understood(page, context)
    except (NeedsPermission, RequestRefused, RecordGone) as error:
        yield _what_to_do(error)
    except RecordUnreadable as error:
        yield f"A patient's chart cannot be read as it is: {error}."


def _understood(page: FetchedPage, context: TranslationContext) -> list[Patient]:
    records = [record for record in TRANSLATOR.split(page) if isinstance(record, RawRecord)]
    return [TRANSLATOR.patient(record, context) for record in records if not record.is_absent]


def _what_to_do(error: Exception) -> str:
    return f"{error} Ask Greenway to enable this call for the site and the vendor, or mend the setting that names it."
