"""What a practice's admin does on the first day: staff, approved types, enabled providers — and what they forget."""

import re
import secrets
from collections.abc import Sequence
from uuid import UUID

import msgspec

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.practice import CatalogEntry
from visitsync.simulator_kit.staging import TELEMEDICINE_TYPES
from visitsync.storage import catalog, practice_settings, staff
from visitsync.storage.peers import network_of, register
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import add_practice
from visitsync.storage.staff import StaffMember
from visitsync.sync.admin.connecting import WEBHOOK_SECRET, Wish, connect, read_lists
from visitsync.sync.admin.entries import enable_practitioner
from visitsync.sync.pipeline import sync
from visitsync.wiring.demo.stage import Set
from visitsync.wiring.house import House


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A practice after its admin's first day."""

    practice_id: UUID
    connection_id: UUID
    approved: tuple[str, ...]
    forgotten_type: str
    enabled: tuple[str, ...]
    forgotten_provider: CatalogEntry
    webhook_secret: str

    def __repr__(self) -> str:
        return f"Opened({self.practice_id})"


def open_practice(house: House, stage: Set, listen_port: int) -> Opened:
    """Adds the practice, connects its EMR as `visitsync connect` does, and sets up most of it."""
    practice = add_practice(house.database, slug=stage.cast.slug, name=stage.cast.name, zone=stage.clinic.zone)
    author = Author("demo admin", house.clock())
    secret = secrets.token_urlsafe(24)
    wish = Wish(
        emr=stage.cast.emr,
        base_url=stage.base_url,
        settings=stage.cast.settings,
        credentials={**stage.credentials, WEBHOOK_SECRET: secret},
    )
    connection_id = connect(house.engine, practice.practice_id, wish, author).connection_id
    if stage.is_pushed:
        _let_messages_come(house, stage, practice.practice_id, connection_id, author, listen_port)
    else:
        read_lists(house.engine, practice.practice_id, connection_id)
    *approved, forgotten = TELEMEDICINE_TYPES
    _approve(house, stage, practice.practice_id, connection_id, author, approved)
    _set_time_zones(house, stage, practice.practice_id, connection_id)
    enabled, forgotten_provider = _enable(house, stage, practice.practice_id, connection_id, author)
    return Opened(
        practice_id=practice.practice_id,
        connection_id=connection_id,
        approved=tuple(approved),
        forgotten_type=forgotten,
        enabled=tuple(enabled),
        forgotten_provider=forgotten_provider,
        webhook_secret=secret,
    )


def _let_messages_come(
    house: House, stage: Set, practice_id: UUID, connection_id: UUID, author: Author, listen_port: int
) -> None:
    """What an EMR pushes names its types and providers; it is let in, sends what it has, and that is taken in."""
    with house.database.practice(practice_id) as transaction:
        network = network_of("127.0.0.1/32")
        register(
            transaction, connection_id, author, name=stage.emr_name, network=network, port=listen_port, certificate=None
        )
    stage.app.controls()["target"]({"address": f"127.0.0.1:{listen_port}"})
    stage.wait_until_all_is_sent()
    sync(house.link(practice_id, connection_id))


def _approve(
    house: House, stage: Set, practice_id: UUID, connection_id: UUID, author: Author, names: Sequence[str]
) -> None:
    """By number where the EMR's names are not to be relied on, else by name."""
    kind, is_id = stage.manifest.marks[0], stage.manifest.is_matched_by_id
    with house.database.practice(practice_id) as transaction:
        listed = catalog.entries(transaction, connection_id, RecordKind.APPOINTMENT_TYPE).values()
        chosen = [entry for entry in listed if entry.name.casefold() in {name.casefold() for name in names}]
        for value in [entry.id for entry in chosen] if is_id else names:
            practice_settings.approve(transaction, connection_id, author, kind=kind, value=value, is_id=is_id)
        for entry in chosen:
            catalog.connect(transaction, connection_id, RecordKind.APPOINTMENT_TYPE, entry.id)


def _enable(
    house: House, stage: Set, practice_id: UUID, connection_id: UUID, author: Author
) -> tuple[list[str], CatalogEntry]:
    """Every clinician with a login is enabled, but the last one, who is forgotten."""
    with house.database.practice(practice_id) as transaction:
        logins = {
            f"{one.first_name} {one.last_name}": staff.add_staff(
                transaction,
                house.vault,
                name=f"{one.first_name} {one.last_name}",
                email=one.email,
                role="provider" if one.is_practitioner else "front desk",
            )
            for one in stage.clinic.staff
        }
        listed = catalog.entries(transaction, connection_id, RecordKind.PRACTITIONER).values()
        clinicians = [entry for entry in listed if entry.is_clinician and entry.is_active and _login(entry, logins)]
        *enabled, forgotten = sorted(clinicians, key=lambda entry: entry.id)
        for entry in enabled:
            login = _login(entry, logins)
            enable_practitioner(
                transaction, connection_id, author, entry.id, login.staff_id if login else None, is_enabled=True
            )
    return [entry.name for entry in enabled], forgotten


def _set_time_zones(house: House, stage: Set, practice_id: UUID, connection_id: UUID) -> None:
    """Most EMRs do not say in which time zone an office lies."""
    zones = {location.name.casefold(): location.zone for location in stage.clinic.locations}
    with house.database.practice(practice_id) as transaction:
        for entry in catalog.entries(transaction, connection_id, RecordKind.LOCATION).values():
            if zone := zones.get(entry.name.casefold()):
                catalog.set_zone(transaction, connection_id, RecordKind.LOCATION, entry.id, zone)


def _login(entry: CatalogEntry, logins: dict[str, StaffMember]) -> StaffMember | None:
    """EMRs write "Iris Marlow, MD" or "MARLOW, IRIS"."""
    written = set(re.findall(r"\w+", entry.name.casefold()))
    return next((one for name, one in logins.items() if set(re.findall(r"\w+", name.casefold())) <= written), None)
