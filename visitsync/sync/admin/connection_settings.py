"""What a connection can be set to, and setting it: sync window, agreement, opening hours, demands, the EMR's own."""

import re
from collections.abc import Callable, Mapping
from uuid import UUID

from visitsync.connector_kit.manifest import Manifest
from visitsync.connectors import connector_for
from visitsync.domain.opening_hours import read_opening_hours
from visitsync.domain.required_demographics import read_demographics
from visitsync.storage import practice_settings, practices
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.setting_touches import ThingKind
from visitsync.sync.admin import things
from visitsync.sync.admin.refusals import SettingUnknown

GENERAL_SETTINGS: Mapping[str, str] = {
    "agreement": "Of several kinds of approved marks, must `all` agree or `any` of them?",
    "excluded_resources": "Columns, rooms and locations that are kept out of the sync, with | between.",
    "duration_step_minutes": "Durations must be a multiple of this; 0: anything goes.",
    "sync_months": "How many months ahead visits are made: 3, or fewer.",
    "opening_hours": "Visits outside them are flagged: mon-fri 08:00-17:30 | sat 09:00-12:00. Empty: not restricted.",
    "required_demographics": (
        "What the EMR demands of a record: first name | last name | date of birth | e-mail | address | insurance; "
        "or none. Empty: what this EMR usually demands."
    ),
}
"""What every connection can be set to, besides the settings in its EMR's manifest."""
_WRITTEN_LIKE: Mapping[str, str] = {"agreement": "all|any", "duration_step_minutes": r"\d{1,3}", "sync_months": "[123]"}
_READ_BY: Mapping[str, Callable[[str], object]] = {
    "opening_hours": read_opening_hours,
    "required_demographics": lambda text: read_demographics(text, frozenset()),
}


def change_settings(
    transaction: Transaction, connection_id: UUID, author: Author, settings: Mapping[str, str | None]
) -> int:
    """Sets these (None: back to the EMR's usual) and leaves the others; returns the number of the change.

    Raises SettingUnknown, NoSuchConnection.
    """
    connection = practices.find_connection(transaction, connection_id)
    given = {name: value for name, value in settings.items() if value is not None}
    refuse_unknown_settings(connector_for(connection.emr).MANIFEST, given)
    kept = {name: value for name, value in connection.settings.items() if name not in settings}

    def make() -> int:
        practices.change_connection(transaction, connection_id, settings={**kept, **given})
        before = {name: connection.settings.get(name) for name in settings}
        return practice_settings.note_change(
            transaction, author, "settings", before=_written(before), after=_written(settings)
        )

    touched = things.of_connection(ThingKind.CONNECTION_SETTING, connection_id, sorted(settings))
    return things.noted(transaction, touched, make)


def refuse_unknown_settings(manifest: Manifest, settings: Mapping[str, str]) -> None:
    """Raises SettingUnknown."""
    known = {setting.name: setting.values for setting in manifest.settings}
    for name, value in settings.items():
        if name in GENERAL_SETTINGS:
            _refuse_unreadable(name, value)
            continue
        if name not in known:
            names = ", ".join(sorted({*known, *GENERAL_SETTINGS}))
            raise SettingUnknown(f"{manifest.name} has no setting {name!r}. There are: {names}.")
        if known[name] != ("",) and value not in known[name]:
            raise SettingUnknown(f"{name} cannot be {value!r}, only one of: {', '.join(known[name])}.")


def _refuse_unreadable(name: str, value: str) -> None:
    if not re.fullmatch(_WRITTEN_LIKE.get(name, ".*"), value, re.ASCII):
        raise SettingUnknown(f"{name} cannot be {value!r}. {GENERAL_SETTINGS[name]}")
    if name in _READ_BY:
        try:
            _READ_BY[name](value)
        except ValueError as problem:
            raise SettingUnknown(str(problem)) from None


def _written(settings: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(settings.items()) if value is not None)
