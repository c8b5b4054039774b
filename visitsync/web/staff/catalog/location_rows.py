"""The EMR's locations as lines: which are connected, in which time zone each lies."""

from datetime import datetime
from functools import partial

from visitsync.domain.practice import CatalogEntry
from visitsync.sync.admin.listed import news_since
from visitsync.sync.desk import Desk
from visitsync.sync.list_use import ListUse
from visitsync.web.design.outcome_looks import Look
from visitsync.web.staff.catalog.place import Place
from visitsync.web.staff.catalog.rows import (
    CONNECTED,
    NO_ZONE,
    NOT_CONNECTED,
    SYNCED,
    Action,
    Row,
    former_name,
    key_of,
    looks_of_entry,
)
from visitsync.web.staff.catalog.zones import zone_in_words


def location_rows(place: Place, desk: Desk, use: ListUse) -> list[Row]:
    """One line per location."""
    entries = desk.practice.locations
    since = news_since(entries.values(), place.viewer.now)
    return [_row(place, desk, entry, use, since) for entry in entries.values()]


def is_any_chosen(desk: Desk) -> bool:
    """While none is, every location is synced."""
    return any(entry.is_connected for entry in desk.practice.locations.values())


def _row(place: Place, desk: Desk, entry: CatalogEntry, use: ListUse, since: datetime) -> Row:
    used = use.locations.get((desk.connection.connection_id, entry.id), 0)
    others = looks_of_entry(entry, is_new=entry.first_seen_at is not None and entry.first_seen_at > since)
    if entry.zone is None and used:
        others.append(NO_ZONE)
    return Row(
        name=entry.name,
        number=entry.id,
        key=key_of("location", entry.id),
        is_connected=entry.is_connected,
        is_odd=bool(others),
        looks=(_standing(desk, entry), *others),
        facts=(*former_name(entry), f"number {entry.id}"),
        used=used,
        offers=partial(_actions, place, desk, entry) if place.may_change else tuple,
        zone=entry.zone or "",
        zone_words=_zone(place, entry),
        href=entry.id,
    )


def _standing(desk: Desk, entry: CatalogEntry) -> Look:
    if entry.is_connected:
        return CONNECTED
    return NOT_CONNECTED if is_any_chosen(desk) else SYNCED


def _zone(place: Place, entry: CatalogEntry) -> str:
    if entry.zone:
        return zone_in_words(entry.zone, place.viewer.now)
    return f"by the practice’s time zone, {place.office.zone}"


def _actions(place: Place, desk: Desk, entry: CatalogEntry) -> list[Action]:
    actions = []
    if entry.is_connected and entry.previous_name is not None:
        actions.append(Action("Confirm the name", place.ask("confirm", list="locations", entry=entry.id), True))
    switch = "0" if entry.is_connected else "1"
    label = "Disconnect" if entry.is_connected else "Connect" if is_any_chosen(desk) else "Sync only this"
    return [*actions, Action(label, place.ask("location", location=entry.id, on=switch))]
