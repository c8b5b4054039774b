"""Puts evidence into a sentence: as text and never as instructions, with nothing hidden, and never too long."""

import re
from collections.abc import Callable
from unicodedata import category

LONGEST_SHOWN = 120
NOT_KNOWN = "(not known)"

_PLACEHOLDER = re.compile(r"\{([a-z_.]+)\}")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of letters that nobody sees, among them those that turn the direction of writing."""


def fill(template: str, value_of: Callable[[str], str | None]) -> str:
    """Replaces each {name} of the template once, by its value; braces inside a value stay what they are."""

    def value(match: re.Match[str]) -> str:
        found = value_of(match.group(1))
        return NOT_KNOWN if found is None else found

    return _PLACEHOLDER.sub(value, template)


def shown(text: str) -> str:
    """Evidence as it may appear on a screen: hidden letters made visible, what is too long cut visibly."""
    length = len(text)
    visible = "".join(map(_visible, text[:LONGEST_SHOWN]))
    return visible if length <= LONGEST_SHOWN else f"{visible}… ({length:,} characters)"


def _visible(letter: str) -> str:
    if letter in "\t\n\r":
        return " "
    return f"⟨U+{ord(letter):04X}⟩" if category(letter) in _HIDDEN else letter
