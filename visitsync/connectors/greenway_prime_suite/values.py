"""Reads single values of Prime Suite in all the forms in which they come: numbers as text, 0 for nothing, Y and N."""

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import record_id

LONGEST_MINUTES = 7 * 24 * 60
_NOTHING = ("", "0")
_FLAGS = {
    "": False,
    "n": False,
    "no": False,
    "false": False,
    "0": False,
    "y": True,
    "yes": True,
    "true": True,
    "1": True,
}


def optional_id(value: object) -> str | None:
    """An id as text; null, "" and 0 name nothing. Raises RecordUnreadable."""
    if type(value) is int:
        return str(value) if value else None
    if value is None:
        return None
    return None if isinstance(value, str) and value.strip() in _NOTHING else record_id(value)


def flag(value: object, name: str) -> bool:
    """True or false. Raises RecordUnreadable for anything that is neither."""
    if value is None or value is False:
        return False
    if value is True:
        return True
    known = _FLAGS.get(str(value).strip().casefold()) if isinstance(value, int | str) else None
    if known is None:
        raise RecordUnreadable(f"{name}: expected Y or N, true or false")
    return known


def minutes(value: object, name: str) -> int | None:
    """A duration in whole minutes; None where there is none, which 0 says too. Raises RecordUnreadable."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RecordUnreadable(f"{name}: expected whole minutes")
    if not 0 <= value <= LONGEST_MINUTES or value != int(value):
        raise RecordUnreadable(f"{name}: expected whole minutes, a week at most")
    return int(value) or None


def said(text: str | None) -> str | None:
    """A text that says something, as it stands; None for blanks."""
    return text if text and not text.isspace() else None
