"""What somebody was told, as the list shows it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from visitsync.domain.local_time import zone_named
from visitsync.domain.telling_choices import Kind
from visitsync.domain.time_words import day_in_words, time_in_words
from visitsync.storage.tellings import MailState, Telling

MAIL: Mapping[MailState, str] = {
    MailState.WAITING: "E-mail on its way",
    MailState.SENDING: "E-mail on its way",
    MailState.SENT: "E-mailed",
    MailState.UNCLEAR: "The e-mail may not have arrived",
    MailState.GIVEN_UP: "The e-mail could not be delivered",
    MailState.DROPPED: "",
    MailState.NONE: "",
}
LOOKS: Mapping[str, tuple[str, str]] = {
    Kind.DIGEST: ("sun", "quiet"),
    Kind.WARNING: ("clock", "fix"),
    Kind.ALARM: ("plug", "hold"),
}
ALL_CLEAR = ("check", "ready")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was told."""

    icon: str
    tone: str
    time: str
    title: str
    lines: tuple[str, ...]
    mail: str
    is_lost: bool
    """Its mail did not arrive, or perhaps not."""


class DayOfSaid(msgspec.Struct, frozen=True):
    """Everything of one day, the newest first."""

    title: str
    said: tuple[Said, ...]


def by_day(told: Sequence[Telling], zone: str, now: datetime) -> list[DayOfSaid]:
    """The list, by days of the practice's clocks."""
    tz = zone_named(zone)
    today = now.astimezone(tz).date()
    days = groupby(told, key=lambda one: one.told_at.astimezone(tz).date())
    return [DayOfSaid(day_in_words(day, today).capitalize(), tuple(_said(group, zone))) for day, group in days]


def _said(told: Iterable[Telling], zone: str) -> Iterable[Said]:
    for one in told:
        icon, tone = ALL_CLEAR if one.is_all_clear else LOOKS[one.kind]
        yield Said(
            icon=icon,
            tone=tone,
            time=time_in_words(one.told_at, zone),
            title=one.title,
            lines=one.lines,
            mail=MAIL[one.mail],
            is_lost=one.mail in (MailState.UNCLEAR, MailState.GIVEN_UP),
        )
