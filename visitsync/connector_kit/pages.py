"""What passes from an EMR into the house: one answer's raw bytes (a page) and the records in it."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class RecordKind(StrEnum):
    APPOINTMENT = "appointment"
    APPOINTMENT_DETAIL = "appointment-detail"
    APPOINTMENT_UPDATE = "appointment-update"
    """What a pushed message says about an appointment; what it does not mention stays as it was."""
    PATIENT = "patient"
    PATIENT_UPDATE = "patient-update"
    """What a pushed message says about a patient; what it does not mention stays as it was."""
    APPOINTMENT_TYPE = "appointment-type"
    LOCATION = "location"
    PRACTITIONER = "practitioner"


CATALOG_KINDS = frozenset({RecordKind.APPOINTMENT_TYPE, RecordKind.LOCATION, RecordKind.PRACTITIONER})


class FetchedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of an EMR, byte for byte, and where to resume after it."""

    kind: RecordKind
    body: bytes
    media_type: str = ""
    asked: Mapping[str, str] = {}
    """What was asked, as far as it is needed to understand the answer (an offset, an id); never a secret."""
    bookmark: str | None = None
    """Where to go on once this page is saved; opaque to everyone but the connector. None: stays as it was."""
    notices: tuple[str, ...] = ()
    """Codes of reasons (catalogue, group G) that showed while asking and stop nothing, such as a shared key."""

    def __repr__(self) -> str:
        return f"FetchedPage({self.kind}, {len(self.body)} bytes)"


class OtherNames(msgspec.Struct, frozen=True, kw_only=True):
    """What else a pushed record may be called: some messages name it in full, others only in part or by another number.

    Names are opaque; each says of which sort it is, so that numbers of two sorts never meet.
    """

    is_called: tuple[str, ...] = ()
    """Whoever is looked for under one of these is meant by this record."""
    looked_for: tuple[str, ...] = ()
    """Where the record's own id is not known: it may be whoever is called one of these."""
    patient_id: str = ""
    """Whom the message is about: a record of somebody else is never meant. "" where it says nothing."""


class RawRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record of a page: its kind, the vendor's id, and its own raw bytes."""

    kind: RecordKind
    id: str
    body: bytes
    asked: Mapping[str, str] = {}
    is_absent: bool = False
    """The EMR answered that this id does not exist (any more)."""
    is_open_slot: bool = False
    """Absent because nobody is booked under this id (any more): what was known of it ends; else it is nothing."""
    other_names: OtherNames | None = None
    """Of an APPOINTMENT_UPDATE; None where its id is all that it is ever called."""

    def __repr__(self) -> str:
        return f"RawRecord({self.kind}, {self.id}, {len(self.body)} bytes)"


class UnreadableRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a page that could not even be told apart: kept with its bytes and the reason, the others go on."""

    kind: RecordKind
    position: int
    body: bytes
    reason: str
    """For engineers: field and expectation; never a value of the record."""
    id: str | None = None

    def __repr__(self) -> str:
        return f"UnreadableRecord({self.kind}, {self.id or self.position}, {self.reason})"
