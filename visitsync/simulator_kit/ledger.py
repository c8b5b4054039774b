"""How a clinic's records are kept: the shelves, the stamps, the history, and edits made in nasty ways."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.records import (
    Appointment,
    AppointmentType,
    Happening,
    Location,
    Manner,
    Patient,
    Practitioner,
    StaffUser,
)
from visitsync.simulator_kit.shelf import Shelf

Record = TypeVar("Record", Location, Practitioner, AppointmentType, Patient, Appointment)
AnyRecord = TypeVar("AnyRecord", Location, Practitioner, StaffUser, AppointmentType, Patient, Appointment)


class Ledger:
    """The records of one practice and everything that happened to them."""

    def __init__(self, *, clock: Clock, name: str = "Larkspur Family Practice", zone: str = "America/New_York") -> None:
        self.clock = clock
        self.name = name
        self.zone = zone
        self.lock = threading.RLock()
        self.locations: Shelf[Location] = Shelf(11)
        self.practitioners: Shelf[Practitioner] = Shelf(301)
        self.staff: Shelf[StaffUser] = Shelf(501)
        self.types: Shelf[AppointmentType] = Shelf(61)
        self.patients: Shelf[Patient] = Shelf(40_001)
        self.appointments: Shelf[Appointment] = Shelf(700_001)
        self.history: list[Happening] = []
        self.list_lag = timedelta(0)  # how far a vendor's list reads are behind; set by its simulator
        self._manner = Manner()

    @contextmanager
    def editing(
        self, *, stamp: datetime | None = None, touches_stamp: bool = True, visible_after: timedelta = timedelta(0)
    ) -> Iterator[None]:
        """Make the edits inside nasty: all with one `stamp`, without touching it, or shown only later.

        A late edit carries the stamp of when it was made, as a replica or a slow transaction does.
        """
        before = self._manner
        self._manner = Manner(
            stamp=stamp, touches_stamp=touches_stamp, visible_after_seconds=visible_after.total_seconds()
        )
        try:
            yield
        finally:
            self._manner = before

    def _changed(self, record: Record, changes: dict[str, Any]) -> Record:
        if self._manner.touches_stamp:
            changes = {**changes, "changed_at": self._stamp()}
        return replace(record, **changes)

    def _save(self, shelf: Shelf[AnyRecord], record: AnyRecord, what: str, detail: str = "") -> AnyRecord:
        with self.lock:
            shelf.put(record, self._shown_from())
            self._note(what, type(record).__name__.lower(), record.id, detail)
        return record

    def _note(self, what: str, kind: str, record_id: int, detail: str = "") -> None:
        self.history.append(Happening(at=self.clock(), what=what, kind=kind, id=record_id, detail=detail))

    def _stamp(self) -> datetime:
        return self._manner.stamp or self.clock()

    def _both_stamps(self) -> dict[str, Any]:
        return {"created_at": self._stamp(), "changed_at": self._stamp()}

    def _shown_from(self) -> datetime | None:
        seconds = self._manner.visible_after_seconds
        return self.clock() + timedelta(seconds=seconds) if seconds or self.list_lag else None
