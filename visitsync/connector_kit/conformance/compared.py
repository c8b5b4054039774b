"""Compares what a connection understood with what is true in the clinic, appointment by appointment."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.local_time import Clarity
from visitsync.simulator_kit import records
from visitsync.simulator_kit.truth import truth

ENDED = {records.CANCELLED: AppointmentStatus.CANCELLED, records.NO_SHOW: AppointmentStatus.NO_SHOW}

MOVED = (records.RESCHEDULED, records.NEEDS_RESCHEDULE)
"""The old place of an appointment that was moved; a vendor may call it cancelled."""


def differences(trial: Trial) -> list[str]:
    """What is missing, too many or wrong in `trial.known`, in words; [] if nothing. Only days of the window count."""
    first, last = trial.window
    hides = getattr(trial.app, "hides", lambda appointment_id: False)  # what is booked, yet no client is shown
    rows = [row for row in truth(trial.app)["appointments"] if first <= row["start"].date() <= last]
    true = {row["vendor_id"]: row for row in rows if row["is_archived"] or not hides(row["id"])}
    known = trial.known.living()
    missing = [f"{key} is missing" for key, row in true.items() if key not in known and not row["is_archived"]]
    extra = [
        f"{key} is not there (any more)" for key in known if key not in true and _is_within(known[key], first, last)
    ]
    wrong = [f"{key}: {text}" for key, row in true.items() if key in known for text in _wrong(known[key], row)]
    return missing + extra + wrong


def _is_within(appointment: Appointment, first: date, last: date) -> bool:
    return first <= appointment.start.wall.date() <= last


def _wrong(known: Appointment, true: dict[str, Any]) -> Iterator[str]:
    if true["is_archived"]:
        yield "deleted, yet taken for living"
        return
    if known.start.clarity is Clarity.CERTAIN and known.start.instant != true["instant"]:
        yield f"starts {known.start.instant}, truly {true['instant']}"
    if known.start.clarity is not Clarity.CERTAIN and true["wall_time_is"] == "certain":
        yield "a certain time is taken for a doubtful one"
    if known.duration_minutes != true["minutes"]:
        yield "another duration"
    if known.is_block != true["is_block"]:
        yield "a block or not?"
    if not true["is_block"] and known.patient_id != str(true["patient_id"]):
        yield "another patient"
    if known.practitioner_id is not None and known.practitioner_id != str(true["practitioner_id"]):
        yield "another practitioner"
    wanted = ENDED.get(true["status"])
    if wanted is not None and known.status is not wanted:
        yield f"status {known.status}, truly {wanted}"
    if wanted is None and known.status in ENDED.values() and true["status"] not in MOVED:
        yield f"status {known.status}, truly {true['status']}"
