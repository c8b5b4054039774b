"""What staff type into the one box, taken apart: a day, and what else they say."""

import re
from datetime import date, timedelta

import msgspec

LONGEST_QUERY = 200
_NEAR_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december")  # fmt: skip
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_BEFORE_A_DAY = frozenset({"on", "for", "next", "this"})
_HALF_A_YEAR = timedelta(days=183)
_MOST_WORDS_OF_A_DAY = 3


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question, taken apart."""

    text: str
    """All of it, cut where nobody would type on."""
    day: date | None
    """The day that it names."""
    rest: str
    """What it says besides the day."""


def understood(query: str, today: date) -> Question:
    """Finds the day in a question: "thorsen tomorrow", "11/24/2026", "dr okafor nov 24"."""
    text = " ".join(query.split())[:LONGEST_QUERY]
    words = text.split()
    for begin in range(len(words)):
        for end in range(min(len(words), begin + _MOST_WORDS_OF_A_DAY), begin, -1):
            day = day_meant(" ".join(words[begin:end]), today)
            if day is not None:
                before = words[: begin - 1] if begin and words[begin - 1].casefold() in _BEFORE_A_DAY else words[:begin]
                return Question(text=text, day=day, rest=" ".join([*before, *words[end:]]).strip(" ,;"))
    return Question(text=text, day=None, rest=text)


def day_meant(text: str, today: date) -> date | None:
    """The day that a text names: 2026-11-24, 11/24/2026, Nov 24, today, tomorrow, a weekday (the next, or today)."""
    word = text.strip(" ,;").casefold()
    if word in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[word])
    if word in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(word) - today.weekday()) % 7)
    try:
        if _ISO_DAY.fullmatch(word):
            return date.fromisoformat(word)
        if parts := _US_DAY.fullmatch(word):
            month, day, year = map(int, parts.groups())
            return date(year, month, day)
        return _with_a_named_month(word.replace(",", " ").split(), today)
    except ValueError:
        return None


def _with_a_named_month(words: list[str], today: date) -> date | None:
    """Nov 24, 24 November, Nov 24 2026; without a year the nearest one. Raises ValueError for Feb 30."""
    year = int(words.pop()) if len(words) == _MOST_WORDS_OF_A_DAY and _YEAR.fullmatch(words[-1]) else None
    if len(words) != _MOST_WORDS_OF_A_DAY - 1:
        return None
    for month_word, day_word in (words, reversed(words)):
        month, day = _month(month_word), _DAY_OF_MONTH.fullmatch(day_word)
        if month is not None and day is not None:
            return _nearest(month, int(day.group(1)), today) if year is None else date(year, month, int(day.group(1)))
    return None


def _month(word: str) -> int | None:
    word = word.rstrip(".")
    if word in _MONTH_NAMES:
        return _MONTH_NAMES.index(word) + 1
    return _MONTHS.index(word) + 1 if word in _MONTHS else None


def _nearest(month: int, day: int, today: date) -> date:
    this_year = date(today.year, month, day)
    if abs(this_year - today) <= _HALF_A_YEAR:
        return this_year
    return date(today.year + (1 if this_year < today else -1), month, day)
