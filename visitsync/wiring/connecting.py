"""Connects a practice to its EMR: the address is judged, the credentials are sealed and tried, then reading begins."""

import re
from collections.abc import Mapping
from uuid import UUID

import msgspec

from visitsync.connector_kit.addresses import check_base_url
from visitsync.connector_kit.connector import ConnectionCheck
from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.connectors import connector_for
from visitsync.domain.opening_hours import read_opening_hours
from visitsync.storage import practice_settings, practices
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState, StoredConnection
from visitsync.sync.jobs import note_rules, sync_now
from visitsync.sync.keeping import keep
from visitsync.sync.readings import read_catalog
from visitsync.sync.recheck import recheck_for_setting
from visitsync.sync.run import claim
from visitsync.sync.turns import in_turn
from visitsync.wiring.house import House

BEING_SET_UP = "connection-being-set-up"
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of a credential

GENERAL_SETTINGS: Mapping[str, str] = {
    "agreement": "Of several kinds of approved marks, must `all` agree or `any` of them?",
    "excluded_resources": "Columns, rooms and locations that are kept out of the sync, with | between.",
    "duration_step_minutes": "Durations must be a multiple of this; 0: anything goes.",
    "sync_months": "How many months ahead visits are made: 3, or fewer.",
    "opening_hours": "Visits outside them are flagged: mon-fri 08:00-17:30 | sat 09:00-12:00. Empty: not restricted.",
}
"""What every connection can be set to, besides the settings in its EMR's manifest."""
_WRITTEN_LIKE: Mapping[str, str] = {"agreement": "all|any", "duration_step_minutes": r"\d{1,3}", "sync_months": "[123]"}


class SettingUnknown(ValueError):
    """The EMR has no such setting, or not with this value; the message lists what there is."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be connected. Credentials are secrets: the printed form leaves them out."""

    emr: str
    base_url: str
    settings: Mapping[str, str]
    credentials: Mapping[str, str]
    is_another: bool = False
    """A second connection to the same EMR, beside the one that is there."""

    def __repr__(self) -> str:
        return f"Wish({self.emr}, {self.base_url})"


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """How the trial sign-in went."""

    connection_id: UUID
    check: ConnectionCheck


def connect(house: House, practice_id: UUID, wish: Wish, author: Author) -> Connected:
    """Saves and tries a connection; one to the same EMR that is there already is signed in again.

    A new connection that is let in and lacks something stays as "being set up", and is not read; one that is not let in
    is not kept at all. One that was there goes back to what it was. An EMR that only pushes needs no address.
    Raises SettingUnknown, ForbiddenAddress, NeedsReconnect, NeedsPermission, TryAgainLater.
    """
    manifest = connector_for(wish.emr).MANIFEST
    refuse_unknown_settings(manifest, wish.settings)
    if wish.base_url or manifest.feed is not Feed.PUSH:
        check_base_url(wish.base_url, allows_loopback=house.settings.allows_loopback)
    with house.database.practice(practice_id) as transaction:
        before = None if wish.is_another else _to_the_same_emr(transaction, wish.emr)
        connection_id = _saved(transaction, wish, before)
        if before is None:
            note_rules(transaction, connection_id, now=author.now)
        change = practice_settings.note_change(transaction, author, "connect", after=wish.emr)
    credentials = StoredCredentials(house.database, house.vault, practice_id=practice_id, connection_id=connection_id)
    credentials_before = credentials.read() if before is not None and before.has_credentials else {}
    credentials.save(_with_what_was_kept(credentials_before, wish.credentials))
    check: ConnectionCheck | None = None
    try:
        check = house.link(practice_id, connection_id).connector.check()
    finally:
        if check is not None and check.is_working:
            _begin_reading(house, practice_id, connection_id)
        elif before is not None and credentials_before:
            credentials.save(credentials_before)
            _put_back(house, practice_id, before)
        elif before is None and check is None:
            with house.database.practice(practice_id) as transaction:
                practices.forget_connection(transaction, connection_id)
    if before is not None and check.is_working:
        link = house.link(practice_id, connection_id)
        in_turn(lambda: recheck_for_setting(link, change))
    return Connected(connection_id=connection_id, check=check)


def read_lists(house: House, practice_id: UUID, connection_id: UUID) -> None:
    """Reads the EMR's types, locations and practitioners, so that there is something to choose from."""
    link = house.link(practice_id, connection_id)
    in_turn(lambda: read_catalog(claim(link), keep))


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
    if name == "opening_hours":
        try:
            read_opening_hours(value)
        except ValueError as problem:
            raise SettingUnknown(str(problem)) from None


def _to_the_same_emr(transaction: Transaction, emr: str) -> StoredConnection | None:
    return next((one for one in practices.connections(transaction) if one.emr == emr), None)


def _saved(transaction: Transaction, wish: Wish, before: StoredConnection | None) -> UUID:
    if before is None:
        connection_id = practices.add_connection(
            transaction, emr=wish.emr, base_url=wish.base_url, settings=wish.settings
        )
    else:
        connection_id = before.connection_id
        settings = {**before.settings, **wish.settings}
        practices.change_connection(transaction, connection_id, base_url=wish.base_url, settings=settings)
    practices.change_state(transaction, connection_id, ConnectionState.PAUSED, trouble=BEING_SET_UP)
    return connection_id


def _begin_reading(house: House, practice_id: UUID, connection_id: UUID) -> None:
    with house.database.practice(practice_id) as transaction:
        practices.change_state(transaction, connection_id, ConnectionState.ACTIVE)
        sync_now(transaction.connection, practice_id, connection_id)


def _put_back(house: House, practice_id: UUID, before: StoredConnection) -> None:
    with house.database.practice(practice_id) as transaction:
        identity = before.connection_id
        practices.change_connection(transaction, identity, base_url=before.base_url, settings=before.settings)
        practices.change_state(transaction, identity, before.state, trouble=before.trouble)
        if before.state is ConnectionState.ACTIVE:
            sync_now(transaction.connection, practice_id, identity)


def _with_what_was_kept(before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """A webhook's secret outlives a new sign-in; everything else is replaced."""
    kept = {name: value for name, value in before.items() if name == WEBHOOK_SECRET}
    return {**kept, **{name: value for name, value in given.items() if value}}
