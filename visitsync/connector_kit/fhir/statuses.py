"""Appointment.status of every version, as the ten statuses of R4 (fhir reference, section 4)."""

from collections.abc import Mapping

from visitsync.domain.appointment import AppointmentStatus

STATUS: Mapping[str, AppointmentStatus] = {status.value: status for status in AppointmentStatus} | {
    "canceled": AppointmentStatus.CANCELLED,  # how some servers spell it
    "no-show": AppointmentStatus.NO_SHOW,
    "checkedin": AppointmentStatus.CHECKED_IN,
    "started": AppointmentStatus.CHECKED_IN,  # HL7 v2 table 0278, which interface engines let through
    "complete": AppointmentStatus.FULFILLED,
    "completed": AppointmentStatus.FULFILLED,
    "deleted": AppointmentStatus.ENTERED_IN_ERROR,
}
"""By the code, case-folded. The ten codes are the same from DSTU2 to R5, though early versions lack some."""


def status_of(text: str, meanings: Mapping[str, AppointmentStatus]) -> AppointmentStatus | None:
    """What a code means here, by the practice's own table first; None where nobody knows."""
    word = text.strip().casefold()
    return meanings.get(word) or STATUS.get(word)
