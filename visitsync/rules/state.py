"""Is it still to take place, and is its shape one that becomes a visit?"""

import re
from collections.abc import Mapping

from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.decision import Finding
from visitsync.domain.email_address import is_usable
from visitsync.domain.patient import Patient

_NO_LONGER_PLANNED = {
    AppointmentStatus.CANCELLED: "cancelled",
    AppointmentStatus.NO_SHOW: "no-show",
    AppointmentStatus.ENTERED_IN_ERROR: "entered-in-error",
}
_NOT_FIRM = frozenset({AppointmentStatus.PROPOSED, AppointmentStatus.PENDING, AppointmentStatus.WAITLIST})
_GOES_AHEAD = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN})

# Practices invent statuses such as "CXL - pt called" or "LWBS": those must not become visits unseen.
_SMELLS_OF_CANCELLATION = re.compile(
    r"cancel|cxl|canx|\bcx\b|no.?show|\bns\b|resch|delet|void|postpon|declin|moved|bumped|missed|\bdna\b|lwbs|left"
    r"|did ?n.?t (?:come|attend|show)|did not (?:come|attend|show)",
    re.IGNORECASE,
).search
_LONGEST_STATUS = 500


def status_of(appointment: Appointment, meanings: Mapping[str, AppointmentStatus]) -> AppointmentStatus | None:
    """The status, a practice's own ones as an admin mapped them. None: nobody knows."""
    if appointment.status is not None:
        return appointment.status
    return meanings.get(appointment.status_text.strip().casefold())


def no_longer_planned(appointment: Appointment, status: AppointmentStatus | None) -> Finding | None:
    """F1, F7, F9: why the visit does not take place, if it does not."""
    if appointment.is_deleted:
        return Finding("deleted-in-emr")
    code = _NO_LONGER_PLANNED.get(status) if status is not None else None
    if code is None:
        return None
    if appointment.replaced_by_id is not None:
        return Finding("rescheduled", {"appointment": appointment.replaced_by_id})
    return Finding(code, _note(appointment))


def completed(appointment: Appointment, status: AppointmentStatus | None) -> Finding | None:
    """F1: it has taken place already."""
    return Finding("completed", _note(appointment)) if status is AppointmentStatus.FULFILLED else None


def check(
    appointment: Appointment, status: AppointmentStatus | None, patients: Mapping[str, Patient]
) -> tuple[Finding, ...]:
    """F2, F3, F6, F7 and F9, for an appointment that is still planned. Of a group, who is unread is to be read."""
    is_plain = appointment.replaces_id is None and appointment.missing_since is None
    if is_plain and status in _GOES_AHEAD and not appointment.other_patient_ids:
        return ()
    return (*_status_findings(appointment, status), *_group(appointment, patients), *_history(appointment))


def _status_findings(appointment: Appointment, status: AppointmentStatus | None) -> tuple[Finding, ...]:
    if status is None:
        smells = _SMELLS_OF_CANCELLATION(appointment.status_text[:_LONGEST_STATUS])
        code = "status-unclear" if smells else "status-unknown"
        return (Finding(code, {"status": appointment.status_text}),)
    return (Finding("not-confirmed", _note(appointment)),) if status in _NOT_FIRM else ()


def _group(appointment: Appointment, patients: Mapping[str, Patient]) -> tuple[Finding, ...]:
    others = appointment.other_patient_ids
    if not others:
        return ()
    read = [patients[id_] for id_ in others if id_ in patients]
    evidence = {"people": str(len(others) + 1), "reachable": str(sum(is_usable(one.email) for one in read))}
    if len(read) < len(others):
        evidence["unread"] = str(len(others) - len(read))
    return (Finding("group-visit", evidence),)


def _history(appointment: Appointment) -> tuple[Finding, ...]:
    findings = []
    if appointment.missing_since is not None:
        findings.append(Finding("no-longer-listed", {"missing_at": appointment.missing_since.isoformat()}))
    if appointment.replaces_id is not None:
        findings.append(Finding("made-from-another", {"appointment": appointment.replaces_id}))
    return tuple(findings)


def _note(appointment: Appointment) -> dict[str, str]:
    text = appointment.status_text
    return {"status_note": f" (status “{text}”)" if text else ""}
