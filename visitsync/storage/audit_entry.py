"""What an entry of the audit trail says, and how it is written down: readable columns, and sealed details."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from os import urandom
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from visitsync.storage.audit_chain import Chain, ChainedRow
from visitsync.storage.vault import NONCE_BYTES, Vault, place

TEXTS = ("who_kind", "who", "who_name", "act", "object_kind", "object_id", "why", "request_id", "address")
"""The columns of text, in the order in which they are hashed."""
LONGEST_TEXT = 300
"""Characters of a column; what a stranger puts into an address can be of any length."""
LONGEST_DETAIL = 2000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_decode = msgspec.json.Decoder(dict[str, str]).decode


class WhoKind(StrEnum):
    """What sort of somebody acted."""

    STAFF = "staff"
    COMMAND = "command"
    """A person at the command line of the installation."""
    PROCESS = "process"
    STRANGER = "stranger"
    """Nobody who had signed in."""


class Who(msgspec.Struct, frozen=True):
    """Who acted: a staff member by id, or what the author of a command, a process or a stranger is called."""

    kind: WhoKind
    id: str
    name: str = ""

    def __repr__(self) -> str:
        return f"Who({self.kind}, {self.id})"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One act: who, what, when, on what, and why. All texts but `details` are stored readable."""

    at: datetime
    """Aware."""
    who: Who
    act: str
    """A short code: view-answer, search, export, sign-in, change-setting, refused …"""
    object_kind: str = ""
    object_id: str = ""
    why: str = ""
    """The page, or the purpose; never what a person typed."""
    details: Mapping[str, str] = {}
    """What else must be known: words searched for, a stated reason. Sealed, for it may speak of patients."""
    request_id: str = ""
    address: str = ""
    """Whence the request came."""

    def __repr__(self) -> str:
        return f"Entry({self.act}, {self.who!r})"


class Recorded(msgspec.Struct, frozen=True):
    """An entry as it stands in the trail."""

    number: int
    entry: Entry
    is_genuine: bool
    """False: it was changed since it was written. Nothing in it can be believed, and its details stay closed."""

    def __repr__(self) -> str:
        return f"Recorded({self.number})"


def written(
    entry: Entry, chain: Chain, vault: Vault, *, practice_id: UUID, number: int, previous_hash: bytes
) -> ChainedRow:
    """The entry as the row that follows on `previous_hash`. Raises ValueError for a time without zone, or no act."""
    if entry.at.tzinfo is None or not entry.act:
        raise ValueError("An entry of the audit trail needs an act, and a time with its zone.")
    who = entry.who
    texts = (who.kind, who.id, who.name, entry.act, entry.object_kind, entry.object_id, entry.why, entry.request_id,
             entry.address)  # fmt: skip
    return chain.linked(
        ChainedRow(
            practice_id=practice_id,
            number=number,
            at=str((entry.at - _EPOCH) // _MICROSECOND),
            texts=tuple(_storable(text, LONGEST_TEXT) for text in texts),
            details=_sealed(vault, practice_id, number, entry.details),
            previous_hash=previous_hash,
        )
    )


def read_back(row: ChainedRow, chain: Chain, vault: Vault) -> Recorded:
    """The row as an entry again."""
    is_genuine = chain.is_genuine(row)
    kind, who, name, act, object_kind, object_id, why, request_id, address = row.texts
    entry = Entry(
        at=_instant(row.at),
        who=Who(_kind(kind), who, name),
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        why=why,
        details=_opened(vault, row) if is_genuine else {},
        request_id=request_id,
        address=address,
    )
    return Recorded(row.number, entry, is_genuine)


def _kind(stored: str) -> WhoKind:
    """What was changed into no kind at all is shown as the least trusted one."""
    try:
        return WhoKind(stored)
    except ValueError:
        return WhoKind.STRANGER


def _storable(text: str, longest: int) -> str:
    """What PostgreSQL takes: no NUL, no half of a surrogate pair, and not without end."""
    whole = text[:longest].encode("utf-8", "replace").decode()
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _instant(microseconds: str) -> datetime:
    """A time that was changed into one that Python does not know is shown as 1970."""
    try:
        return _EPOCH + int(microseconds) * _MICROSECOND
    except (ValueError, OverflowError):
        return _EPOCH


def _sealed(vault: Vault, practice_id: UUID, number: int, details: Mapping[str, str]) -> bytes | None:
    if not details:
        return None
    storable = {name: _storable(value, LONGEST_DETAIL) for name, value in details.items()}
    nonce = urandom(NONCE_BYTES)
    return nonce + _cipher(vault).encrypt(nonce, msgspec.json.encode(storable), _place(practice_id, number))


def _opened(vault: Vault, row: ChainedRow) -> dict[str, str]:
    if row.details is None:
        return {}
    nonce, sealed = row.details[:NONCE_BYTES], row.details[NONCE_BYTES:]
    return _decode(_cipher(vault).decrypt(nonce, sealed, _place(row.practice_id, row.number)))


def _cipher(vault: Vault) -> AESGCM:
    """With a key of its own and not the vault's data keys: those are rotated, and an entry is never sealed anew."""
    return AESGCM(vault.derive("audit details"))


def _place(practice_id: UUID, number: int) -> bytes:
    return place("audit_entry.details", practice_id, str(number))
