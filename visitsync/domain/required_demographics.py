"""What a practice says its EMR demands of a record, as an admin writes it: "first name | date of birth"."""

from collections.abc import Iterable

from visitsync.domain.practice import Demographic

NOTHING = "none"
"""Written where the EMR demands nothing at all; nothing written means what this EMR usually demands."""


def read_demographics(text: str, usual: frozenset[Demographic]) -> frozenset[Demographic]:
    """What is demanded. Raises ValueError, whose message lists what there is."""
    words = [part.strip().casefold() for part in text.split("|") if part.strip()]
    if not words:
        return usual
    if words == [NOTHING]:
        return frozenset()
    known = [one.value for one in Demographic]
    if unknown := [word for word in words if word not in known]:
        raise ValueError(f"Nobody can demand {unknown[0]!r}. Choose from: {', '.join(known)}; or {NOTHING}.")
    return frozenset(map(Demographic, words))


def write_demographics(demanded: Iterable[Demographic]) -> str:
    """The same as an admin would write it, in the order of the article."""
    chosen = set(demanded)
    return " | ".join(one.value for one in Demographic if one in chosen) or NOTHING
