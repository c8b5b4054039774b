"""How Intergy's interface calls things: composite numbers, reason codes, staff, write-ins (greenway reference, 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from visitsync.simulator_kit import records
from visitsync.simulator_kit.hl7v2.deeds import Deed
from visitsync.simulator_kit.hl7v2.header import Letterhead
from visitsync.simulator_kit.hl7v2.letters import Letter, Letters
from visitsync.simulator_kit.hl7v2.visit import Entry, visit_segment
from visitsync.simulator_kit.records import Appointment

PRACTICE = "1"
LONGEST_CODE = 6


class IntergyLetters(Letters):
    """Messages as Intergy would write them."""

    letterhead = Letterhead(application="INTERGY", facility=("LARKSPUR", PRACTICE))

    def entry(self, appointment: Appointment) -> Entry:
        plain = super().entry(appointment)
        code, name = self._reason_code(plain.type_code), plain.type_name or appointment.reason
        staff = self._colleagues(appointment) if self.habits["staff"] == "several" else ()
        return replace(
            plain,
            type_code=code,
            type_name=name,
            reason=(code, name),
            kind=("VISIT", "Visit"),
            staff=staff,
            has_staff=plain.practitioner.is_provider,
            room=f"RM{appointment.room}",
            extra=self._flag(appointment),
        )

    def _reason_code(self, number: str) -> str:
        """At most six characters; user-defined."""
        if not number:
            return ""
        manner = self.habits["code_padding"]
        code = f"RC{number}"[:LONGEST_CODE]
        return code.ljust(LONGEST_CODE) if manner == "padded" else code.lower() if manner == "small letters" else code

    def _colleagues(self, appointment: Appointment) -> tuple[records.Practitioner, ...]:
        """A nurse or a colleague who is there too, after the one who was booked."""
        others = [each for each in self.clinic.practitioners if each.is_provider]
        return tuple(each for each in others if each.id != appointment.practitioner_id)[:2]

    def _flag(self, appointment: Appointment) -> tuple[str, ...]:
        if self.habits["telehealth_flag"] == "not sent":
            return ()
        return (self.pen.segment("ZAP", {1: "1", 2: "Y" if appointment.has_video_room else "N"}),)

    def _nobody(self, entry: Entry) -> list[str]:
        """A write-in has a name and no number."""
        name = self.pen.parts(entry.appointment.reason.upper() or "HOLD")
        return [self.pen.segment("PID", {1: "1", 5: name}), visit_segment(self.pen, entry)]

    def _about_appointment(self, deed: Deed, appointment: Appointment, at: datetime) -> Iterator[Letter]:
        before = deed.before if isinstance(deed.before, Appointment) else None
        if before is not None and before.location_id != appointment.location_id:
            # The number belongs to its service center: elsewhere it is another appointment.
            yield self.appointment("S15", replace(before, status=records.CANCELLED), at)
            deed, before = replace(deed, before=None), None
        yield from super()._about_appointment(deed, appointment, at)
