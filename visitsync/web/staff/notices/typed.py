"""What somebody chose on the form, as far as it makes sense."""

from collections.abc import Iterable
from datetime import time

import msgspec
from django.http import QueryDict

from visitsync.domain.telling_choices import HOURS_AHEAD, Choices, Kind, offered
from visitsync.storage.telling_choices import Listener


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """The choices, and what is wrong with which field; only without problems they may be kept."""

    choices: Choices
    problems: dict[str, str]


def typed_in(form: QueryDict, listener: Listener, *, locations: Iterable[str], practitioners: Iterable[str]) -> Typed:
    """Kinds that the role does not have stay as they were; of places and people only those that are there are taken."""
    may, before = offered(listener.role), listener.choices
    wants = frozenset(kind for kind in may if form.get(kind)) | (before.wants - frozenset(may))
    problems: dict[str, str] = {}
    return Typed(
        choices=Choices(
            wants=wants,
            digest_at=_digest_at(form, before, problems, is_wanted=Kind.DIGEST in wants),
            quiet=_quiet(form, before, problems),
            is_told_when_closed=bool(form.get("when_closed")),
            hours_ahead=_hours(form.get("hours", ""), before.hours_ahead),
            locations=frozenset(form.getlist("location")) & frozenset(locations),
            practitioners=frozenset(form.getlist("provider")) & frozenset(practitioners),
        ),
        problems=problems,
    )


def _digest_at(form: QueryDict, before: Choices, problems: dict[str, str], *, is_wanted: bool) -> time:
    given = _clock(form.get("digest_at", ""))
    if given is None and is_wanted:
        problems["digest_at"] = "Say at what time it should come, for instance 07:00."
    return before.digest_at if given is None else given


def _quiet(form: QueryDict, before: Choices, problems: dict[str, str]) -> tuple[time, time] | None:
    texts = form.get("quiet_from", ""), form.get("quiet_until", "")
    if not any(texts):
        return None
    begins, ends = map(_clock, texts)
    if begins is None or ends is None:
        problems["quiet"] = "Quiet hours need a beginning and an end; leave both empty to have none."
        return before.quiet
    return None if begins == ends else (begins, ends)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text[:5]).replace(tzinfo=None)
    except ValueError:
        return None


def _hours(text: str, before: int) -> int:
    return next((hours for hours in HOURS_AHEAD if str(hours) == text), before)
