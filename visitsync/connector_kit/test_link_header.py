"""The Link header is understood however it is written, and never taken for the end of a list by mistake."""

import contextlib
import time

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.link_header import linked

NEXT = "https://emr.example/list?page=2"


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f"<{NEXT}>;rel=next",
        f'<{NEXT}> ; REL = "Next"',
        f'< {NEXT} >; title="a, b; c"; rel="next"',
        f'<https://emr.example/list?page=1>; rel="first",<{NEXT}>;  rel="next"  ,<https://emr.example/9>; rel="last"',
        f'<https://emr.example/?a=1,2;3>; rel="first", <{NEXT}>; rel="next"',
        f'<{NEXT}>; rel="last next"',
        f' , <{NEXT}>; rel="next"; crossorigin, ',
        f'<{NEXT}>; rel="next"; rel="prev"',
        f'<https://emr.example/list?page=0>; rel="prev", <{NEXT}>; rel="next", <https://emr.example/x>; rel="next"',
    ],
)
def test_next_is_found(header: str) -> None:
    assert linked(header, "next") == NEXT


@pytest.mark.parametrize("header", ["", " ", ",", f'<{NEXT}>; rel="last"', f"<{NEXT}>", f'<{NEXT}>; title="rel=next"'])
def test_no_next_is_no_next(header: str) -> None:
    assert linked(header, "next") is None


@pytest.mark.parametrize("header", [f'{NEXT}; rel="next"', f'<{NEXT}; rel="next"', f'<{NEXT}>; rel="next', "<a> <b>"])
def test_a_header_that_makes_no_sense_is_not_the_end_of_a_list(header: str) -> None:
    with pytest.raises(AnswerUnreadable):
        linked(header, "next")


@pytest.mark.parametrize("piece", ["<", '<a>; rel="', "<a>;;;; ", "<a>; a=b ", ",", "<a>; rel=next,"])
def test_a_hostile_header_costs_no_time(piece: str) -> None:
    began = time.process_time()
    with contextlib.suppress(AnswerUnreadable):
        linked(piece * (16_000 // len(piece)), "next")
    assert time.process_time() - began < 1.0
