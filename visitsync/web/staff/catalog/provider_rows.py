"""The EMR's practitioners as lines: who is enabled, who sees their visits, what is odd about their numbers."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from visitsync.domain.practice import CatalogEntry
from visitsync.sync.admin.listed import news_since
from visitsync.sync.desk import Desk
from visitsync.sync.list_use import ListUse
from visitsync.web.design.outcome_looks import Look
from visitsync.web.staff.catalog.place import Place
from visitsync.web.staff.catalog.rows import (
    ENABLED,
    NO_CLINICIAN,
    NO_LOGIN,
    NO_NPI,
    NOT_ENABLED,
    NUMBER_REUSED,
    Action,
    Row,
    former_name,
    key_of,
    looks_of_entry,
)


def provider_rows(place: Place, desk: Desk, use: ListUse, staff: Mapping[str, str]) -> list[Row]:
    """One line per entry of the EMR's list; `staff` are the active members, id → name."""
    entries = desk.practice.practitioners
    since = news_since(entries.values(), place.viewer.now)
    return [provider_row(place, desk, entry, use, staff, since) for entry in entries.values()]


def provider_row(
    place: Place, desk: Desk, entry: CatalogEntry, use: ListUse, staff: Mapping[str, str], since: datetime
) -> Row:
    """One of them."""
    odd = _odd(entry, staff, is_new=entry.first_seen_at is not None and entry.first_seen_at > since)
    return Row(
        name=entry.name,
        number=f"{entry.id} {entry.npi or ''}",
        key=key_of("provider", entry.id),
        is_connected=entry.is_connected,
        is_odd=bool(odd),
        looks=(_standing(entry), *odd),
        facts=tuple(_facts(entry, staff)),
        used=use.practitioners.get((desk.connection.connection_id, entry.id), 0),
        offers=partial(_actions, place, entry, staff) if place.may_change else tuple,
        href=page_of(place, entry) if place.may_change else "",
    )


def page_of(place: Place, entry: CatalogEntry) -> str:
    """The address of the page about one provider."""
    return f"{place.to('catalog-provider')}?{place.ask('', provider=entry.id).partition('?')[2]}"


def likely_staff(entry: CatalogEntry, staff: Mapping[str, str]) -> str:
    """The only staff member whose whole name stands in the EMR's ("MARLOW, IRIS, MD"); "" if that is nobody or two."""
    written = set(_words(entry.name))
    found = [identity for identity, name in staff.items() if len(_words(name)) > 1 and set(_words(name)) <= written]
    return found[0] if len(found) == 1 else ""


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold())


def _standing(entry: CatalogEntry) -> Look:
    if not entry.is_clinician:
        return NO_CLINICIAN
    return ENABLED if entry.is_connected else NOT_ENABLED


def is_number_reused(entry: CatalogEntry) -> bool:
    """Another name and another NPI under the number that was enabled."""
    return entry.previous_name is not None and entry.previous_npi is not None and entry.previous_npi != entry.npi


def _odd(entry: CatalogEntry, staff: Mapping[str, str], *, is_new: bool) -> list[Look]:
    looks = looks_of_entry(entry, is_new=is_new)
    if is_number_reused(entry):
        looks.append(NUMBER_REUSED)
    if entry.is_clinician and entry.is_active and not entry.npi:
        looks.append(NO_NPI)
    if entry.is_connected and entry.staff_id not in staff:
        looks.append(NO_LOGIN)
    return looks


def _facts(entry: CatalogEntry, staff: Mapping[str, str]) -> list[str]:
    facts = [*former_name(entry), f"number {entry.id}"]
    if entry.npi:
        facts.append(f"NPI {entry.npi}")
    if entry.staff_id in staff:
        facts.append(f"{staff[str(entry.staff_id)]} sees the visits")
    elif entry.staff_id is not None:
        facts.append("linked to somebody who cannot sign in any more")
    return facts


def _actions(place: Place, entry: CatalogEntry, staff: Mapping[str, str]) -> list[Action]:
    if not entry.is_clinician and not entry.is_connected:
        return []
    actions = []
    if entry.is_connected and entry.previous_name is not None:
        label = "It is the right person" if is_number_reused(entry) else "Confirm the name"
        actions.append(Action(label, place.ask("confirm", list="practitioners", entry=entry.id), is_main=True))
    if not entry.is_connected:
        likely = entry.staff_id or likely_staff(entry, staff)
        return [*actions, Action("Enable", place.ask("enable", provider=entry.id, staff=likely), entry.is_active)]
    if entry.staff_id not in staff:
        actions.append(Action("Link", page_of(place, entry), is_main=True, is_page=True))
    return [*actions, Action("Disable", place.ask("disable", provider=entry.id))]
