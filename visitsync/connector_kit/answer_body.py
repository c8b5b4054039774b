"""Reads an answer's body as it streams in: never more than a cap, also when it was compressed to hide its size."""

import zlib
from collections.abc import Iterable, Mapping

from visitsync.connector_kit.errors import AnswerUnreadable

# 32 added to the window: zlib tells gzip and zlib streams apart by their heads.
_GZIP_OR_ZLIB = zlib.MAX_WBITS + 32


class AnswerTooLong(AnswerUnreadable):
    """More than the cap; a narrower question may get an answer that fits."""


def read_body(chunks: Iterable[bytes], headers: Mapping[str, str], max_bytes: int) -> bytes:
    """The whole body, unpacked; headers with names in lower case. Raises AnswerTooLong, AnswerUnreadable."""
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:
        raise AnswerTooLong(f"The answer announces {length} bytes; at most {max_bytes} are read.")
    if length and "transfer-encoding" in headers:
        raise AnswerUnreadable("The answer states its length in two ways.")
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing in ("identity", ""):
        return _collect(chunks, max_bytes)
    if packing in ("gzip", "x-gzip", "deflate"):
        return _unpack(chunks, max_bytes)
    raise AnswerUnreadable("The answer is packed in a way that was not asked for.")


def _collect(chunks: Iterable[bytes], max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise AnswerTooLong(f"The answer is longer than {max_bytes} bytes.")
        parts.append(chunk)
    return b"".join(parts)


def _unpack(chunks: Iterable[bytes], max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    body = bytearray()
    for chunk in chunks:
        # One byte more than allowed is enough to know; a bomb is never blown up further.
        body += _unpacked(unpacker, chunk, max_bytes + 1 - len(body))
        if len(body) > max_bytes:
            raise AnswerTooLong(f"The answer unpacks to more than {max_bytes} bytes.")
    if not unpacker.eof or unpacker.unused_data:
        raise AnswerUnreadable("The packed answer ends too early, or goes on after its end.")
    return bytes(body)


def _unpacked(unpacker: "zlib._Decompress", chunk: bytes, at_most: int) -> bytes:
    try:
        return unpacker.decompress(chunk, at_most)
    except zlib.error as error:
        raise AnswerUnreadable("The answer cannot be unpacked.") from error
