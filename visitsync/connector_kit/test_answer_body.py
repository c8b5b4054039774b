"""Bodies are unpacked within a cap, or refused."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connector_kit.answer_body import read_body
from visitsync.connector_kit.errors import AnswerUnreadable

GZIP = {"content-encoding": "gzip"}


def in_pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


@given(st.binary(max_size=3000), st.integers(1, 700), st.sampled_from(["gzip", "deflate", ""]))
def test_what_was_packed_comes_out_whole_in_whatever_pieces(body: bytes, size: int, packing: str) -> None:
    packed = {"gzip": gzip.compress(body), "deflate": zlib.compress(body), "": body}[packing]
    assert read_body(in_pieces(packed, size), {"content-encoding": packing}, 3000) == body


@given(st.binary(min_size=1, max_size=500), st.data())
def test_packed_bytes_cut_off_anywhere_are_refused(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(AnswerUnreadable):
        read_body([packed[:cut]], GZIP, 1000)


def test_something_after_the_end_of_packed_bytes_is_refused() -> None:
    with pytest.raises(AnswerUnreadable):
        read_body([gzip.compress(b"[]") + b"more"], GZIP, 1000)


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_exactly_the_cap_is_read_and_one_byte_more_is_not(headers: dict[str, str]) -> None:
    def packed(body: bytes) -> bytes:
        return gzip.compress(body) if headers else body

    assert len(read_body([packed(b"x" * 1000)], headers, 1000)) == 1000
    with pytest.raises(AnswerUnreadable):
        read_body([packed(b"x" * 1001)], headers, 1000)


def test_a_bomb_is_not_blown_up() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    tracemalloc.start()
    with pytest.raises(AnswerUnreadable):
        read_body(in_pieces(bomb, 65536), GZIP, 1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_an_announced_length_beyond_the_cap_is_refused_unread() -> None:
    pieces = iter([b"x"])
    with pytest.raises(AnswerUnreadable):
        read_body(pieces, {"content-length": "1001"}, 1000)
    assert next(pieces) == b"x"


def test_an_unknown_packing_is_refused() -> None:
    with pytest.raises(AnswerUnreadable):
        read_body([b"x"], {"content-encoding": "br"}, 1000)
