"""visitsync catalog: what the EMR lists, what of it is connected, what is new; and what connecting one would change."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import click

from visitsync.connectors import connector_for
from visitsync.storage import practice_settings
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin.entries import enable_practitioner, sync_location
from visitsync.sync.admin.listed import LISTS, Listed
from visitsync.sync.admin.listed import listed as listed_entries
from visitsync.sync.admin.marks import approve_mark, withdraw_mark
from visitsync.wiring.cli.exits import NotFound
from visitsync.wiring.cli.options import connection_option, json_option, practice_option, the_connection_of, the_house
from visitsync.wiring.cli.options import the_author as author_of
from visitsync.wiring.cli.previewing import show_preview
from visitsync.wiring.cli.printing import print_json, say, table
from visitsync.wiring.house import House

IDS_SHOWN = 4


@click.command()
@click.option("--all", "shows_all", is_flag=True, help="Also what the EMR no longer lists.")
@click.option("--preview", "which", metavar="NAME", help="Say what connecting (or disconnecting) this entry would do.")
@click.option("--kind", type=click.Choice(list(LISTS)), help="Where to look for NAME, if several lists have it.")
@practice_option
@connection_option
@json_option
def catalog(
    shows_all: bool, which: str | None, kind: str | None, slug: str | None, connection: str | None, as_json: bool
) -> None:
    """List the EMR's types, locations and practitioners: which are connected, which are new, renamed or retired.

    `approve` and `enable` connect them. With --preview an entry that is connected is tried as if it were not, and one
    that is not as if it were; nothing is changed.

    \b
    Examples:
      visitsync catalog --practice lakeside
      visitsync catalog --preview "Video Check-In"
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        with house.database.practice(practice_id) as transaction:
            listed = listed_entries(transaction, chosen, house.clock())
        if which is not None:
            change = _the_other_way(house, chosen, listed, which, kind)
            show_preview(house, practice_id, chosen.connection_id, change, as_json=as_json)
            return
    shown = {name: [one for one in entries if one.is_active or shows_all] for name, entries in listed.items()}
    if as_json:
        print_json({"emr": chosen.emr, **shown})
        return
    _show(connector_for(chosen.emr).MANIFEST.name, shown)
    _show_news(listed)


# --- the preview ------------------------------------------------------------------------------------------------------


def _the_other_way(
    house: House, chosen: StoredConnection, listed: Mapping[str, Sequence[Listed]], which: str, kind: str | None
) -> Callable[[Transaction], object]:
    """What would switch the entry off if it is on, and on if it is off. Raises NotFound."""
    where, entries = _named(listed, which, kind)
    author, is_on = author_of(house), not any(one.is_connected for one in entries)
    if where == "types":
        return lambda transaction: _approve_or_withdraw(transaction, chosen, author, entries, is_on=is_on)
    switch = _practitioner if where == "practitioners" else _location

    def change(transaction: Transaction) -> None:
        for one in entries:
            switch(transaction, chosen, author, one, is_on)

    return change


def _named(listed: Mapping[str, Sequence[Listed]], which: str, kind: str | None) -> tuple[str, list[Listed]]:
    wanted = which.strip().casefold()
    found = {
        name: [one for one in entries if one.id == which or one.name.strip().casefold() == wanted]
        for name, entries in listed.items()
        if kind in (None, name)
    }
    there = {name: entries for name, entries in found.items() if entries}
    if len(there) == 1:
        return next(iter(there.items()))
    if there:
        raise NotFound(f"Several lists have {which!r}; choose one with --kind: {', '.join(there)}.")
    raise NotFound(f"The EMR lists no {which!r}. `visitsync catalog --all` shows what it lists.")


def _approve_or_withdraw(
    transaction: Transaction, chosen: StoredConnection, author: Author, entries: Sequence[Listed], *, is_on: bool
) -> None:
    """By the entry's id or name, as the practice's approval has it."""
    usual = connector_for(chosen.emr).MANIFEST.marks[0]
    if is_on:
        for one in entries:
            approve_mark(transaction, chosen, author, usual, one.id, by_id=None, unlisted=False)
        return
    named = {value for one in entries for value in (one.id, one.name)}
    for approval in practice_settings.approvals(transaction, chosen.connection_id):
        if approval.value in named:
            withdraw_mark(transaction, chosen, author, approval.kind, approval.value)


def _practitioner(transaction: Transaction, chosen: StoredConnection, author: Author, one: Listed, is_on: bool) -> None:
    enable_practitioner(transaction, chosen.connection_id, author, one.id, None, is_enabled=is_on)


def _location(transaction: Transaction, chosen: StoredConnection, author: Author, one: Listed, is_on: bool) -> None:
    sync_location(transaction, chosen.connection_id, author, one.id, is_synced=is_on)


# --- the lists --------------------------------------------------------------------------------------------------------


def _show(emr_name: str, shown: Mapping[str, Sequence[Listed]]) -> None:
    for name, entries in shown.items():
        say(f"{name.capitalize()} in {emr_name}", "bold")
        if entries:
            table(("", "name", "id", "", "zone"), _rows(entries))
        else:
            say("  none read yet: `visitsync sync` reads them")


def _show_news(listed: Mapping[str, Sequence[Listed]]) -> None:
    """What somebody should look at, kind by kind."""
    for name, entries in listed.items():
        news = {
            f"New {name} since last week": [one.name for one in entries if one.is_new and one.is_active],
            f"Renamed {name}, to be confirmed": [
                f"{one.name} (was {one.previous_name})" for one in entries if one.previous_name and one.is_connected
            ],
            f"Connected {name} that are no longer in use": [
                one.name for one in entries if one.is_connected and not one.is_active
            ],
        }
        for what, names in news.items():
            if names:
                say(f"{what}: {', '.join(dict.fromkeys(names))}")


def _rows(entries: Sequence[Listed]) -> list[tuple[str, ...]]:
    """One row per name: where types belong to a practitioner, the same one has many ids."""
    by_name: dict[tuple[bool, str, str, str], list[str]] = defaultdict(list)
    for entry in entries:
        remarks = ", ".join(filter(None, (
            "new" if entry.is_new else "",
            f"was “{entry.previous_name}”" if entry.previous_name else "",
            "" if entry.is_active else "no longer in use",
            "" if entry.is_clinician else "no provider",
        )))  # fmt: skip
        by_name[entry.is_connected, _quoted_if_odd(entry.name), remarks, entry.zone or ""].append(entry.id)
    return [
        ("✓" if is_connected else "·", name, _ids(ids), remarks, zone)
        for (is_connected, name, remarks, zone), ids in sorted(by_name.items(), key=_order)
    ]


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids) if len(ids) <= IDS_SHOWN else f"{', '.join(ids[:2])} … ({len(ids)} ids)"


def _quoted_if_odd(name: str) -> str:
    """Spaces that nobody sees are the most usual reason why a name does not match."""
    return name if name == " ".join(name.split()) else f"“{name}”"


def _order(row: tuple[tuple[bool, str, str, str], list[str]]) -> tuple[bool, str]:
    is_connected, name, _, _ = row[0]
    return not is_connected, name.strip("“").casefold()
