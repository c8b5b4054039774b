"""Taking a stream apart: however it is cut, the same messages come out, and nothing that was sent does harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connector_kit.mllp import END, START, Broken, Decoder, Event, Frame, TooLarge, framed

MESSAGE = "MSH|^~\\&|A|B|||20261124||SIU^S12|1|P|2.3\rSCH||7\rPID|1||9||Ødegård^Zoë".encode()
bodies = st.binary(min_size=1, max_size=60).map(lambda raw: bytes(b for b in raw if b not in b"\x0b\x1c") + b"x")


def _all(decoder: Decoder, *pieces: bytes) -> list[Event]:
    return [event for piece in pieces for event in decoder.feed(piece)]


@given(st.lists(bodies, max_size=6), st.binary(max_size=4).filter(lambda raw: START not in raw), st.data())
def test_however_the_stream_is_cut_the_same_messages_come_out(
    sent: list[bytes], stray: bytes, data: st.DataObject
) -> None:
    stream = stray + b"".join(framed(body) + b"\r\n" for body in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert _all(Decoder(), *pieces) == [Frame(body) for body in sent]


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_stream_of_any_bytes_breaks_it_or_makes_it_keep_more_than_allowed(pieces: list[bytes]) -> None:
    decoder = Decoder(largest=50)
    for piece in pieces:
        for event in decoder.feed(piece):
            assert isinstance(event, Frame | Broken | TooLarge)
            assert not isinstance(event, Frame) or len(event.body) <= 50
        assert decoder.held_bytes <= 50


def test_a_message_cut_inside_a_letter_of_two_bytes_is_whole_again() -> None:
    whole, inside = framed(MESSAGE), framed(MESSAGE).index("Ø".encode()) + 1
    assert _all(Decoder(), whole[:inside], whole[inside:]) == [Frame(MESSAGE)]


def test_several_messages_in_one_read_come_in_order() -> None:
    assert _all(Decoder(), framed(b"one") + framed(b"two") + framed(b"three")[:-3]) == [Frame(b"one"), Frame(b"two")]


def test_what_stands_between_messages_is_ignored_and_counted() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\r\n \x00") == []
    assert decoder.stray_bytes == 4
    assert decoder.feed(framed(b"one")) == [Frame(b"one")]
    assert decoder.stray_bytes == 0
    assert decoder.feed(b"GET / HTTP/1.1\r\n\r\n") == []
    assert decoder.stray_bytes == 18


def test_a_new_start_drops_the_message_that_never_ended() -> None:
    assert _all(Decoder(), START + b"half a mess" + framed(b"whole")) == [Broken(11), Frame(b"whole")]


def test_four_thousand_starts_are_broken_messages_and_nothing_else() -> None:
    decoder = Decoder()
    events = decoder.feed(START * 4096)
    assert set(events) == {Broken(0)}
    assert decoder.feed(b"one" + END + b"\r") == [Frame(b"one")]


def test_an_end_without_its_carriage_return_is_accepted_once_the_stream_is_quiet() -> None:
    decoder = Decoder()
    assert decoder.feed(START + b"one" + END) == []
    assert [decoder.awaits_return, decoder.settle(), decoder.awaits_return] == [True, [Frame(b"one")], False]
    assert decoder.settle() == []
    assert decoder.feed(b"\r" + framed(b"two")) == [Frame(b"two")]


@pytest.mark.parametrize("after", [b"\n", b"", b"\r\n"])
def test_an_end_with_another_line_end_or_none_is_an_end_when_the_next_message_begins(after: bytes) -> None:
    assert _all(Decoder(), START + b"one" + END + after + framed(b"two")) == [Frame(b"one"), Frame(b"two")]


def test_the_end_byte_inside_the_text_is_text() -> None:
    assert _all(Decoder(), START + b"one" + END + b"more" + END + b"\r") == [Frame(b"one\x1cmore")]


def test_a_message_that_is_not_complete_is_not_settled() -> None:
    decoder = Decoder()
    assert decoder.feed(START + b"one") == []
    assert decoder.settle() == []
    assert decoder.is_inside


@pytest.mark.parametrize("size", [101, 5_000, 70_000])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_message_that_is_too_large_is_thrown_away_and_the_next_is_read(size: int, at_once: bool) -> None:
    decoder = Decoder(largest=100)
    large = framed(MESSAGE[:20] + b"z" * (size - 20))
    pieces = [large] if at_once else [large[i : i + 7] for i in range(0, len(large), 7)]
    found = []
    for piece in pieces:
        found += decoder.feed(piece)
        assert decoder.held_bytes <= 100
    assert [type(event) for event in found] == [TooLarge]
    assert isinstance(found[0], TooLarge)
    assert found[0].byte_count == size
    assert found[0].head.startswith(MESSAGE[:20])
    assert decoder.feed(framed(b"next")) == [Frame(b"next")]


def test_one_byte_at_a_time_costs_no_more_than_one_look_at_each() -> None:
    decoder = Decoder()
    for byte in framed(b"a" * 200_000)[:-1]:
        assert decoder.feed(bytes([byte])) == []
    assert decoder.feed(b"\r") == [Frame(b"a" * 200_000)]


@pytest.mark.parametrize("commit", [b"\x06", b"\x15", b""])
def test_commit_blocks_and_empty_ones_are_tolerated(commit: bytes) -> None:
    assert _all(Decoder(), framed(commit) + framed(b"one")) == [Frame(b"one")]


def test_a_message_of_exactly_the_largest_size_is_read() -> None:
    assert _all(Decoder(largest=100), framed(b"x" * 100)) == [Frame(b"x" * 100)]


def test_what_is_shown_of_messages_is_their_size() -> None:
    assert repr(Frame(MESSAGE)) == f"Frame({len(MESSAGE)} bytes)"
    assert repr(TooLarge(MESSAGE, 9)) == "TooLarge(9 bytes)"
