"""Words of video are found, and nothing else of a note comes out."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connector_kit.video_words import video_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wants a ZOOM call", ("zoom",)),
        ("telehealth f/u, tele-visit", ("telehealth", "televisit")),
        ("Telemedicne visit", ("telemedicine",)),
        ("video visit (doxy.me)", ("video", "doxy")),
        ("virtual; via Microsoft Teams", ("virtual", "teams")),
        ("tele psych", ("telepsychiatry",)),
        ("video, video, video", ("video",)),
    ],
)
def test_words_of_video_are_found_each_once(text: str, words: tuple[str, ...]) -> None:
    assert video_words(text) == words


@pytest.mark.parametrize(
    "text", ["", "telephone call", "television", "care teams", "Zoomer family", "provide", "individual", "Evideo", None]
)
def test_other_words_are_not(text: str | None) -> None:
    assert video_words(text) == ()


@pytest.mark.parametrize("written", [str.lower, str.upper, str.title])
def test_every_word_is_found_in_every_spelling_of_it(written: Callable[[str], str]) -> None:
    spelt = {
        "telepsychiatry": "tele-psych", "teletherapy": "tele therapist", "teams": "ms teams", "webcam": "web cam",
        "facetime": "face time", "e-visit": "evisit", "online visit": "on-line appt", "remote visit": "remote session",
    }  # fmt: skip
    for word in _ALL:
        assert video_words(f"- {written(spelt.get(word, word))} -") == (word,)


def test_several_texts_are_searched() -> None:
    assert video_words("Office visit", None, "by zoom") == ("zoom",)


@given(st.text(max_size=300))
def test_nothing_of_a_text_comes_out_but_fixed_words(text: str) -> None:
    assert set(video_words(text + " zoom ")) <= set(_ALL)


def test_a_very_long_text_takes_a_moment() -> None:
    began = time.process_time()
    for text in ("tele" * 500_000, "te " * 500_000, "video-" * 500_000):
        video_words(text)
    assert time.process_time() - began < 2


_ALL = (
    "telehealth", "telemedicine", "televisit", "telepsychiatry", "teletherapy", "teleconference", "telecare", "tele",
    "video", "virtual", "zoom", "webcam", "facetime", "skype", "doxy", "teams", "google meet", "e-visit",
    "online visit", "remote visit",
)  # fmt: skip
