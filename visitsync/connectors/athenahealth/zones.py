"""Whose clock athenahealth's wall times show: the department's, by name, by its standard offset, or by a setting.

Source: athenahealth reference, sections 3 and 9. Today's offset (`timezone`) is never used: it says nothing about a
date beyond a change of the clocks.
"""

from collections.abc import Mapping
from functools import lru_cache

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connectors.athenahealth.drift import flag
from visitsync.connectors.athenahealth.payloads import DepartmentRow

WITH_SUMMER_TIME: Mapping[float, str] = {
    -5: "America/New_York",
    -6: "America/Chicago",
    -7: "America/Denver",
    -8: "America/Los_Angeles",
    -9: "America/Anchorage",
    -10: "America/Adak",
}
WITHOUT_SUMMER_TIME: Mapping[float, str] = {
    -4: "America/Puerto_Rico",
    -7: "America/Phoenix",
    -10: "Pacific/Honolulu",
    -11: "Pacific/Pago_Pago",
    10: "Pacific/Guam",
}


def zone_of_department(department_id: str | None, context: TranslationContext, *, is_from_file: bool = False) -> str:
    """The zone of a department's wall times; it may be a name that nobody knows.

    `is_from_file`: nobody asked athenahealth for it; where no department at all is known, whoever translates the file
    says which zone is meant. Raises RecordUnreadable where it would have to be guessed.
    """
    settings = context.settings
    if chosen := settings.get("department_zones"):
        zone = zones_by_department(chosen).get(department_id or "")
        if zone:
            return zone
    entry = context.locations.get(department_id) if department_id is not None else None
    if entry is not None and entry.zone:
        return entry.zone
    if settings.get("unknown_department") == "practice zone" or (is_from_file and not context.locations):
        return context.practice_zone
    if department_id is None:
        raise RecordUnreadable("departmentid: missing, so that the time zone is not known")
    known = "athenahealth does not tell its time zone" if entry else "athenahealth's list of departments lacks it"
    raise RecordUnreadable(f"departmentid: {known}; read the lists again, or set it under department_zones")


def listed_zone(row: DepartmentRow) -> str | None:
    """A department's own zone as its list tells it; unchecked, lest times in a zone nobody knows be guessed at.

    Raises RecordUnreadable.
    """
    if row.timezonename:
        return row.timezonename
    offset = _number(row.timezoneoffset)
    if offset is None or row.doesnotobservedst is None:
        return None
    without = flag(row.doesnotobservedst, "doesnotobservedst")
    return (WITHOUT_SUMMER_TIME if without else WITH_SUMMER_TIME).get(offset)


@lru_cache(maxsize=256)
def zones_by_department(setting: str) -> Mapping[str, str]:
    """The setting `150=America/New_York, 162=US/Arizona` as zones by department."""
    pairs = (pair.partition("=") for pair in setting.split(","))
    return {name.strip(): zone.strip() for name, _, zone in pairs if name.strip() and zone.strip()}


def _number(value: float | str | None) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except ValueError:
        return None
