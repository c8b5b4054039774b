"""How far a text is from an approved one: equal only if every character is; otherwise perhaps a slip worth naming."""

import re
from collections.abc import Mapping
from unicodedata import category, normalize

import msgspec
from rapidfuzz.distance import OSA

LONGEST_TEXT = 200
"""Names of types are short. A longer text is no slip of one and is not folded: that can take its length squared."""

# Small Cyrillic and Greek letters, and the Latin ones that they look like.
_LOOK_ALIKES = str.maketrans("авеѕсԁһіјкӏмнорԛтухѵԝαβεικνορτυχγ", "abescdhijklmhopqtyxvwabeikvoptuxy")
_SPACES = re.compile(r"\s+")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+")


class NearMiss(msgspec.Struct, frozen=True):
    """An approved text that was probably meant, and by what the text found differs from it."""

    approved: str
    difference: str


class ApprovedTexts(msgspec.Struct, frozen=True):
    """Approved texts, folded once so that many found ones can be compared with them."""

    folded: Mapping[str, str]
    """Folded form → text as approved."""
    squeezed: Mapping[str, str]
    """Folded form without spaces and punctuation → text as approved."""


def approved_texts(texts: frozenset[str]) -> ApprovedTexts:
    """Prepares texts for `nearest`; those too long to be compared are left out."""
    short = sorted(text for text in texts if 0 < len(text) <= LONGEST_TEXT)
    return ApprovedTexts(
        folded={fold(text): text for text in reversed(short)},
        squeezed={_squeeze(fold(text)): text for text in reversed(short)},
    )


def nearest(found: str, approved: ApprovedTexts) -> NearMiss | None:
    """The approved text that `found` misses by a slip, if any. Work is bounded whatever the length of `found`."""
    if not 0 < len(found.strip()) <= LONGEST_TEXT:
        return None
    folded = fold(found.strip())
    if text := approved.folded.get(folded):
        return NearMiss(text, _name_of_difference(found, text))
    if text := approved.squeezed.get(_squeeze(folded)):
        return NearMiss(text, "spaces, hyphens or punctuation")
    slips = ((_slips(folded, form), text) for form, text in approved.folded.items())
    fewest, text = min(((count, text) for count, text in slips if count), default=(0, ""))
    return NearMiss(text, "one letter" if fewest == 1 else f"{fewest} letters") if fewest else None


def fold(text: str) -> str:
    """The text without differences of case, spaces, hidden characters, composition and look-alike letters."""
    letters = normalize("NFKC", text)
    visible = "".join(letter for letter in letters if letter.isspace() or category(letter) not in {"Cf", "Cc"})
    return _SPACES.sub(" ", visible.casefold().translate(_LOOK_ALIKES)).strip()


def _squeeze(folded: str) -> str:
    return _NEITHER_LETTER_NOR_DIGIT.sub("", folded)


def _name_of_difference(found: str, approved: str) -> str:
    if found.casefold() == approved.casefold():
        return "capital letters"
    if _with_single_spaces(found) == _with_single_spaces(approved):
        return "spaces"
    if _with_single_spaces(found).casefold() == _with_single_spaces(approved).casefold():
        return "capital letters and spaces"
    return "hidden or look-alike characters"


def _with_single_spaces(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _slips(found: str, approved: str) -> int:
    """How many slips of the keys turn one into the other; 0 if that is too many, or they say different things."""
    found_words, approved_words = found.split(), approved.split()
    if len(found_words) != len(approved_words) or _NUMBERS.findall(found) != _NUMBERS.findall(approved):
        return 0
    slips = 0
    for one, other in zip(found_words, approved_words, strict=True):
        if one != other:
            allowed = _allowed_slips(other)
            distance = OSA.distance(one, other, score_cutoff=allowed) if allowed else 1
            if distance > allowed:
                return 0
            slips += distance
    return slips if slips <= 3 else 0


def _allowed_slips(word: str) -> int:
    """Short words turn into others by one letter (new, now), so they must be equal; long ones hardly do."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2
