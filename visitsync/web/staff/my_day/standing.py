"""How a provider's visits stand for them: ready, waiting, late, under way, over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from visitsync.domain.decision import WITH_VISIT, Outcome
from visitsync.sync.lines import Line

SOON = timedelta(minutes=1)


class Standing(msgspec.Struct, frozen=True):
    """A badge (word, icon, tone), and a sentence where one is needed."""

    word: str
    icon: str
    tone: str
    sentence: str = ""


class OwnVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as its provider sees it."""

    line: Line
    standing: Standing
    until: str
    """"in 25 minutes", "began 5 minutes ago"; "" once it is over."""
    is_over: bool


def own_visits(lines: Sequence[Line], now: datetime) -> list[OwnVisit]:
    """In the order of the lines."""
    return [
        OwnVisit(line=line, standing=standing(line, now), until=until(line, now), is_over=line.end <= now)
        for line in lines
    ]


def next_of(visits: Sequence[OwnVisit]) -> OwnVisit | None:
    """The one that is under way, else the next to come."""
    return next((one for one in visits if not one.is_over and one.line.outcome is not Outcome.CANCELLED), None)


def standing(line: Line, now: datetime) -> Standing:
    """Late is what has begun, or should have been there by now, and is not."""
    has_begun = line.start <= now
    if line.outcome is Outcome.CANCELLED:
        return Standing("Cancelled", "ban", "quiet")
    if line.end <= now or line.outcome is Outcome.OVER:
        return Standing("Over", "check", "quiet")
    if line.outcome in WITH_VISIT:
        return Standing("Under way", "video", "ready") if has_begun else _READY
    is_overdue = has_begun or (line.expected_by is not None and line.expected_by < now)
    word, icon, tone = ("Late", "hold", "fix") if is_overdue else ("Waiting", "clock", "waiting")
    return Standing(word, icon, tone, _why(line))


def until(line: Line, now: datetime) -> str:
    """How far away its start is."""
    if line.end <= now:
        return ""
    away = line.start - now
    if abs(away) < SOON:
        return "now"
    return f"in {_span(away)}" if away > timedelta() else f"began {_span(-away)} ago"


_READY = Standing("Ready", "check", "ready")


def _why(line: Line) -> str:
    """The front desk mends it, not the provider: what is wrong in a few words is enough."""
    if line.outcome is Outcome.WAITING:
        return f"Comes by itself, expected {line.expected_by_text}." if line.expected_by_text else "Comes by itself."
    reason = line.reason.title if line.reason else "Something is missing"
    return f"{reason}. The front desk has it on their list."


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else "1 hour" if hours == 1 else f"{hours} hours"
