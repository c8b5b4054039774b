"""The unguessable part of a webhook's address: which practice and which connection it is for."""

import base64
import binascii
from uuid import UUID


def hook_token(practice_id: UUID, connection_id: UUID) -> str:
    """43 letters that carry both random ids: 244 bits that nobody can guess."""
    return base64.urlsafe_b64encode(practice_id.bytes + connection_id.bytes).rstrip(b"=").decode()


def ids_in(token: str) -> tuple[UUID, UUID] | None:
    """Practice and connection; None for a text that is no token."""
    try:
        both = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(both) != 32 or base64.urlsafe_b64encode(both).rstrip(b"=").decode() != token:
        return None
    return UUID(bytes=both[:16]), UUID(bytes=both[16:])
