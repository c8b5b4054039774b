"""A feed of changes that every key may read once: subscription, backlog, what was handed out and when (section 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.records import Happening

EVENTS: Mapping[str, tuple[str, ...]] = {
    "appointments": (
        "ScheduleAppointment", "CheckIn", "CheckOut", "UpdateAppointment", "CancelAppointment", "FreezeAppointment",
        "UnfreezeAppointment", "DeleteAppointment", "AddAppointmentSlot",
    ),
    "patients": ("AddPatient", "UpdatePatient", "DeletePatient", "MergePatient", "UpdatePatientCustomField"),
}  # fmt: skip
_NAMES = {
    "booked": "ScheduleAppointment",
    "cancelled": "CancelAppointment",
    "no show": "CancelAppointment",
    "rescheduled": "CancelAppointment",
    "checked in": "CheckIn",
    "completed": "CheckOut",
    "archived": "DeleteAppointment",
    "opened": "AddPatient",
}
LONGEST_WAIT = timedelta(hours=1)
_PARTIAL = {"appointments": ("ScheduleAppointment",), "patients": ("AddPatient",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the backlog."""

    id: int
    shown_from: datetime


class Feed:
    """One feed, for the one key that there is."""

    def __init__(self, name: str, clinic: Clinic, clock: Clock, variants: Mapping[str, str]) -> None:
        self.name = name
        self._clinic = clinic
        self._clock = clock
        self._kind = name.removesuffix("s")
        self._delay = timedelta(seconds=int(variants["feed_delay_seconds"]))
        self._seen = 0
        self._waiting: dict[int, Change] = {}
        self.processed: list[tuple[datetime, int]] = []
        state = variants["subscription"]
        self.was_ever_subscribed = state != "none"
        self.events: set[str] = {"active": set(EVENTS[name]), "partial": set(_PARTIAL[name])}.get(state, set())
        self.departments: frozenset[str] = frozenset()

    @property
    def status(self) -> str:
        """ACTIVE, PARTIAL or INACTIVE."""
        if not self.events:
            return "INACTIVE"
        return "ACTIVE" if self.events >= set(EVENTS[self.name]) else "PARTIAL"

    def subscribe(self, event: str, departments: frozenset[str], *, stays_partial: bool = False) -> None:
        """From here on changes are kept for this key."""
        self._collect()
        self.was_ever_subscribed = True
        self.events |= {event} if event else set(_PARTIAL[self.name] if stays_partial else EVENTS[self.name])
        self.departments = departments

    def unsubscribe(self, event: str = "") -> None:
        """No more changes of this kind, or of any."""
        self._collect()
        self.events -= {event} if event else set(self.events)
        if not self.events:
            self.was_ever_subscribed = False

    def unread(self, is_wanted: Callable[[int], bool]) -> list[int]:
        """What may be handed out now, by id; one row for each."""
        self._collect()
        now = self._clock()
        due = [change for change in self._waiting.values() if change.shown_from <= now]
        return [change.id for change in due if self._is_shown(change, now) and is_wanted(change.id)]

    def process(self, ids: list[int]) -> None:
        """These were handed out."""
        now = self._clock()
        for identity in ids:
            self._waiting.pop(identity, None)
            self.processed.append((now, identity))

    def between(self, first: datetime, last: datetime | None) -> list[int]:
        """What was handed out within a window of time, each id once."""
        found = (identity for at, identity in self.processed if first <= at and (last is None or at <= last))
        return list(dict.fromkeys(found))

    def add(self, identity: int, event: str) -> None:
        """A change of something that the clinic's history does not know: an open slot."""
        if event in self.events:
            self._waiting[identity] = Change(id=identity, shown_from=self._clock() + self._delay)

    def way_back(self) -> Callable[[], None]:
        """What puts the feed back to how it is now."""
        kept = (self._seen, dict(self._waiting), list(self.processed), set(self.events), self.was_ever_subscribed)

        def go_back() -> None:
            self._seen, waiting, processed, events, self.was_ever_subscribed = kept
            self._waiting, self.processed, self.events = dict(waiting), list(processed), set(events)

        return go_back

    def _collect(self) -> None:
        """Takes what happened since; what happened before the subscription is never told."""
        history, self._seen = self._clinic.history[self._seen :], len(self._clinic.history)
        for happening in history:
            if happening.kind == self._kind and self._leaves_a_trace(happening) and _event(happening) in self.events:
                self._waiting.pop(happening.id, None)
                self._waiting[happening.id] = Change(id=happening.id, shown_from=happening.at + self._delay)

    def _is_shown(self, change: Change, now: datetime) -> bool:
        """What is new is told once it can be read; what is changed too, or after an hour as an old copy has it."""
        shelf = self._clinic.appointments if self._kind == "appointment" else self._clinic.patients
        shown = shelf.shown_one(change.id, now)
        if shown == shelf.get(change.id):
            return True
        return shown is not None and now - change.shown_from >= LONGEST_WAIT

    def _leaves_a_trace(self, happening: Happening) -> bool:
        """What is removed as if it had never been, or changed without touching its stamp, is told by no vendor."""
        if happening.kind == "patient":
            return True
        changed = self._clinic.appointments.get(happening.id)
        return changed is not None and changed.changed_at >= happening.at - timedelta(minutes=1)


def _event(happening: Happening) -> str:
    if happening.kind == "patient":
        if happening.what == "deleted":
            return "DeletePatient"
        if "merged_into" in happening.detail:
            return "MergePatient"
        return _NAMES.get(happening.what, "UpdatePatient")
    return _NAMES.get(happening.what, "UpdateAppointment")
