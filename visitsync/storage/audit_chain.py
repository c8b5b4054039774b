"""The chain that makes an audit trail tamper-evident: pure arithmetic over rows, without a database."""

import hmac
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Self
from uuid import UUID

import msgspec

from visitsync.storage.vault import Vault

NO_HASH = b""
"""Stands before the first entry."""
MOST_FINDINGS = 100
"""So many are told one by one; further ones are only counted."""
_NOTHING = b"\xff\xff\xff\xff"
"""In place of a length: there is no value, not even an empty one."""
_ANCHOR = re.compile(r"(\d{1,18}):([0-9a-f]{64}|)", re.ASCII)


class ChainedRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry as stored. `at` counts microseconds since 1970, UTC, as text, so that no stored value is unreadable."""

    practice_id: UUID
    number: int
    at: str
    texts: tuple[str, ...]
    """The columns of text, in the order of `audit_entry.TEXTS`."""
    details: bytes | None
    """Sealed."""
    previous_hash: bytes
    hash: bytes = NO_HASH

    def __repr__(self) -> str:
        return f"ChainedRow({self.practice_id}, {self.number})"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where a practice's chain ends."""

    practice_id: UUID
    count: int
    hash: bytes
    seal: bytes


class Anchor(msgspec.Struct, frozen=True):
    """How long a chain was once, and its last hash then; kept where nobody who can change the database can reach it."""

    count: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.count}:{self.hash.hex()}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Reads "count:hash", the hash in hexadecimal. Raises ValueError."""
        match = _ANCHOR.fullmatch(text)
        if match is None or (match[1].strip("0") == "") != (match[2] == ""):
            raise ValueError("An anchor is written as count:hash, the hash as 64 hexadecimal digits.")
        return cls(int(match[1]), bytes.fromhex(match[2]))


class Damage(StrEnum):
    """What kind of tampering shows."""

    CHANGED = "changed"
    """The entry is not what was written."""
    MISSING = "missing"
    """Entries that must have been there are not."""
    STRANGE = "strange"
    """An entry whose number was given already or never, or of another practice."""
    DETACHED = "detached"
    """The entry was written after another one than now stands before it."""
    HEAD = "head"
    """The head is not what was written, or is gone."""
    ANCHOR = "anchor"
    """The trail is not the one that the anchor was taken of, or an earlier state of it."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that does not fit, and the numbers of the entries it is about."""

    damage: Damage
    first: int
    last: int

    @property
    def sentence(self) -> str:
        """For whoever looks into it."""
        numbers = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        return _SENTENCES[self.damage].format(numbers=numbers, count=self.first)


_SENTENCES = {
    Damage.CHANGED: "Changed since it was written: {numbers}.",
    Damage.MISSING: "Missing: {numbers}.",
    Damage.STRANGE: "Does not belong to the chain: {numbers}.",
    Damage.DETACHED: "Does not follow on the one before it: {numbers}.",
    Damage.HEAD: "The end of the chain, as noted at entry {count}, was changed or removed.",
    Damage.ANCHOR: "Not the trail whose end was kept elsewhere at entry {count}: rewritten or cut.",
}


class Chain:
    """Computes the hashes of one installation's trails; whoever has only the database cannot."""

    def __init__(self, vault: Vault) -> None:
        self._key = vault.derive("audit chain")

    def hash_of(self, row: ChainedRow) -> bytes:
        """Over everything in the row but its own hash."""
        texts = [text.encode() for text in row.texts]
        return self._digest(
            b"entry", row.practice_id, row.number, [row.at.encode(), *texts, row.details, row.previous_hash]
        )

    def linked(self, row: ChainedRow) -> ChainedRow:
        """The row with its hash."""
        return msgspec.structs.replace(row, hash=self.hash_of(row))

    def is_genuine(self, row: ChainedRow) -> bool:
        """Whether the row is what was written."""
        return hmac.compare_digest(self.hash_of(row), row.hash)

    def head(self, practice_id: UUID, count: int, last_hash: bytes) -> Head:
        """The end of a chain, sealed."""
        seal = self._digest(b"head", practice_id, count, [last_hash])
        return Head(practice_id=practice_id, count=count, hash=last_hash, seal=seal)

    def is_sealed(self, head: Head) -> bool:
        """Whether the head is what was written, now or at an earlier time."""
        return hmac.compare_digest(self.head(head.practice_id, head.count, head.hash).seal, head.seal)

    def _digest(self, what: bytes, practice_id: UUID, number: int, parts: Iterable[bytes | None]) -> bytes:
        """Every part with its length before it, so that no two lists of parts are written the same."""
        message = bytearray(b"visitsync audit %b 1\0%b%b" % (what, practice_id.bytes, number.to_bytes(8, signed=True)))
        for part in parts:
            message += _NOTHING if part is None else len(part).to_bytes(4) + part
        return hmac.digest(self._key, bytes(message), "sha256")


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What came of walking along a whole trail."""

    entries: int
    findings: tuple[Finding, ...]
    further: int
    """Findings beyond those told."""

    @property
    def is_intact(self) -> bool:
        """Whether everything is as it was written."""
        return not self.findings


class Walk:
    """One way along a chain: take every row in the order of numbers, then finish."""

    def __init__(self, chain: Chain, practice_id: UUID, head: Head | None, anchors: Sequence[Anchor] = ()) -> None:
        """`head` as read before the first row; entries may be added meanwhile."""
        self._chain = chain
        self._practice_id = practice_id
        self._head = head
        self._anchors = anchors
        self._wanted = {_count(head), *(anchor.count for anchor in anchors)}
        self._met = {0: NO_HASH}
        self._last = Anchor(0, NO_HASH)
        self._entries = 0
        self._findings: list[Finding] = []
        self._further = 0

    def take(self, row: ChainedRow) -> None:
        """Compares the next entry with itself and with the one before it."""
        self._entries += 1
        expected = self._last.count + 1
        if row.number < expected or row.practice_id != self._practice_id:
            self._note(Damage.STRANGE, row.number)
            return
        if row.number > expected:
            self._note(Damage.MISSING, expected, row.number - 1)
        if not self._chain.is_genuine(row):
            self._note(Damage.CHANGED, row.number)
        elif row.number == expected and row.previous_hash != self._last.hash:
            self._note(Damage.DETACHED, row.number)
        self._last = Anchor(row.number, row.hash)
        if row.number in self._wanted:
            self._met[row.number] = row.hash

    def finish(self, head: Head | None) -> Verification:
        """Compares where the entries end with the heads, this one read after the last row, and with the anchors."""
        self._met[self._last.count] = self._last.hash
        if _count(self._head) > self._last.count:
            self._note(Damage.MISSING, self._last.count + 1, _count(self._head))
        if _count(head) < self._last.count or not (self._holds(self._head) and self._holds(head)):
            self._note(Damage.HEAD, _count(head))
        for anchor in self._anchors:
            if self._met.get(anchor.count) != anchor.hash:
                self._note(Damage.ANCHOR, anchor.count)
        return Verification(entries=self._entries, findings=tuple(self._findings), further=self._further)

    def _holds(self, head: Head | None) -> bool:
        """Whether a head is one that was written for this chain; entries beyond the last row came later."""
        if head is None:
            return True
        is_ours = head.practice_id == self._practice_id and self._chain.is_sealed(head)
        return is_ours and self._met.get(head.count, head.hash) == head.hash

    def _note(self, damage: Damage, first: int, last: int | None = None) -> None:
        if len(self._findings) < MOST_FINDINGS:
            self._findings.append(Finding(damage, first, first if last is None else last))
        else:
            self._further += 1


def _count(head: Head | None) -> int:
    return head.count if head else 0
