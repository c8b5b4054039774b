"""Which texts count as a slip of an approved one, and which as something else."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.rules.near_miss import LONGEST_TEXT, approved_texts, nearest

APPROVED = approved_texts(frozenset({"Telemedicine Visit", "Video Consult", "Phone visit", "Tele 30", "TM"}))


@pytest.mark.parametrize(
    ("found", "approved", "difference"),
    [
        ("Telemedicne Visit", "Telemedicine Visit", "one letter"),
        ("Telemedicine Vsiit", "Telemedicine Visit", "one letter"),
        ("Telemdicne Visit", "Telemedicine Visit", "2 letters"),
        ("telemedicine visit", "Telemedicine Visit", "capital letters"),
        ("Telemedicine Visit ", "Telemedicine Visit", "spaces"),
        ("Telemedicine  Visit", "Telemedicine Visit", "spaces"),
        (" telemedicine\tvisit", "Telemedicine Visit", "capital letters and spaces"),
        ("Tele-medicine Visit", "Telemedicine Visit", "spaces, hyphens or punctuation"),
        ("VideoConsult", "Video Consult", "spaces, hyphens or punctuation"),
        ("Telemedicine\u200b Visit", "Telemedicine Visit", "hidden or look-alike characters"),
        ("\u202eTelemedicine Visit", "Telemedicine Visit", "hidden or look-alike characters"),
        ("Теlemedicine Visit", "Telemedicine Visit", "hidden or look-alike characters"),
        ("Ｖideo Consult", "Video Consult", "hidden or look-alike characters"),
        ("tm", "TM", "capital letters"),
    ],
)
def test_r2_a_slip_is_named_and_is_no_match(found: str, approved: str, difference: str) -> None:
    miss = nearest(found, APPROVED)
    assert miss is not None
    assert (miss.approved, miss.difference) == (approved, difference)


@pytest.mark.parametrize(
    "found", ["Office Visit", "Home visit", "Tele 60", "New visit", "TB", "", "   ", "Follow-up", "Telemedicine", "7"]
)
def test_another_type_is_no_slip(found: str) -> None:
    assert nearest(found, APPROVED) is None


def test_composed_and_decomposed_letters_are_a_near_miss() -> None:
    miss = nearest("Visita me\u0301dica", approved_texts(frozenset({"Visita médica"})))
    assert miss is not None
    assert miss.difference == "hidden or look-alike characters"


@pytest.mark.parametrize("letter", ["x", " ", "\u0301", "а", "\u202e", "Telemedicine Visit "])
def test_a_text_of_100_kilobytes_costs_less_than_50_milliseconds(letter: str) -> None:
    text = (letter * 100_000)[:100_000]
    fastest = min(_seconds(text) for _ in range(3))
    assert fastest < 0.05


def _seconds(text: str) -> float:
    began = perf_counter()
    nearest(text, APPROVED)
    return perf_counter() - began


@given(st.text(max_size=LONGEST_TEXT + 5), st.text(max_size=40))
def test_nothing_is_too_strange_to_be_compared(found: str, approved: str) -> None:
    miss = nearest(found, approved_texts(frozenset({approved})))
    assert miss is None or miss.approved == approved
