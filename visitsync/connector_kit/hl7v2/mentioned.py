"""The types, locations and practitioners that messages name: a sender of HL7 has no list, so one is learned."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.hl7v2.naming import Naming
from visitsync.connector_kit.hl7v2.resources import Named
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.domain.practice import CatalogEntry

_LONGEST = 200


class Mention(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record of a list as a message implies it."""

    id: str
    name: str
    npi: str = ""


_MENTIONS = msgspec.json.Decoder(Mention)


@lru_cache(maxsize=4_096)
def mentions(naming: Naming) -> tuple[RawRecord, ...]:
    """One record for each type, location and practitioner that is named by a code or a text."""
    found = [(RecordKind.APPOINTMENT_TYPE, naming.type), (RecordKind.LOCATION, naming.location)]
    found += [(RecordKind.PRACTITIONER, person) for person in naming.providers]
    return tuple(record for kind, named in found if named is not None for record in _record(kind, named))


def to_catalog_entry(record: RawRecord) -> CatalogEntry:
    """Raises RecordUnreadable."""
    try:
        mention = _MENTIONS.decode(record.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordUnreadable(f"no mention of a {record.kind}") from error
    return CatalogEntry(id=mention.id, name=mention.name, npi=mention.npi or None)


def _record(kind: RecordKind, named: Named) -> Iterator[RawRecord]:
    identity, name = named.id or named.text, named.text or named.id
    if identity and len(identity) <= _LONGEST and identity.isprintable():
        body = msgspec.json.encode(Mention(identity, name[:_LONGEST], named.npi))
        yield RawRecord(kind=kind, id=identity, body=body)
