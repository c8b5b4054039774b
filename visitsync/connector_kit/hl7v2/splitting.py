"""Takes files and batches apart into single messages: frames, FHS/BHS envelopes, messages one after another."""

import re

_START = re.compile(rb"(?:\A|[\r\n\x0b\x1c])[\x0b\x1c \t]*(?=MSH[^A-Za-z0-9\s])|(?=MSH\|\^~\\&\|)")
_ENVELOPE = re.compile(
    rb"[\r\n\x0b\x1c \t]*(?:FHS|BHS|BTS|FTS)[^A-Za-z0-9\r\n][^\r\n]*|[\r\n\x0b\x1c \t]*(?:BTS|FTS)(?=[\r\n]|\Z)"
)
_EDGES = b"\r\n\x0b\x1c\x1a\x00 \t"
MOST_BEFORE = 4_096
"""So many bytes before the first message may be an HTTP head or an envelope; more is another kind of file."""


def messages_in(body: bytes) -> list[bytes]:
    """The messages of a body in their order, each without frame and envelope; [] if there is none."""
    if body.rfind(b"MSH") == 0:  # from behind: it is found sooner that there is no second one
        return [body]
    starts = [found.end() for found in _START.finditer(body)]
    if not starts:
        return []
    starts = [start for number, start in enumerate(starts) if number == 0 or start != starts[number - 1]]
    ends = [*starts[1:], len(body)]
    return [_bare(body[start:end]) for start, end in zip(starts, ends, strict=True)]


def is_batch(body: bytes) -> bool:
    """Whether the body says that it is a batch."""
    return body[:64].lstrip(_EDGES)[:3] in (b"FHS", b"BHS")


def before_the_first(body: bytes) -> bytes:
    """What stands before the first message."""
    found = _START.search(body)
    return body if found is None else body[: found.start()]


def _bare(message: bytes) -> bytes:
    if b"BTS" in message or b"FTS" in message or b"BHS" in message:
        message = _ENVELOPE.sub(b"", message)
    return message.strip(_EDGES) if message[-1:] in b"\n\x1c\x1a\x00 \t\r" else message
