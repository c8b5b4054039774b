"""Wishes about providers, locations and renamed entries."""

from uuid import UUID

from visitsync.connector_kit.pages import RecordKind
from visitsync.sync.admin.entries import confirm_name, enable_practitioner, link_practitioner, set_zone, sync_location
from visitsync.sync.admin.listed import LISTS
from visitsync.web.staff.catalog.asked import Asked, CannotBeAsked, Proposal
from visitsync.web.staff.catalog.zones import known_zone

_VIEWS = {"types": "catalog", "locations": "catalog-locations", "practitioners": "catalog-providers"}


def enable(asked: Asked) -> Proposal:
    desk = asked.desk
    entry, staff_id = asked.entry(desk.practice.practitioners, "provider"), _staff(asked)
    connection = desk.connection.connection_id
    who = f"{asked.staff[str(staff_id)]} will see the visits." if staff_id else "Nobody sees the visits yet: link them."
    return Proposal(
        title=f"Enable {entry.name} for telemedicine?",
        verb="Enable",
        connection_id=connection,
        change=lambda at: enable_practitioner(at, connection, asked.author, entry.id, staff_id),
        view="catalog-providers",
        explains=(who,),
    )


def disable(asked: Asked) -> Proposal:
    desk = asked.desk
    entry, connection = asked.entry(desk.practice.practitioners, "provider"), desk.connection.connection_id
    return Proposal(
        title=f"Disable {entry.name}?",
        verb="Disable",
        connection_id=connection,
        change=lambda at: enable_practitioner(at, connection, asked.author, entry.id, None, is_enabled=False),
        view="catalog-providers",
        explains=("Visits stay, but are linked to nobody until a provider is enabled.",),
        is_careful=True,
    )


def link(asked: Asked) -> Proposal:
    desk = asked.desk
    entry, staff_id = asked.entry(desk.practice.practitioners, "provider"), _staff(asked)
    connection, who = desk.connection.connection_id, asked.staff.get(str(staff_id), "")
    if (str(staff_id) if staff_id else None) == entry.staff_id:
        raise CannotBeAsked("Nothing would be different: this is how it is now.")
    return Proposal(
        title=f"Let {who} see the visits of {entry.name}?" if who else f"Unlink {entry.name}?",
        verb="Link" if who else "Unlink",
        connection_id=connection,
        change=lambda at: link_practitioner(at, connection, asked.author, entry.id, staff_id),
        view="catalog-providers",
        explains=() if who else ("Nobody will see these visits on a day of their own.",),
        is_careful=not who,
    )


def location(asked: Asked) -> Proposal:
    desk = asked.desk
    entry, connection = asked.entry(desk.practice.locations, "location"), desk.connection.connection_id
    is_on = asked.one_of("on", ["0", "1"]) == "1"
    others = [one for one in desk.practice.locations.values() if one.is_connected and one.id != entry.id]
    words = desk.screen.words.get("location", "location")
    explains = []
    if is_on and not others:
        explains.append(f"Until now every {words} is synced. From now on only the connected ones are.")
    if not is_on and not others:
        explains.append(f"It is the only one. While no {words} is connected, all are synced.")
    return Proposal(
        title=f"{'Connect' if is_on else 'Disconnect'} {words} “{entry.name}”?",
        verb="Connect" if is_on else "Disconnect",
        connection_id=connection,
        change=lambda at: sync_location(at, connection, asked.author, entry.id, is_synced=is_on),
        view="catalog-locations",
        explains=tuple(explains),
        is_careful=not is_on,
    )


def zone(asked: Asked) -> Proposal:
    desk = asked.desk
    entry, connection = asked.entry(desk.practice.locations, "location"), desk.connection.connection_id
    wanted = known_zone(asked.text("zone")) if asked.text("zone").strip() else ""
    title = f"Set the time zone of “{entry.name}” to {wanted}?" if wanted else f"Let {desk.manifest.name} say the zone?"
    return Proposal(
        title=title,
        verb="Set the time zone" if wanted else "Forget our zone",
        connection_id=connection,
        change=lambda at: set_zone(at, connection, asked.author, RecordKind.LOCATION, entry.id, wanted or None),
        view="catalog-locations",
        explains=(
            "Its appointments are understood again.",
            f"Where {desk.manifest.name} gives a time without a zone, 9:00 AM stays 9:00 AM, by the clocks there.",
        ),
    )


def confirm(asked: Asked) -> Proposal:
    desk, which = asked.desk, asked.one_of("list", list(LISTS))
    lists = {
        "types": desk.practice.appointment_types,
        "locations": desk.practice.locations,
        "practitioners": desk.practice.practitioners,
    }
    entry, connection = asked.entry(lists[which], "entry"), desk.connection.connection_id
    return Proposal(
        title=f"Is “{entry.name}” the same as “{entry.previous_name or entry.name}”?",
        verb="Yes, it is the same",
        connection_id=connection,
        change=lambda at: confirm_name(at, connection, asked.author, LISTS[which], entry.id),
        view=_VIEWS[which],
        explains=(f"{desk.manifest.name} gave this number another name. If it is something else, disconnect it.",),
    )


def _staff(asked: Asked) -> UUID | None:
    """None: nobody. Raises CannotBeAsked for whoever is no active member here."""
    given = asked.text("staff")
    if not given:
        return None
    if given not in asked.staff:
        raise CannotBeAsked("This person does not work here any more. Choose somebody else.")
    return UUID(given)
