"""What was done in the clinic, as a sender's triggers see it: the record as it then was, and as it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment, Happening, Patient

BOOKED = "booked"
OPENED = "opened"
DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One edit of one appointment or chart."""

    what: str
    record: Appointment | Patient
    before: Appointment | Patient | None
    at: datetime
    """Aware, UTC."""
    hidden_behind: Appointment | Patient | None = None
    """The version that the system still shows; nothing is sent until it shows another."""
    is_late: bool = False


class Diary:
    """Writes down what happens in a clinic from now on; what was there before is in it as if done now."""

    def __init__(self, clinic: Clinic, *, with_what_is_there: bool) -> None:
        self._clinic = clinic
        self._seen: dict[tuple[str, int], Appointment | Patient] = {}
        self.deeds: list[Deed] = []
        with clinic.lock:
            for patient in clinic.patients:
                self._note("patient", patient, OPENED, clinic.clock(), keep=with_what_is_there)
            for appointment in clinic.appointments:
                self._note("appointment", appointment, BOOKED, clinic.clock(), keep=with_what_is_there)
            clinic.history = WatchedHistory(clinic.history, self._happened)

    def take_shown(self) -> list[Deed]:
        """Whatever may be sent by now, in order; the rest stays."""
        now = self._clinic.clock()
        shown = [deed for deed in self.deeds if self._is_shown(deed, now)]
        if len(shown) == len(self.deeds):
            self.deeds = []
        else:
            self.deeds = [deed for deed in self.deeds if deed not in shown]
        return shown

    def _happened(self, happening: Happening) -> None:
        if happening.kind == "appointment":
            shelf = self._clinic.appointments
            found = shelf.get(happening.id) or shelf.removed.get(happening.id)
            if found is not None:
                self._note("appointment", found, happening.what, happening.at)
        elif happening.kind == "patient":
            charts = self._clinic.patients
            chart = charts.get(happening.id) or charts.removed.get(happening.id)
            if chart is not None:
                self._note("patient", chart, happening.what, happening.at)

    def _note(self, kind: str, record: Appointment | Patient, what: str, at: datetime, *, keep: bool = True) -> None:
        before = self._seen.get((kind, record.id))
        self._seen[kind, record.id] = record
        if not keep:
            return
        shelf = self._clinic.appointments if kind == "appointment" else self._clinic.patients
        shown = shelf.shown_one(record.id, self._clinic.clock())
        is_late = shown is not (None if what == DELETED else record)
        self.deeds.append(
            Deed(
                what=what,
                record=record,
                before=before,
                at=at,
                hidden_behind=shown if is_late else None,
                is_late=is_late,
            )
        )

    def _is_shown(self, deed: Deed, now: datetime) -> bool:
        if not deed.is_late:
            return True
        is_appointment = isinstance(deed.record, Appointment)
        shelf = self._clinic.appointments if is_appointment else self._clinic.patients
        return shelf.shown_one(deed.record.id, now) is not deed.hidden_behind


class WatchedHistory(list[Happening]):
    """A clinic's history that tells somebody of each new line."""

    def __init__(self, lines: Iterable[Happening], tell: Callable[[Happening], None]) -> None:
        super().__init__(lines)
        self._tell = tell

    def append(self, line: Happening) -> None:
        super().append(line)
        self._tell(line)
