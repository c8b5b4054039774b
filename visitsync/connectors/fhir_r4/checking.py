"""A trial sign-in to a FHIR server: what it offers, what may be read, and what a practice admin must still do."""

from datetime import date

from visitsync.connector_kit.connector import ConnectionCheck, TranslationContext
from visitsync.connector_kit.errors import ForbiddenAddress, NeedsPermission, RecordUnreadable, RequestRefused
from visitsync.connector_kit.fhir.metadata import Capabilities
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord
from visitsync.connectors.fhir_r4.asking import Asking
from visitsync.connectors.fhir_r4.changes import best_way
from visitsync.connectors.fhir_r4.reading import WindowReading
from visitsync.connectors.fhir_r4.translate import TRANSLATOR

NO_APPOINTMENTS = (
    "This FHIR server has no appointments: its CapabilityStatement does not name Appointment. Its schedule cannot be "
    "synced by FHIR; connect the EMR in another way, for instance by HL7 v2."
)
PROBED = ("Patient", "Coverage", "Practitioner", "Location")
REFUSED_DATES = (
    "The FHIR server refuses a search for appointments by their date alone. Set window_by to practitioner or location."
)
REFUSED = "The FHIR server refuses the search for appointments of a day."


def check_connection(asking: Asking, windows: WindowReading, today: date) -> ConnectionCheck:
    """Reads the server's metadata, signs in and tries each search. Raises NeedsReconnect, TryAgainLater."""
    capabilities = asking.capabilities(urgency=Urgency.PERSON_WAITS)
    facts = _facts(asking, capabilities)
    if not capabilities.has("Appointment"):
        return ConnectionCheck(is_working=False, problems=(NO_APPOINTMENTS,), facts=facts)
    try:
        asking.sign_in.token(urgency=Urgency.PERSON_WAITS)
    except (NeedsPermission, RequestRefused, ForbiddenAddress) as error:
        return ConnectionCheck(is_working=False, problems=(str(error),), facts=facts)
    problems, example = _try_appointments(asking, windows, today)
    problems += [problem for resource in PROBED if (problem := _probe(asking, capabilities, resource))]
    if example:
        facts["an appointment of today, as we read it"] = example
    return ConnectionCheck(is_working=not problems, problems=tuple(problems), facts=facts)


def _facts(asking: Asking, capabilities: Capabilities) -> dict[str, str]:
    chosen = asking.setting("changes_by")
    return {
        "FHIR version": capabilities.version or "not told",
        "server": capabilities.software or "not told",
        "changes are read by": best_way(capabilities) if chosen == "auto" else chosen,
    }


def _try_appointments(asking: Asking, windows: WindowReading, today: date) -> tuple[list[str], str]:
    """What is wrong, and when some appointment of today starts: for comparing it with the EMR's own screen."""
    try:
        pages = list(windows.probe(today))
    except NeedsPermission as error:
        return [str(error)], ""
    except RequestRefused:
        return [REFUSED_DATES if asking.setting("window_by") == "date" else REFUSED], ""
    return [], next((time for page in pages for time in _times(asking, page)), "")


def _times(asking: Asking, page: FetchedPage) -> list[str]:
    context = TranslationContext(practice_zone=asking.config.practice_zone, settings=asking.config.settings)
    times = []
    for record in TRANSLATOR.split(page):
        try:
            if isinstance(record, RawRecord):
                start = TRANSLATOR.appointment(record, context).start
                times.append(f"{start.wall:%H:%M} ({start.zone})")
        except RecordUnreadable:
            continue
    return times


def _probe(asking: Asking, capabilities: Capabilities, resource: str) -> str:
    """A server that wants to be asked otherwise is none that forbids."""
    if not capabilities.has(resource):
        return ""
    try:
        asking.server.get(f"/{resource}?_count=1", operation=resource, urgency=Urgency.PERSON_WAITS)
    except NeedsPermission as error:
        return str(error)
    except RequestRefused:
        return ""
    return ""
