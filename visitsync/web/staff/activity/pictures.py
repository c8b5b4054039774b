"""Where things stand in the pictures of Activity: drawn by attributes alone, in units of each picture."""

from collections.abc import Sequence

import msgspec

from visitsync.sync.activity import STEPS, Activity, Cause, Speed
from visitsync.web.staff.activity.tables import short_words

WIDTH, HEIGHT = 360, 190
LEFT, TOP, FLOOR = 30, 14, 152
MOST_LABELS = 6
MOST_CAUSES = 8
BAR = 100
"""The longest bar of the causes."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A column with one part upon the other, and its words below."""

    x: float
    width: float
    middle: float
    lower_y: float
    lower_height: float
    upper_y: float
    upper_height: float
    words: str
    """"" where there is no room."""
    value: str
    """Above it; "" for nothing."""


class Line(msgspec.Struct, frozen=True):
    """A line across, with its number."""

    y: float
    words: str


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Columns side by side."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    sentence: str
    """The picture in words."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = FLOOR
    top: int = TOP


class Edge(msgspec.Struct, frozen=True):
    """Where one bar ends and the next begins."""

    x: float
    words: str


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """How long visits of one EMR took, before what is usual and what is abnormal there."""

    speed: Speed
    columns: Columns
    edges: tuple[Edge, ...]
    usual_x: float
    usual_width: float
    abnormal_x: float
    abnormal_width: float


class CauseBar(msgspec.Struct, frozen=True):
    """One line of the causes."""

    cause: Cause
    length: float


def starts_picture(found: Activity) -> Columns:
    """A column for each period: those ready, and upon them those that were not."""
    starts = [found.starts[period] for period in found.periods]
    most = max((one.begun for one in starts), default=0)
    every = -(-len(starts) // MOST_LABELS)
    names = [short_words(period).partition(" – ")[0] for period in found.periods]
    return Columns(
        bars=tuple(
            _bar(
                position,
                len(starts),
                lower=one.ready / (most or 1),
                upper=one.not_ready / (most or 1),
                words=names[position] if (len(starts) - 1 - position) % every == 0 else "",
                value=str(one.begun) if one.begun else "",
            )
            for position, one in enumerate(starts)
        ),
        lines=_lines(most),
        sentence=f"{found.all_starts.ready} of {found.all_starts.begun} were ready when they began.",
    )


def distributions(speeds: Sequence[Speed]) -> list[Distribution]:
    """One for each EMR of which any visit is known."""
    return [_distribution(speed) for speed in speeds if speed.count]


def cause_bars(causes: Sequence[Cause]) -> list[CauseBar]:
    """The most frequent ones, each as long as it is frequent."""
    most = max((one.total for one in causes), default=1)
    return [CauseBar(one, round(BAR * one.total / most, 2)) for one in causes[:MOST_CAUSES]]


def _distribution(speed: Speed) -> Distribution:
    most = max(speed.counts)
    bars = tuple(
        _bar(
            position,
            len(STEPS),
            lower=count / most,
            upper=0.0,
            words="",
            value=str(count) if count else "",
        )
        for position, count in enumerate(speed.counts)
    )
    edges = tuple(Edge(_x_of(step), str(step)) for step in STEPS)
    usual_x, usual_end, abnormal_x = _x_of(speed.usual[0]), _x_of(speed.usual[1]), _x_of(speed.abnormal)
    return Distribution(
        speed=speed,
        columns=Columns(bars=bars, lines=_lines(most), sentence=_speed_sentence(speed)),
        edges=edges,
        usual_x=usual_x,
        usual_width=round(usual_end - usual_x, 2),
        abnormal_x=abnormal_x,
        abnormal_width=round(WIDTH - abnormal_x, 2),
    )


def _speed_sentence(speed: Speed) -> str:
    usual = f"{speed.usual[0]} to {speed.usual[1]} minutes are usual, more than {speed.abnormal} are abnormal"
    late = f"{speed.too_slow} took longer than that" if speed.too_slow else "none took longer than that"
    return (
        f"Half of {speed.count} visits were there within {speed.middle} minutes, 95 of 100 within {speed.nearly_all}. "
        f"With {speed.emr_name} {usual}; {late}."
    )


def _bar(position: int, count: int, *, lower: float, upper: float, words: str, value: str) -> Bar:
    slot = (WIDTH - LEFT) / count
    width = min(slot * 0.64, 44.0)
    middle = LEFT + slot * (position + 0.5)
    room = FLOOR - TOP
    lower_height, upper_height = room * lower, room * upper
    return Bar(
        x=round(middle - width / 2, 2),
        width=round(width, 2),
        middle=round(middle, 2),
        lower_y=round(FLOOR - lower_height, 2),
        lower_height=round(lower_height, 2),
        upper_y=round(FLOOR - lower_height - upper_height, 2),
        upper_height=round(upper_height, 2),
        words=words,
        value=value,
    )


def _x_of(minutes: int) -> float:
    """Where the bar begins that begins at those minutes; the article's numbers all do."""
    position = STEPS.index(minutes) if minutes in STEPS else len(STEPS)
    return round(LEFT + (WIDTH - LEFT) / len(STEPS) * position, 2)


def _lines(most: int) -> tuple[Line, ...]:
    """Half as high, and as high as the highest."""
    if most < 2:
        return ()
    return tuple(
        Line(round(FLOOR - (FLOOR - TOP) * number / most, 2), str(number)) for number in sorted({most // 2, most})
    )
