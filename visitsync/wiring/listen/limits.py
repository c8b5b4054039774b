"""How much a peer may ask of us, so that none of them, friend or stranger, keeps us from the others."""

import msgspec

from visitsync.connector_kit.mllp import LARGEST_MESSAGE


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes, times in seconds."""

    connections: int = 500
    """Of all peers together."""
    per_peer: int = 16
    handshakes: int = 64
    """TLS connections whose peer is not known yet, at once."""
    handshakes_per_address: int = 8
    handshake_seconds: float = 10.0
    largest_message: int = LARGEST_MESSAGE
    message_seconds: float = 60.0
    """From the first byte of a message to its last."""
    idle_seconds: float = 24 * 3600.0
    """A sender may have nothing to say for hours."""
    settle_seconds: float = 0.25
    """So quiet must it be for an end without its carriage return to be one."""
    wrong_protocol_seconds: float = 30.0
    """Whoever only sends what belongs to no message is not sending messages."""
    stray_bytes: int = 64 * 1024
    """Between two messages."""
    held_bytes: int = 128 * 1024 * 1024
    """Of messages that have not ended, over all connections."""
    answer_seconds: float = 30.0
    """So long may a peer take to read our answer."""
