"""visitsync peer: who may push to us, and for which practice."""

from pathlib import Path
from uuid import UUID

import click
import msgspec

from visitsync.connector_kit.manifest import Feed
from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.time_words import in_words
from visitsync.storage import peers, practices
from visitsync.sync.admin.senders import AskedNotPushed, Sender, register_sender, senders
from visitsync.wiring.cli.exits import Exit, NotFound
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection,
    the_house,
    the_practice,
)
from visitsync.wiring.cli.printing import print_json, say, table


@click.group()
def peer() -> None:
    """Say who may push to us. The peer decides the practice, never what a message says about itself.

    \b
    Example:
      visitsync peer add --practice lakeside --emr hl7v2 --network 203.0.113.7
    """


@peer.command()
@practice_option
@click.option("--emr", type=click.Choice(supported_emrs()), help="The EMR that pushes. Not needed if only one does.")
@connection_option
@click.option("--network", help="Where it comes from: 203.0.113.7 or 203.0.113.0/28.")
@click.option("--port", type=click.IntRange(1, 65535), help="Only on this port of ours.")
@click.option(
    "--certificate", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Its client certificate (PEM)."
)
@click.option("--name", default="", help="What people call it, for instance the interface engine's name.")
@json_option
def add(
    slug: str | None,
    emr: str | None,
    connection: str | None,
    network: str | None,
    port: int | None,
    certificate: Path | None,
    name: str,
    as_json: bool,
) -> int:
    """Register a sender: by its certificate, by the network it comes from, or by both together.

    A sender that another registration fits as well is refused: nobody could tell whose messages they are.

    \b
    Examples:
      visitsync peer add --practice lakeside --emr hl7v2 --network 203.0.113.7
      visitsync peer add --practice lakeside --certificate engine.pem --name "Lakeside's engine"
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        author = the_author(house)
        with house.database.practice(tenant.practice_id) as transaction:
            found = the_connection(transaction, connection or emr or _only_pushed(practices.connections(transaction)))
            text = None if certificate is None else certificate.read_text(encoding="utf-8", errors="replace")
            try:
                peer_id = register_sender(
                    transaction, found, author, network=network, port=port, certificate=text, name=name
                )
            except AskedNotPushed as problem:
                raise click.UsageError(str(problem)) from None
    if as_json:
        print_json({"peer_id": peer_id})
    else:
        say(f"Registered as {peer_id}. What it sends is {tenant.slug}'s from now on.", "green")
    return Exit.FINE


@peer.command(name="list")
@practice_option
@json_option
def list_peers(slug: str | None, as_json: bool) -> int:
    """Show who may push, and what each has sent.

    \b
    Example:
      visitsync peer list --practice lakeside
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        now = house.clock()
        with house.database.practice(tenant.practice_id) as transaction:
            shown = senders(transaction)
    if as_json:
        print_json([{"practice": tenant.slug, **msgspec.structs.asdict(one)} for one in shown])
        return Exit.FINE
    table(
        ("peer", "name", "EMR", "recognised by", "messages", "resent", "refused", "last heard from"),
        [
            (one.peer_id[:8], one.name, one.emr, _recognised_by(one), one.messages, one.resent, one.refused,
             in_words(one.last_message_at, "UTC", now) + " UTC" if one.last_message_at else "never")
            for one in shown
        ],
    )  # fmt: skip
    return Exit.FINE


@peer.command()
@practice_option
@click.argument("peer_id", metavar="PEER")
def remove(slug: str | None, peer_id: str) -> int:
    """Send a sender away: its id, or how that begins. What it has sent stays.

    \b
    Example:
      visitsync peer remove --practice lakeside 3e9fe503
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        author = the_author(house)
        with house.database.practice(tenant.practice_id) as transaction:
            found = [one.peer_id for one in peers.of_practice(transaction) if str(one.peer_id).startswith(peer_id)]
            if len(found) != 1:
                raise NotFound("No such peer, or more than one. `visitsync peer list` shows those that are there.")
            peers.remove(transaction, author, UUID(str(found[0])))
    say("Removed. It is sent away within seconds.")
    return Exit.FINE


def _only_pushed(connections: list[practices.StoredConnection]) -> str | None:
    """The practice's one connection that is pushed to, if there is exactly one."""
    pushed = [one for one in connections if connector_for(one.emr).MANIFEST.feed is Feed.PUSH]
    return str(pushed[0].connection_id) if len(pushed) == 1 else None


def _recognised_by(one: Sender) -> str:
    port = f" on port {one.port}" if one.port else ""
    certificate = f"certificate {one.fingerprint[:16]}…" if one.fingerprint else ""
    return " and ".join(filter(None, (certificate, one.network))) + port
