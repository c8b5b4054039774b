"""What the numbers of Prime Suite's lookup tables mean at this site: from the connection's settings, never guessed."""

from collections.abc import Mapping
from functools import lru_cache

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.domain.patient import PatientStatus

PATIENT_STATUSES = {
    "active": PatientStatus.ACTIVE,
    "inactive": PatientStatus.INACTIVE,
    "deceased": PatientStatus.DECEASED,
}


def state_named(value: object, settings: Mapping[str, str]) -> str:
    """The state as text: as it stands, or what the setting state_codes says about its number.

    Raises RecordUnreadable for a number that the setting does not know.
    """
    if value is None or value == 0 or isinstance(value, bool):
        return ""
    text = str(value).strip()
    if not text.lstrip("-").isdigit():
        return text
    if text == "0":
        return ""
    known = read_codes(settings.get("state_codes", "")).get(text)
    if known is None:
        raise RecordUnreadable(f"State: the setting state_codes does not say what number {text} is at this site")
    return known


def patient_status_named(value: object, settings: Mapping[str, str]) -> PatientStatus | None:
    """What the setting patient_status_codes says about a number; None where it says nothing."""
    word = read_codes(settings.get("patient_status_codes", "")).get(str(value).strip()) if value is not None else None
    if word is None:
        return None
    status = PATIENT_STATUSES.get(word.casefold())
    if status is None:
        raise RecordUnreadable("PatientStatusID: the setting patient_status_codes may say active, inactive or deceased")
    return status


@lru_cache(maxsize=256)
def read_codes(setting: str) -> Mapping[str, str]:
    """The setting `38=PA, 5=CA` as texts by number."""
    pairs = (pair.partition("=") for pair in setting.split(","))
    return {code.strip(): text.strip() for code, _, text in pairs if code.strip() and text.strip()}


@lru_cache(maxsize=256)
def read_names(setting: str) -> frozenset[str]:
    """The setting `Self Pay, Cash` as case-folded names."""
    return frozenset(name.strip().casefold() for name in setting.split(",") if name.strip())
