"""What one SIU message says about its appointment, each value None (or empty) where it says nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.hl7v2.identity import identities_of
from visitsync.connector_kit.hl7v2.message import Message
from visitsync.connector_kit.hl7v2.naming import naming_of
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.resources import Named, is_null, resources_of
from visitsync.connector_kit.hl7v2.stamps import instant_of, local_time
from visitsync.connector_kit.hl7v2.statuses import State, state_of
from visitsync.connector_kit.hl7v2.timing import timing_of
from visitsync.connector_kit.video_words import video_words
from visitsync.domain.appointment import Mark, MarkKind
from visitsync.domain.local_time import LocalTime

NOTHING: frozenset[str] = frozenset()
PROVIDER, LOCATION = "provider", MarkKind.LOCATION.value
MOST_AHEAD = timedelta(minutes=10)
"""A time of sending further in the future than this is a wrong clock."""


class AppointmentNews(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message about one appointment, in our words."""

    event: str
    sent_at: datetime | None
    """When the sender says it sent it (aware datetime, UTC); None where it does not say."""
    state: State
    start: LocalTime | None = None
    minutes: int | None = None
    marks: tuple[Mark, ...] = ()
    patient_ids: tuple[str, ...] = ()
    provider: Named | None = None
    dropped_providers: tuple[Named, ...] = ()
    location: Named | None = None
    parent_id: str = ""
    video_words: tuple[str, ...] | None = None
    deleted: frozenset[str] = NOTHING
    """What the message deletes (writes as `""`): kinds of marks, PROVIDER, LOCATION."""


def read_news(
    message: Message, profile: SenderProfile, context: TranslationContext, arrived: datetime | None = None
) -> AppointmentNews:
    """Raises RecordUnreadable, naming the field, where the message's time makes no sense."""
    event = message.event
    timing = timing_of(message, profile)
    naming = naming_of(message, profile)
    place = naming.location
    zone = zone_of(place, context)
    named = identities_of(message, profile)
    is_utc = profile.times == "utc"
    return AppointmentNews(
        event=event,
        sent_at=sent_at(message, profile, context.practice_zone, arrived),
        state=state_of(message, profile),
        start=None if timing.start is None else local_time(timing.start, zone, is_utc=is_utc),
        minutes=timing.minutes,
        marks=naming.marks,
        patient_ids=_each_once(named.patients),
        provider=_chosen(naming.providers, context),
        dropped_providers=naming.dropped_providers,
        location=place,
        parent_id=named.parent,
        video_words=_video_words(message),
        deleted=_deleted(message, profile) if message.has_nulls else NOTHING,
    )


def _each_once(numbers: tuple[str, ...]) -> tuple[str, ...]:
    return numbers if len(numbers) == 1 and numbers[0] else tuple(dict.fromkeys(each for each in numbers if each))


def zone_of(place: Named | None, context: TranslationContext) -> str:
    """The zone whose clocks the message shows: by setting or list of the location, else the practice's."""
    if place is None or not place.id:
        return context.practice_zone
    single = context.settings.get("location_zones")
    if single:
        for pair in single.split(","):
            name, _, zone = pair.partition("=")
            if name.strip() == place.id and zone.strip():
                return zone.strip()
    listed = context.locations.get(place.id)
    return (listed.zone if listed is not None else None) or context.practice_zone


def sent_at(message: Message, profile: SenderProfile, zone: str, arrived: datetime | None = None) -> datetime | None:
    """MSH-7 as an instant; of one that lies in the future the arrival counts (section 4)."""
    sent = instant_of(message.header.value(7), zone, is_utc=profile.times == "utc", arrived=arrived)
    if arrived is not None and (sent is None or sent > arrived + MOST_AHEAD):
        return arrived
    return sent


def _chosen(candidates: Sequence[Named], context: TranslationContext) -> Named | None:
    """The first who is enabled for telemedicine here, else the first of all (section 6)."""
    for each in candidates:
        entry = context.practitioners.get(each.id)
        if entry is not None and entry.is_connected:
            return each
    return candidates[0] if candidates else None


def _video_words(message: Message) -> tuple[str, ...] | None:
    """Words about video in notes and reasons; None where there is no note."""
    notes = message.all("NTE")
    why = message.first("SCH").raw(6)
    if not notes and not why:
        return None
    found = _words_in(" ".join([*(each.text(3) for each in notes), why]))
    return found if notes or found else None


@lru_cache(maxsize=1_024)
def _words_in(text: str) -> tuple[str, ...]:
    """Short notes are often the same."""
    return video_words(text)


def _deleted(message: Message, profile: SenderProfile) -> frozenset[str]:
    """What stands as null at the first place that this sender uses for it."""
    resources = resources_of(message, message.event)
    watched = (
        (MarkKind.TYPE.value, profile.type_places),
        (MarkKind.REASON.value, profile.reason_places),
        (MarkKind.SERVICE.value, profile.service_places),
        (PROVIDER, profile.provider_places),
        (LOCATION, profile.location_places),
    )
    return frozenset(name for name, where in watched if where and is_null(message, resources, where[0]))
