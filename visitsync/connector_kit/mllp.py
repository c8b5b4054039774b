"""MLLP, the envelope that HL7 messages travel in: takes a stream of bytes apart into messages, however it was cut.

Pure: no sockets and no clock; whoever reads the stream says when it has gone quiet (hl7v2 reference, section 1).
"""

import msgspec

START = b"\x0b"
END = b"\x1c"
CARRIAGE_RETURN = b"\r"
COMMIT_BODIES = frozenset({b"\x06", b"\x15"})
"""MLLP release 2: "committed" and "not committed", of which nobody waits for an answer."""

LARGEST_MESSAGE = 2 * 1024 * 1024
"""Bytes; real messages have a few thousand."""
LARGEST_HEAD = 4 * 1024
"""So much of a message that is too large is kept, to say no to it in its own language."""
_AFTER_END = b"\n" + START
"""What may follow an end without its carriage return; before anything else 0x1C is part of the text."""


class Frame(msgspec.Struct, frozen=True):
    """One whole message, byte for byte."""

    body: bytes

    def __repr__(self) -> str:
        return f"Frame({len(self.body)} bytes)"


class Broken(msgspec.Struct, frozen=True):
    """A message that was begun and never ended, because another began."""

    byte_count: int


class TooLarge(msgspec.Struct, frozen=True):
    """A message that came to its end, and was thrown away while it came."""

    head: bytes
    """How it began."""
    byte_count: int

    def __repr__(self) -> str:
        return f"TooLarge({self.byte_count} bytes)"


Event = Frame | Broken | TooLarge


class Decoder:
    """Keeps what has come of a message that has not ended yet; never more than the largest allowed."""

    def __init__(self, *, largest: int = LARGEST_MESSAGE) -> None:
        self._largest = largest
        self._buffer = bytearray()
        self._is_inside = False
        self._searched = 0
        """So much of the buffer is known to hold no end."""
        self._dropped = 0
        """Bytes of the present message that were thrown away, after `_head`."""
        self._head = b""
        self.stray_bytes = 0
        """Bytes since the last message that belong to none: line ends, keep-alives, other protocols."""

    @property
    def is_inside(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._is_inside

    @property
    def awaits_return(self) -> bool:
        """Whether the message ended as some senders end it, without the last byte: see `settle`."""
        return self._is_inside and self._buffer.endswith(END)

    @property
    def held_bytes(self) -> int:
        """How much is kept at present."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Event]:
        """Takes the next bytes of the stream; returns what ended with them, in order."""
        self._buffer += data
        events: list[Event] = []
        while self._advance(events):
            pass
        if self._is_inside and len(self._buffer) > self._largest:
            self._throw_away()
        return events

    def settle(self) -> list[Event]:
        """The stream has been quiet for a moment: an end without its carriage return is accepted as one."""
        events: list[Event] = []
        if self.awaits_return:
            self._end(len(self._buffer) - 1, 1, events)
        return events

    def _advance(self, events: list[Event]) -> bool:
        """One step; False where more bytes are needed."""
        if not self._is_inside:
            return self._begin()
        end = self._buffer.find(END, self._searched)
        again = self._buffer.find(START, self._searched, len(self._buffer) if end < 0 else end)
        if again >= 0:
            events.append(Broken(again + self._dropped))
            self._enter(again)
            return True
        if end < 0:
            self._searched = len(self._buffer)
            return False
        following = bytes(self._buffer[end + 1 : end + 2])
        if following == b"":
            self._searched = end
            return False
        if following == CARRIAGE_RETURN or following in _AFTER_END:
            self._end(end, 1 if following == START else 2, events)
        else:
            self._searched = end + 1
        return True

    def _begin(self) -> bool:
        start = self._buffer.find(START)
        if start < 0:
            self.stray_bytes += len(self._buffer)
            self._buffer.clear()
            return False
        self.stray_bytes += start
        self._enter(start)
        return True

    def _enter(self, start: int) -> None:
        del self._buffer[: start + 1]
        self._is_inside, self._searched, self._dropped, self._head = True, 0, 0, b""

    def _end(self, end: int, mark_bytes: int, events: list[Event]) -> None:
        body = bytes(self._buffer[:end])
        if self._dropped or len(body) > self._largest:
            events.append(TooLarge(self._head or body[:LARGEST_HEAD], self._dropped + end))
        elif body and body not in COMMIT_BODIES:
            events.append(Frame(body))
        del self._buffer[: end + mark_bytes]
        self._is_inside, self._searched, self.stray_bytes = False, 0, 0

    def _throw_away(self) -> None:
        """Keeps the beginning and, of what has come so far, only an end that is not complete."""
        self._head = self._head or bytes(self._buffer[:LARGEST_HEAD])
        kept = END if self._buffer.endswith(END) else b""
        self._dropped += len(self._buffer) - len(kept)
        self._buffer[:] = kept
        self._searched = 0


def framed(body: bytes) -> bytes:
    """A message in its envelope."""
    return START + body + END + CARRIAGE_RETURN
