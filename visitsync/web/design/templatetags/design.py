"""Tags that every template has: icons, outcome badges, local times."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from visitsync.domain.decision import Outcome
from visitsync.domain.explanation import CheckMark
from visitsync.domain.time_words import in_words, stamp_in_words, time_in_words
from visitsync.domain.time_words import zone_letters as letters_of
from visitsync.web.design.icons import PATHS
from visitsync.web.design.outcome_looks import CHECKS, OUTCOMES, Look

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """An icon beside words: screen readers pass it over."""
    return format_html(
        '<svg width="{0}" height="{0}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{1}"/></svg>',
        size,
        PATHS[name],
    )


@register.simple_tag
def outcome(value: str) -> SafeString:
    """The badge of an outcome."""
    return badge_of(OUTCOMES[Outcome(value)])


@register.simple_tag
def badge(word: str, icon_name: str, tone: str = "quiet") -> SafeString:
    """A badge of another kind of state."""
    return badge_of(Look(word, icon_name, tone))


@register.simple_tag
def check_mark(value: str) -> SafeString:
    """The round mark of one of the seven checks; its word is read aloud."""
    look = CHECKS[CheckMark(value)]
    return format_html(
        '<span class="mark tone-{}">{}<span class="vh">{}:</span></span>', look.tone, icon(look.icon, 16), look.word
    )


@register.filter
def tone(value: str) -> str:
    """The tone of an outcome, for whatever else is coloured by it."""
    return OUTCOMES[Outcome(value)].tone


@register.filter
def outcome_word(value: str) -> str:
    """The word of an outcome."""
    return OUTCOMES[Outcome(value)].word


@register.filter
def clock(instant: datetime, zone: str) -> str:
    """The time of day in that zone."""
    return time_in_words(instant, zone)


@register.filter
def zone_letters(instant: datetime, zone: str) -> str:
    """What people call the zone then: "EST"."""
    return letters_of(instant, zone)


@register.filter
def stamp(instant: datetime, zone: str) -> str:
    """Day and time in that zone, to the second, for histories."""
    return stamp_in_words(instant, zone)


@register.simple_tag
def near(instant: datetime | None, zone: str, now: datetime) -> str:
    """The instant as people say it now: today 10:42 AM, tomorrow 9:00."""
    return in_words(instant, zone, now) if instant else ""


def badge_of(look: Look) -> SafeString:
    """Word, icon and colour."""
    return format_html('<span class="badge tone-{}">{}{}</span>', look.tone, icon(look.icon, 16), look.word)
