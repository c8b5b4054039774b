"""visitsync audit: who did or saw what, and whether anybody tampered with the record of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TextIO
from uuid import UUID

import click
import msgspec

from visitsync.domain.local_time import zone_named
from visitsync.storage import audit as trail
from visitsync.storage import practices
from visitsync.storage.audit import AuditBroken, Selection
from visitsync.storage.audit_chain import Anchor, Verification
from visitsync.storage.audit_entry import Entry, Recorded, Who, WhoKind
from visitsync.storage.practices import Tenant
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import json_option, practice_option, the_house, the_practice
from visitsync.wiring.cli.printing import print_json, say, table, visible
from visitsync.wiring.house import House

DAY = click.DateTime(["%Y-%m-%d"])


class KeptAnchor(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `audit anchor`: where a practice's trail ended, to be kept out of reach of the database."""

    practice: str
    practice_id: UUID
    count: int
    hash: str
    taken_at: datetime

    def anchor(self) -> Anchor:
        """Raises ValueError where it is none."""
        return Anchor.from_text(f"{self.count}:{self.hash}")


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What came of verifying one practice's trail."""

    practice: str
    entries: int
    is_intact: bool
    findings: tuple[str, ...]
    further: int = 0


@click.group()
def audit() -> None:
    """Who did or saw what, and whether anybody tampered with the record of it.

    \b
    Example:
      visitsync audit verify lakeside
    """


@audit.command()
@click.argument("practice", required=False)
@click.option(
    "--anchors",
    "file",
    type=click.File(encoding="utf-8"),
    help="What `audit anchor` printed earlier; - reads standard input.",
)
@json_option
def verify(practice: str | None, file: TextIO | None, as_json: bool) -> int:
    """Find entries that were changed, removed, inserted or moved. Without PRACTICE: of every practice.

    That an older copy of the database was put back is found only by comparing with --anchors. Ends with 1 if anything
    does not fit.

    \b
    Examples:
      visitsync audit verify
      visitsync audit verify lakeside --anchors anchors.jsonl
    """
    kept = _read_anchors(file) if file else []
    with the_house() as house:
        chosen = [the_practice(house, practice)] if practice else practices.tenants(house.database)
        found = [_verified(house, tenant, kept) for tenant in chosen]
    if not practice:
        found += _of_no_practice(kept, {tenant.practice_id for tenant in chosen})
    if as_json:
        print_json(found)
    else:
        for one in found:
            _tell(one)
    return Exit.FINE if all(one.is_intact for one in found) else Exit.ATTENTION


@audit.command()
@click.argument("practice", required=False)
def anchor(practice: str | None) -> int:
    """Print where every trail ends, a line of JSON for each, to be kept where nobody can change it.

    \b
    Example:
      visitsync audit anchor >> anchors.jsonl
    """
    outcome = Exit.FINE
    with the_house() as house:
        for tenant in [the_practice(house, practice)] if practice else practices.tenants(house.database):
            try:
                with house.database.practice(tenant.practice_id) as transaction:
                    end = trail.anchor(transaction, house.vault)
            except AuditBroken as broken:
                click.echo(f"{tenant.slug}: {broken}", err=True)
                outcome = Exit.ATTENTION
            else:
                click.echo(msgspec.json.encode(_kept(tenant, end, house.clock())))
    return outcome


@audit.command()
@click.argument("practice")
@click.option("--who", help="Only of this staff member's id, or this author.")
@click.option("--act", help="Only of this kind: view-answer, search, export …")
@click.option("--object", "object_id", help="Only about what has this id.")
@click.option("--since", type=DAY, help="From this day on, in the practice's zone.")
@click.option("--until", type=DAY, help="Before this day.")
@click.option("--before", type=click.IntRange(1), help="Only entries with a lower number, to read on.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
def show(
    practice: str,
    who: str | None,
    act: str | None,
    object_id: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
    as_json: bool,
) -> int:
    """Show the newest entries. Sealed details, like words searched for, are not shown.

    Ends with 1 if one of them was changed since it was written.

    \b
    Example:
      visitsync audit show lakeside --act export --since 2026-11-01
    """
    with the_house() as house, house.database.practice(the_practice(house, practice).practice_id) as transaction:
        zone = practices.find_practice(transaction).zone
        wanted = Selection(
            who=who,
            act=act,
            object_id=object_id,
            since=_begin_of(since, zone),
            until=_begin_of(until, zone),
            before=before,
        )
        found = trail.entries(transaction, house.vault, wanted, limit=limit)
    if as_json:
        print_json([_facts(one) for one in found])
    else:
        _show(found, zone)
    return Exit.FINE if all(one.is_genuine for one in found) else Exit.ATTENTION


@audit.command()
@click.option("--why", required=True, help="What was looked into, and what was decided.")
@practice_option
def resume(slug: str | None, why: str) -> int:
    """Let a practice work again after its trail's end was changed, with an entry that says who decided so.

    Nothing is recorded, and so nothing shown, while the end of the trail cannot be believed. Verify first; whatever
    else is damaged stays visible to every later `verify`.

    \b
    Example:
      visitsync audit resume --practice lakeside --why "Restored after the incident of March 3"
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            if not trail.is_broken(transaction, house.vault):
                say("Entries are being added to this trail; there is nothing to resume.")
                return Exit.FINE
            seen = trail.verify(transaction, house.vault)
            number = trail.resume(transaction, house.vault, _resumed(house, why, seen))
    say(f"The trail of {tenant.slug} goes on with entry {number}, which says what was found and why.")
    return Exit.FINE


def _read_anchors(file: TextIO) -> list[KeptAnchor]:
    decoder = msgspec.json.Decoder(KeptAnchor)
    try:
        kept = [decoder.decode(line) for line in file if line.strip()]
        for one in kept:
            one.anchor()
    except ValueError:  # msgspec's own errors and a wrong encoding are ValueErrors, too
        raise click.BadParameter(
            "It must be lines as `visitsync audit anchor` prints them.", param_hint="--anchors"
        ) from None
    return kept


def _verified(house: House, tenant: Tenant, kept: Sequence[KeptAnchor]) -> Verified:
    anchors = [one.anchor() for one in kept if one.practice_id == tenant.practice_id]
    with house.database.practice(tenant.practice_id) as transaction:
        came = trail.verify(transaction, house.vault, anchors)
    return Verified(
        practice=tenant.slug,
        entries=came.entries,
        is_intact=came.is_intact,
        findings=tuple(finding.sentence for finding in came.findings),
        further=came.further,
    )


def _of_no_practice(kept: Iterable[KeptAnchor], there: set[UUID]) -> list[Verified]:
    """A practice whose anchor was kept does not vanish from the register by itself."""
    gone = {one.practice_id: one for one in kept if one.practice_id not in there and one.count}
    gone_words = ("This practice is no longer in the register; an end of its trail was kept.",)
    return [Verified(practice=one.practice, entries=0, is_intact=False, findings=gone_words) for one in gone.values()]


def _tell(one: Verified) -> None:
    count = f"{one.entries} {'entry' if one.entries == 1 else 'entries'}"
    if one.is_intact:
        say(f"{visible(one.practice)}: {count}, intact.", "green")
        return
    say(f"{visible(one.practice)}: {count}, TAMPERED WITH.", "bold red")
    for sentence in one.findings:
        say(f"  {sentence}")
    if one.further:
        say(f"  … and {one.further} more.")


def _kept(tenant: Tenant, end: Anchor, now: datetime) -> KeptAnchor:
    return KeptAnchor(
        practice=tenant.slug, practice_id=tenant.practice_id, count=end.count, hash=end.hash.hex(), taken_at=now
    )


def _begin_of(day: datetime | None, zone: str) -> datetime | None:
    return day.replace(tzinfo=zone_named(zone)) if day else None


def _facts(one: Recorded) -> dict[str, object]:
    entry = one.entry
    return {
        "number": one.number,
        "at": entry.at,
        "who_kind": entry.who.kind,
        "who": entry.who.id,
        "who_name": entry.who.name,
        "act": entry.act,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "why": entry.why,
        "has_details": bool(entry.details),
        "request_id": entry.request_id,
        "address": entry.address,
        "is_genuine": one.is_genuine,
    }


def _show(found: Sequence[Recorded], zone: str) -> None:
    if not found:
        say("No entry fits.")
        return
    table(("number", "when", "who", "act", "on", "why", "from", ""), (_line(one, zone) for one in found))


def _line(one: Recorded, zone: str) -> tuple[object, ...]:
    entry = one.entry
    return (
        one.number,
        entry.at.astimezone(zone_named(zone)).strftime("%Y-%m-%d %H:%M:%S"),
        entry.who.name or entry.who.id or entry.who.kind,
        entry.act,
        " ".join(filter(None, (entry.object_kind, entry.object_id))),
        entry.why,
        entry.address,
        "" if one.is_genuine else "CHANGED SINCE",
    )


def _resumed(house: House, why: str, seen: Verification) -> Entry:
    return Entry(
        at=house.clock(),
        who=Who(WhoKind.COMMAND, house.settings.author),
        act="audit-resumed",
        object_kind="audit",
        why="audit resume",
        details={"stated": why, "found": " ".join(finding.sentence for finding in seen.findings)},
    )
