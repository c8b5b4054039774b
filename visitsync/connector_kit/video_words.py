"""Finds words that speak of video in a note or reason, so that the note itself need not be kept."""

import re

MOST_CHARACTERS = 20_000
"""Of a longer text only the beginning is searched."""

# Each pattern has one fixed name: what a person wrote around it never leaves this page.
_WORDS = {
    "telehealth": r"tele[- ]?he?a?l?th?",
    "telemedicine": r"tele[- ]?med(?:i[cs]i?n\w?|s)?",
    "televisit": r"tele[- ]?visits?",
    "telepsychiatry": r"tele[- ]?psych(?:iatry|ology)?",
    "teletherapy": r"tele[- ]?therap(?:y|ist)",
    "teleconference": r"tele[- ]?conf(?:erence)?",
    "telecare": r"tele[- ]?care",
    "tele": r"tele",
    "video": r"videos?|video[- ]?(?:call|chat|visit|link|conference|conf)s?|vid",
    "virtual": r"virtual(?:ly)?",
    "zoom": r"zoom",
    "webcam": r"web[- ]?cam",
    "facetime": r"face[- ]?time",
    "skype": r"skype",
    "doxy": r"doxy(?:\.me)?",
    "teams": r"(?:ms|microsoft) teams",
    "google meet": r"google meet",
    "e-visit": r"e-?visit",
    "online visit": r"on-?line (?:visit|appointment|appt|session)",
    "remote visit": r"remote (?:visit|appointment|appt|session)",
}
_NAMES = tuple(_WORDS)
_STEMS = (
    "visit",
    "vid",
    "tele",
    "zoom",
    "virtual",
    "doxy",
    "line",
    "web",
    "face",
    "skype",
    "teams",
    "google",
    "remote",
)
"""Every pattern holds one; a text without any, as most are, need not be searched."""
_PATTERN = re.compile(
    r"(?<![^\W_])(?:" + "|".join(f"({pattern})" for pattern in _WORDS.values()) + r")(?![^\W_])", re.IGNORECASE
)


def video_words(*texts: str | None) -> tuple[str, ...]:
    """The video words in these texts, each once, in the order found; in time linear in the length of the texts."""
    found: dict[str, None] = {}
    for text in texts:
        if text and _holds_a_stem(text.lower()):
            for match in _PATTERN.finditer(text[:MOST_CHARACTERS]):
                found[_NAMES[(match.lastindex or 1) - 1]] = None
    return tuple(found)


def _holds_a_stem(text: str) -> bool:
    for stem in _STEMS:  # noqa: SIM110 - any() takes twice the time, for every note of every appointment
        if stem in text:
            return True
    return False
