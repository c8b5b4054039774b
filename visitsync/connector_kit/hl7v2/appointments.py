"""Folds a message over what is known of its appointment: order by time of sending, never by arrival (section 4)."""

from datetime import UTC, datetime

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.hl7v2.profile import SenderProfile
from visitsync.connector_kit.hl7v2.schedule import LOCATION, PROVIDER, AppointmentNews
from visitsync.connector_kit.hl7v2.statuses import BOOKINGS, ENDINGS, RESOURCE_EVENTS
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark
from visitsync.domain.local_time import Clarity, LocalTime, from_instant

EARLY_NO_SHOW = "no show, told before the visit"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = Appointment(id="", start=from_instant(LONG_AGO, "UTC"), duration_minutes=0, status=AppointmentStatus.BOOKED)
"""What is known of an appointment never heard of. A status that is not said of it is that it is booked: that is what
these messages are for."""


def after_news(identity: str, news: AppointmentNews, known: Appointment | None, profile: SenderProfile) -> Appointment:
    """The appointment as it stands after the message. Raises RecordUnreadable where a booking tells no start."""
    if known is not None and _is_older(news, known):
        return _gaps_filled(known, news)
    if news.event in RESOURCE_EVENTS and known is not None:
        return _with_resources(known, news)
    return _told(identity, news, known, profile)


def after_being_replaced(
    identity: str, news: AppointmentNews, known: Appointment | None, successor: str, zone: str
) -> Appointment:
    """The old appointment of a reschedule under a new id: it does not take place (section 5)."""
    if known is not None and _is_older(news, known):
        return known if known.replaced_by_id else msgspec.structs.replace(known, replaced_by_id=successor)
    if known is None:
        patients = news.patient_ids
        known = Appointment(
            id=identity,
            start=_unknown_start(news, zone),
            duration_minutes=0,
            status=None,
            patient_id=patients[0] if patients else None,
        )
    return msgspec.structs.replace(
        known, status=AppointmentStatus.CANCELLED, replaced_by_id=successor, changed_at=news.sent_at
    )


def _is_older(news: AppointmentNews, known: Appointment) -> bool:
    """Ties count as news: many clocks show minutes only, and one connection is in order."""
    return known.changed_at is not None and news.sent_at is not None and news.sent_at < known.changed_at


def _told(identity: str, news: AppointmentNews, known: Appointment | None, profile: SenderProfile) -> Appointment:
    start, minutes = news.start, news.minutes
    before = known if known is not None else _nothing(identity, news) if start is None else _NOTHING
    state, patients, provider, place = news.state, news.patient_ids, news.provider, news.location
    if start is None:
        start, minutes = before.start, minutes if minutes is not None else before.duration_minutes
    status, text = (state.status, state.text) if state.is_said else (before.status, before.status_text)
    if status is AppointmentStatus.NO_SHOW and news.sent_at is not None and start.instant > news.sent_at:
        text = f"{text} ({EARLY_NO_SHOW})".strip()
    told = Appointment(
        id=identity,
        start=start,
        duration_minutes=minutes if minutes is not None else before.duration_minutes or profile.default_minutes,
        status=status,
        status_text=text,
        marks=_marks_after(before.marks, news.marks, news.deleted),
        patient_id=patients[0] if patients else before.patient_id,
        practitioner_id=_kept(before.practitioner_id, PROVIDER, news) if provider is None else provider.id or None,
        practitioner_name=_kept(before.practitioner_name, PROVIDER, news)
        if provider is None
        else None
        if provider.id
        else provider.text,
        location_id=_kept(before.location_id, LOCATION, news) if place is None else place.id or None,
        location_name=_kept(before.location_name, LOCATION, news)
        if place is None
        else None
        if place.id
        else place.text,
        booked_at=before.booked_at or (news.sent_at if news.event == "S12" else None),
        changed_at=news.sent_at if news.sent_at is not None else before.changed_at,
        is_block=_is_block(news, before, is_new=known is None),
        video_words=news.video_words if news.video_words is not None else before.video_words,
    )
    if known is None and not (news.parent_id or len(patients) > 1 or state.is_deleted):
        return told
    return _with_what_is_rare(told, news, before, profile)


def _with_what_is_rare(
    told: Appointment, news: AppointmentNews, before: Appointment, profile: SenderProfile
) -> Appointment:
    """Apart from the rest because Python passes more than 15 arguments by name many times more slowly."""
    state, patients, names_parent = news.state, news.patient_ids, bool(news.parent_id)
    replaces = names_parent and replaces_parent(news.event, profile)
    return msgspec.structs.replace(
        told,
        other_patient_ids=patients[1:] if patients else before.other_patient_ids,
        is_deleted=state.is_deleted if state.is_said else before.is_deleted,
        is_group=len(patients) > 1 or (not patients and before.is_group),
        series_id=news.parent_id if names_parent and not replaces else before.series_id,
        replaces_id=news.parent_id if replaces else before.replaces_id,
        replaced_by_id=None if news.event in BOOKINGS and state.is_said else before.replaced_by_id,
        first_seen_at=before.first_seen_at,
        missing_since=before.missing_since,
    )


def replaces_parent(event: str, profile: SenderProfile) -> bool:
    """Whether the parent of SCH-23/24 is what this appointment takes the place of, for this sender."""
    if profile.parent_means == "always replaced":
        return event in BOOKINGS
    return profile.parent_means == "replaced when rescheduled" and event == "S13"


def _nothing(identity: str, news: AppointmentNews) -> Appointment:
    """What is known of an appointment never heard of that has no start. Raises RecordUnreadable for a booking."""
    if news.event not in ENDINGS:
        raise RecordUnreadable("SCH-11: no start, neither there nor in TQ1-7, AIS-4, AIP-6, AIL-6 or AIG-8")
    return msgspec.structs.replace(_NOTHING, id=identity, start=_unknown_start(news, "UTC"))


def _unknown_start(news: AppointmentNews, zone: str) -> LocalTime:
    """A placeholder that no visit can be made from and that any real time replaces."""
    told = from_instant(news.sent_at or LONG_AGO, zone)
    return LocalTime(told.wall, zone, told.instant, Clarity.CONTRADICTORY)


def _is_block(news: AppointmentNews, before: Appointment, *, is_new: bool) -> bool:
    if news.state.is_blocked:
        return True
    if news.patient_ids:
        return False
    return before.is_block or (is_new and news.event in BOOKINGS)


def _kept(before: str | None, what: str, news: AppointmentNews) -> str | None:
    return None if what in news.deleted else before


def _marks_after(before: tuple[Mark, ...], told: tuple[Mark, ...], deleted: frozenset[str]) -> tuple[Mark, ...]:
    """The marks told, and of other kinds those known before, unless they were deleted."""
    if not before:
        return told
    kinds = {mark.kind.value for mark in told} | deleted
    return (*told, *(mark for mark in before if mark.kind.value not in kinds))


def _with_resources(known: Appointment, news: AppointmentNews) -> Appointment:
    """S18 to S22: who, where and what may change; the appointment itself stays, also when one of them is cancelled."""
    changes: dict[str, object] = {"changed_at": news.sent_at or known.changed_at}
    takes_away = news.event in ("S20", "S21", "S22")
    names = {news.provider} if news.provider is not None and takes_away else set()
    gone = {each.id or each.text for each in {*news.dropped_providers, *names}}
    held = known.practitioner_id or known.practitioner_name
    if held in gone:
        changes |= {"practitioner_id": None, "practitioner_name": None}
        held = None
    provider = news.provider
    if provider is not None and not takes_away and (held is None or news.event == "S19"):
        named = None if provider.id else provider.text
        changes |= {"practitioner_id": provider.id or None, "practitioner_name": named}
    if news.location is not None and not takes_away and (known.location_id is None or news.event == "S19"):
        changes |= {"location_id": news.location.id or None}
    if news.event == "S19":
        changes |= {"marks": _marks_after(known.marks, news.marks, news.deleted)}
    return msgspec.structs.replace(known, **changes)


def _gaps_filled(known: Appointment, news: AppointmentNews) -> Appointment:
    """What an older message tells that nothing newer did; status and times stay."""
    changes: dict[str, object] = {}
    has_no_start = known.start.clarity is Clarity.CONTRADICTORY
    if has_no_start and news.start is not None:
        changes["start"] = news.start
    if not known.duration_minutes and news.minutes is not None:
        changes["duration_minutes"] = news.minutes
    if not known.marks and news.marks:
        changes["marks"] = news.marks
    if known.patient_id is None and news.patient_ids:
        changes |= {"patient_id": news.patient_ids[0], "other_patient_ids": news.patient_ids[1:], "is_block": False}
    provider = news.provider
    if known.practitioner_id is None and known.practitioner_name is None and provider is not None:
        changes |= {"practitioner_id": provider.id or None}
        changes |= {"practitioner_name": None if provider.id else provider.text}
    if known.location_id is None and known.location_name is None and news.location is not None:
        changes |= {"location_id": news.location.id or None}
        changes |= {"location_name": None if news.location.id else news.location.text}
    if known.booked_at is None and news.event == "S12":
        changes["booked_at"] = news.sent_at
    return msgspec.structs.replace(known, **changes) if changes else known
