"""What staff do in the EMR between two requests of a client, at the worst moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.staging import a_booking


def _book_early(clinic: Clinic, options: Mapping[str, Any]) -> None:
    """Something earlier than nearly everything else, so that a list counted by position shifts."""
    for _ in range(int(options.get("rows", 1))):
        a_booking(clinic, in_days=float(options.get("in_days", 1)))


def _delete_the_next(clinic: Clinic, options: Mapping[str, Any]) -> None:
    """The next appointments that come, for good, so that a list counted by position shifts the other way."""
    now = clinic.clock()
    coming = sorted((a for a in clinic.appointments if clinic.instant_of(a) > now), key=lambda a: (a.start, a.id))
    for appointment in coming[: int(options.get("rows", 1))]:
        clinic.delete(appointment.id)


def _book_unseen(clinic: Clinic, options: Mapping[str, Any]) -> None:
    """A booking that carries this moment's stamp and is shown only `seconds` later."""
    with clinic.editing(visible_after=timedelta(seconds=float(options.get("seconds", 120)))):
        a_booking(clinic, in_days=float(options.get("in_days", 2)))


def _book_many_at_once(clinic: Clinic, options: Mapping[str, Any]) -> None:
    """Many bookings with one and the same stamp."""
    with clinic.editing(stamp=clinic.clock()):
        for _ in range(int(options.get("rows", 10))):
            a_booking(clinic)


DISTURBANCES: Mapping[str, Callable[[Clinic, Mapping[str, Any]], None]] = {
    "row_inserted_between_pages": _book_early,
    "row_deleted_between_pages": _delete_the_next,
    "row_shown_late": _book_unseen,
    "rows_with_one_stamp": _book_many_at_once,
}
