"""visitsync translate: what we understand of a saved vendor payload, or why a row of it is unreadable."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import click
import msgspec

from visitsync.connector_kit.connector import PushTranslator, TranslationContext, Translator
from visitsync.connector_kit.errors import ConnectorError, RecordUnreadable
from visitsync.connector_kit.pages import CATALOG_KINDS, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.appointment import AppointmentStatus
from visitsync.domain.local_time import Clarity, UnknownZone, zone_named
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.printing import print_json

LARGEST_FILE_BYTES = 200_000_000
ANY_TWO_ZONES = ("Etc/GMT+5", "Etc/GMT-5")
"""Without changes of the clocks, and ten hours apart."""


@click.command()
@click.argument("emr", type=click.Choice(supported_emrs()))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--zone", help="Time zone of the practice. Without it, what depends on the zone stays unknown (null).")
@click.option("--setting", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the connection.")
@click.option("--status", "statuses", multiple=True, metavar="WORD=STATUS", help="What a status of the practice means.")
def translate(emr: str, file: Path, zone: str | None, settings: Sequence[str], statuses: Sequence[str]) -> int:
    """Print, as JSON, what we understand of a saved answer of an EMR: one entry per row.

    Needs no database and no connection. FILE may be - for standard input. The output holds whatever the file holds:
    do not share it if the people in it are real. Ends with 1 if any row, or the whole file, is unreadable.
    Of HL7 messages each is read by itself, as if nothing were known of the appointment and the patient before.

    \b
    Examples:
      visitsync translate drchrono appointments.json
      curl -s … | visitsync translate kareo - --zone America/Denver
    """
    translator = connector_for(emr).TRANSLATOR
    said = dict(_pair(text, "--setting") for text in settings)
    contexts = _contexts(zone, said, statuses)
    body = _read(file)
    try:
        page = translator.page_from_file(body)
        page = msgspec.structs.replace(page, asked={**said, **page.asked})  # some settings decide what a page holds
        records = translator.split(page)
    except ConnectorError as problem:
        click.echo(f"{problem} So nothing in this file can be translated.", err=True)
        return Exit.ATTENTION
    readings = [[_row(translator, record, context) for record in records] for context in contexts]
    rows = readings[0] if len(readings) == 1 else [_agreed_row(*both) for both in zip(*readings, strict=True)]
    print_json({"emr": emr, "kind": page.kind, "zone": zone, "rows": rows})
    return Exit.ATTENTION if any("unreadable" in row for row in rows) else Exit.FINE


def _contexts(zone: str | None, settings: dict[str, str], statuses: Sequence[str]) -> list[TranslationContext]:
    """One for the zone that is given; two for far apart zones where none is: what differs then is not known."""
    meanings = {word.casefold(): _status(name) for word, name in (_pair(one, "--status") for one in statuses)}
    try:
        zones = ANY_TWO_ZONES if zone is None else (zone_named(zone).key,)
    except UnknownZone:
        raise click.BadParameter(f"{zone!r} is not the name of a time zone.", param_hint="--zone") from None
    return [TranslationContext(practice_zone=one, settings=settings, status_meanings=meanings) for one in zones]


def _agreed_row(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What two readings of a row agree about. A row that only some zones make sense of is not read without one."""
    if ("unreadable" in one) != ("unreadable" in other):
        told = {key: value for key, value in one.items() if key not in ("understood", "unreadable")}
        return {**told, "unreadable": "it depends on the time zone of the practice; give it with --zone"}
    return cast(dict[str, Any], _agreed(one, other))


def _agreed(one: Any, other: Any) -> Any:
    """What two readings agree about; null where they differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: _agreed(one.get(key), other.get(key)) for key in one}
        return {**both, "clarity": None} if _may_agree_elsewhere(both) else both
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_agreed(first, second) for first, second in zip(one, other, strict=True)]
    return one if one == other else None


def _may_agree_elsewhere(start: dict[str, Any]) -> bool:
    """Whether this is a time that contradicts an instant in both zones, and perhaps not in that of the practice."""
    return start.get("clarity") == Clarity.CONTRADICTORY and start.get("zone") is None


def _read(file: Path) -> bytes:
    try:
        body = sys.stdin.buffer.read(LARGEST_FILE_BYTES + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}.", param_hint="FILE") from None
    if len(body) > LARGEST_FILE_BYTES:
        raise click.BadParameter(f"More than {LARGEST_FILE_BYTES} bytes.", param_hint="FILE")
    return body


def _row(translator: Translator, record: RawRecord | UnreadableRecord, context: TranslationContext) -> dict[str, Any]:
    if isinstance(record, UnreadableRecord):
        return {"kind": record.kind, "id": record.id, "position": record.position, "unreadable": record.reason}
    if record.is_absent:
        return {"kind": record.kind, "id": record.id, "absent": True}
    try:
        return {"kind": record.kind, "id": record.id, "understood": _understood(translator, record, context)}
    except RecordUnreadable as error:
        return {"kind": record.kind, "id": record.id, "unreadable": str(error)}


def _understood(translator: Translator, record: RawRecord, context: TranslationContext) -> Any:
    return msgspec.to_builtins(_translated(translator, record, context))


def _translated(translator: Translator, record: RawRecord, context: TranslationContext) -> object:
    if record.kind is RecordKind.APPOINTMENT:
        return translator.appointment(record, context)
    if record.kind is RecordKind.APPOINTMENT_DETAIL:
        return translator.detail(record, context)
    if record.kind in CATALOG_KINDS:
        return translator.catalog_entry(record, context)
    if record.kind is RecordKind.APPOINTMENT_UPDATE:
        return cast(PushTranslator, translator).appointment_after(record, context, None)
    if record.kind is RecordKind.PATIENT_UPDATE:
        return cast(PushTranslator, translator).patient_after(record, context, None)
    return translator.patient(record, context)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"Write it as NAME=VALUE, not {text!r}.", param_hint=option)
    return name, value


def _status(name: str) -> AppointmentStatus:
    try:
        return AppointmentStatus(name)
    except ValueError:
        raise click.BadParameter(f"A status is one of {', '.join(AppointmentStatus)}.", param_hint="--status") from None
