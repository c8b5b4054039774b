"""visitsync connect: give a practice's connection its credentials, and try them."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
import msgspec

from visitsync.connector_kit.manifest import CredentialField, Feed, Manifest
from visitsync.connectors import connector_for, supported_emrs
from visitsync.sync.admin.connecting import (
    Connected,
    Wish,
    credential_fields,
    missing_credentials,
    read_lists,
    usable_address,
)
from visitsync.sync.admin.connecting import connect as connect_practice
from visitsync.sync.admin.sign_in import (
    AllowTheAccess,
    SignInAgain,
    begin_sign_in,
    finish_sign_in,
    has_sign_in_page,
)
from visitsync.wiring.addresses import PushTarget, push_target, webhook_url
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import json_option, practice_option, the_author, the_house, the_practice
from visitsync.wiring.cli.printing import print_json, say
from visitsync.wiring.house import House


@click.command()
@click.argument("emr", type=click.Choice(supported_emrs()))
@practice_option
@click.option("--base-url", help="Where the EMR is. [the vendor's own address]")
@click.option("--setting", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of this connection.")
@click.option(
    "--credentials", "credentials_file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="A JSON object of credentials, - for standard input. [asked for, or from VISITSYNC_<EMR>_<NAME>]",
)  # fmt: skip
@click.option("--another", is_flag=True, help="A second connection to the same EMR, beside the one that is there.")
@click.option("--list-settings", is_flag=True, help="List the settings and credentials of this EMR, and end.")
@json_option
def connect(
    emr: str,
    slug: str | None,
    base_url: str | None,
    settings: Sequence[str],
    credentials_file: Path | None,
    another: bool,
    list_settings: bool,
    as_json: bool,
) -> int:
    """Connect a practice to its EMR, or sign it in again: credentials are tried, sealed and never shown.

    They are asked for at the terminal, or come from a file (--credentials) or from environment variables such as
    VISITSYNC_KAREO_PASSWORD; never from the command line, which other users of the machine can see.

    \b
    Examples:
      visitsync connect kareo --practice lakeside
      visitsync connect drchrono --practice lakeside --credentials drchrono.json
      VISITSYNC_ALLOW_LOOPBACK=1 visitsync connect kareo --base-url http://127.0.0.1:9100
    """
    manifest = connector_for(emr).MANIFEST
    if list_settings:
        _list_settings(manifest, as_json=as_json)
        return Exit.FINE
    with the_house() as house:
        tenant = the_practice(house, slug)
        address = usable_address(manifest, base_url or "", allows_loopback=house.settings.allows_loopback)
        chosen = dict(_pair(text) for text in settings)
        credentials = _credentials(manifest, credentials_file)
        wish = Wish(emr=emr, base_url=address, settings=chosen, credentials=credentials, is_another=another)
        wish = _signed_in(house, tenant.practice_id, manifest, wish)
        done = connect_practice(house.engine, tenant.practice_id, wish, the_author(house))
        if done.check.is_working:
            read_lists(house.engine, tenant.practice_id, done.connection_id)
        hook = webhook_url(house.settings, emr, tenant.practice_id, done.connection_id)
        pushes_to = push_target(house.settings)
    told = Told(
        webhook_address=hook if manifest.feed is Feed.POLL_AND_HINTS else None,
        pushes_to=pushes_to if manifest.feed is Feed.PUSH else None,
    )
    _tell(manifest, tenant.slug, done, told, as_json=as_json)
    return Exit.FINE if done.check.is_working else Exit.ATTENTION


def _credentials(manifest: Manifest, file: Path | None) -> dict[str, str]:
    fields = credential_fields(manifest)
    given = _from_file(file) if file is not None else {}
    known = {field.name for field in fields} | {"access_token", "expires_at"}
    if unknown := sorted(set(given) - known):
        raise click.BadParameter(
            f"It has no credential {', '.join(unknown)}. There are: {', '.join(field.name for field in fields)}.",
            param_hint="--credentials",
        )
    for field in fields:
        given.setdefault(field.name, os.environ.get(_variable(manifest.emr, field.name), ""))
    if file is None and sys.stdin.isatty():
        for field in fields:
            given[field.name] = given[field.name] or _asked(field)
    if missing := missing_credentials(manifest, given):
        raise click.UsageError(
            "Missing: "
            + ", ".join(f"{field.label} ({_variable(manifest.emr, field.name)})" for field in missing)
            + ". Give them in the environment, in a file (--credentials), or at a terminal."
        )
    return given


def _variable(emr: str, field: str) -> str:
    return f"VISITSYNC_{emr}_{field}".upper()


def _from_file(file: Path) -> dict[str, str]:
    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return msgspec.json.decode(body, type=dict[str, str])
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}.", param_hint="--credentials") from None
    except msgspec.DecodeError:
        raise click.BadParameter(
            "It must hold one JSON object whose values are texts.", param_hint="--credentials"
        ) from None


def _asked(field: CredentialField) -> str:
    say(f"{field.label}: {field.help}", "dim")
    default = None if field.is_required else ""
    return str(click.prompt(field.label, hide_input=field.is_secret, default=default, show_default=False)).strip()


def _signed_in(house: House, practice_id: UUID, manifest: Manifest, wish: Wish) -> Wish:
    """Where the EMR has a sign-in page and no token was given: the admin signs in, and brings the code here."""
    if not has_sign_in_page(wish.emr) or wish.credentials.get("refresh_token"):
        return wish
    begun = begin_sign_in(wish)
    say(f"Open this address, sign in to {manifest.name} and allow the access:")
    say(f"  {begun.address}")
    pasted = click.prompt("Paste the address that the browser was sent to, at once", hide_input=True)
    try:
        return finish_sign_in(house.engine, practice_id, wish, begun.state, pasted)
    except AllowTheAccess:
        raise click.ClickException("The access was not allowed. Nothing was saved; run the command again.") from None
    except SignInAgain:
        raise click.ClickException("This address does not belong to this sign-in. Run the command again.") from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"Write a setting as NAME=VALUE, not {text!r}.", param_hint="--setting")
    return name, value


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be entered on the EMR's side."""

    webhook_address: str | None
    pushes_to: PushTarget | None


def _tell(manifest: Manifest, slug: str, done: Connected, told: Told, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "connection_id": done.connection_id,
                "check": done.check,
                "webhook_address": told.webhook_address,
                "pushes_to": told.pushes_to,
            }
        )
        return
    if not done.check.is_working:
        say(f"{manifest.name} lets us in, but something is missing:", "yellow")
        for problem in done.check.problems:
            say(f"  · {problem}")
        say("Nothing is read before that is mended. Then run the same command again.")
        return
    facts = ", ".join(f"{name}: {value}" for name, value in done.check.facts.items())
    say(f"{manifest.name} is connected{f' ({facts})' if facts else ''}.", "green")
    for problem in done.check.problems:
        say(f"  · {problem}", "yellow")
    if told.webhook_address:
        say(f"Webhook address to enter in {manifest.name}: {told.webhook_address}")
        say("  It answers once a webhook secret token was given here, the same as there.", "dim")
    if told.pushes_to:
        _tell_where_to_push(manifest, slug, told.pushes_to)
    say(f"Next: visitsync catalog --practice {slug}, then approve what is telemedicine, then visitsync sync.")


def _tell_where_to_push(manifest: Manifest, slug: str, target: PushTarget) -> None:
    host = target.host or "the machine on which `visitsync listen` runs (VISITSYNC_LISTEN_ADDRESS)"
    say("What to enter on the sending side, for appointments (SIU) and patients (ADT):")
    say(f"  protocol MLLP, to {host}")
    for kind, ports in (("plain, inside a VPN only", target.ports), ("TLS", target.tls_ports)):
        if ports:
            say(f"  port {', '.join(map(str, ports))} ({kind})")
    say("  one message at a time, wait for the acknowledgement, send again what was not acknowledged")
    say("Then let the sender in, by its address or its certificate:")
    say(f"  visitsync peer add --practice {slug} --emr {manifest.emr} --network ADDRESS")


def _list_settings(manifest: Manifest, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"credentials": credential_fields(manifest), "settings": manifest.settings, "gaps": manifest.known_gaps}
        )
        return
    say(f"Credentials of {manifest.name}", "bold")
    for field in credential_fields(manifest):
        say(f"  {field.name} ({_variable(manifest.emr, field.name)}): {field.help}")
    say("Settings", "bold")
    for setting in manifest.settings:
        values = ", ".join(value or "(empty)" for value in setting.values)
        say(f"  {setting.name} = {values}: {setting.help}")
