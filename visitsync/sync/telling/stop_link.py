"""The link in every mail by which its reader stops that sort of mail, signed in or not: whose, of which practice."""

import base64
import binascii
import hmac
from uuid import UUID

import msgspec

from visitsync.domain.telling_choices import Kind
from visitsync.storage.vault import Vault

PURPOSE = "stop telling by mail"
_KINDS = tuple(Kind)
_IDS_BYTES, _SEAL_BYTES = 33, 18
_LENGTH = 68
"""Letters of a token: 51 bytes in base64, without padding."""


class Stop(msgspec.Struct, frozen=True):
    """Who no longer wants to be told what."""

    practice_id: UUID
    staff_id: UUID
    kind: Kind


def stop_token(vault: Vault, stop: Stop) -> str:
    """Good for as long as the installation's keyring; all it can do is to switch that one kind off."""
    what = stop.practice_id.bytes + stop.staff_id.bytes + bytes([_KINDS.index(stop.kind)])
    return base64.urlsafe_b64encode(what + _seal(vault, what)).decode()


def read_stop(vault: Vault, token: str) -> Stop | None:
    """None for a text that is no token of ours."""
    if len(token) != _LENGTH:
        return None
    try:
        both = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    what, seal = both[:_IDS_BYTES], both[_IDS_BYTES:]
    if not hmac.compare_digest(seal, _seal(vault, what)) or what[-1] >= len(_KINDS):
        return None
    return Stop(UUID(bytes=what[:16]), UUID(bytes=what[16:32]), _KINDS[what[-1]])


def _seal(vault: Vault, what: bytes) -> bytes:
    return hmac.digest(vault.derive(PURPOSE), what, "sha256")[:_SEAL_BYTES]
