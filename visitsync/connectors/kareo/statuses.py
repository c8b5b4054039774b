"""What Kareo's statuses mean: one table for both vocabularies, of lists and of single appointments.

Source: kareo reference, sections 5.1 and 5.2. How lists spell them differs between clients' reports.
"""

from functools import lru_cache

from visitsync.domain.appointment import AppointmentStatus

STATUS: dict[str, AppointmentStatus] = {
    "scheduled": AppointmentStatus.BOOKED,
    "remindersent": AppointmentStatus.BOOKED,
    "confirmed": AppointmentStatus.BOOKED,
    "tentative": AppointmentStatus.PENDING,
    "checkin": AppointmentStatus.CHECKED_IN,
    "checkedin": AppointmentStatus.CHECKED_IN,
    "roomed": AppointmentStatus.CHECKED_IN,
    "ready": AppointmentStatus.CHECKED_IN,
    "readytobeseen": AppointmentStatus.CHECKED_IN,
    "checkout": AppointmentStatus.FULFILLED,
    "checkedout": AppointmentStatus.FULFILLED,
    "noshow": AppointmentStatus.NO_SHOW,
    "cancelled": AppointmentStatus.CANCELLED,
    "canceled": AppointmentStatus.CANCELLED,
    # It no longer takes place at this time; what takes its place is an appointment of its own. Where a practice uses
    # these words for appointments that still stand, an admin says so (status meanings of the connection).
    "rescheduled": AppointmentStatus.CANCELLED,
    "needsreschedule": AppointmentStatus.CANCELLED,
}
"""Keys are without case, spaces and hyphens. `Unknown` is not among them."""


@lru_cache(maxsize=1024)
def status_named(text: str) -> AppointmentStatus | None:
    """What a status means, in any spelling; None for one that no table knows."""
    return STATUS.get(text.lower().replace(" ", "").replace("-", ""))
