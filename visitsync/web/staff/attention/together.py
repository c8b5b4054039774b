"""Folds what one person did in one go into one line, so that a set-up does not push out what happened since."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import msgspec

from visitsync.web.staff.attention.history import WORDS, Happened

IN_ONE_GO = timedelta(minutes=1)
FEWEST = 3
"""Fewer acts stay lines of their own."""
SEVERAL: Mapping[str, str] = {
    "link household": "Linked {n} households",
    "unlink household": "Took {n} households apart",
    "practitioner on": "Enabled {n} providers",
    "practitioner off": "Switched {n} providers off",
    "approve type": "Connected or accepted {n} types",
    "approve reason": "Connected or accepted {n} reasons",
    "approve location": "Connected or accepted {n} locations",
    "approve service": "Connected or accepted {n} services",
    "approve mode": "Connected or accepted {n} modes",
}
"""What a change is called → what several of them were."""


class Line(msgspec.Struct, frozen=True):
    """One line of what happened lately: an act, or several in one go."""

    first: Happened
    """The newest of them."""
    words: str
    """What all of them were; "" for one act, which speaks for itself."""
    acts: tuple[Happened, ...]


def folded(happened: Iterable[Happened]) -> list[Line]:
    """In the same order, the newest first."""
    runs: list[list[Happened]] = []
    for one in happened:
        if runs and _belongs(one, runs[-1][0]):
            runs[-1].append(one)
        else:
            runs.append([one])
    return [line for run in runs for line in _lines(run)]


def _belongs(one: Happened, first: Happened) -> bool:
    both_stand = all(each.change in SEVERAL and not each.end for each in (one, first))
    return both_stand and one.name == first.name and first.at - one.at < IN_ONE_GO


def _lines(run: Sequence[Happened]) -> list[Line]:
    if len(run) < FEWEST:
        return [Line(one, "", ()) for one in run]
    counts = Counter(one.change for one in reversed(run))
    parts = [WORDS[change] if count == 1 else SEVERAL[change].format(n=count) for change, count in counts.items()]
    words = ", ".join([parts[0], *(f"{part[0].lower()}{part[1:]}" for part in parts[1:])])
    return [Line(run[0], words, tuple(run))]
