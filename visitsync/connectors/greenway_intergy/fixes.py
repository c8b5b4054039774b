"""What to do about each reason, in Intergy's own words: reason codes, service centers, staff."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment in Intergy and choose the reason code “{approved}”, or let a practice admin "
    "accept this one.",
    "condition-not-met": "Open the appointment in Intergy and change its {mark} to {approved}.",
    "video-in-note": "If it is a video visit, choose one of these reason codes: {approved}. If not, take the word "
    "out of the appointment's note.",
    "type-not-approved": "If this should be a video visit, open the appointment in Intergy and choose one of these "
    "reason codes: {approved}.",
    "nothing-marks-it": "If this should be a video visit, open the appointment in Intergy and choose a reason code: "
    "{approved}.",
    "chart-restricted": "Greenway does not let us read this patient. A practice admin asks Greenway to allow it for "
    "the application, or the visit is arranged by hand.",
    "duplicate-chart-same-email": "Merge the two patient records in Intergy and keep the appointment on the one that "
    "stays; or, if they are two people, link them as a household.",
    "email-missing": "Ask the patient for an e-mail address and enter it in the patient's demographics in Intergy.",
    "demographics-missing": "Open the patient's demographics in Intergy and fill in: {fields}.",
    "insurance-missing": "Enter the insurance on the patient's account in Intergy, or choose self-pay.",
    "not-a-provider": "Open the appointment in Intergy and choose a staff member who sees patients instead of "
    "{provider}.",
    "no-provider": "The appointment is booked in a room only. Open it in Intergy and add the staff member who holds "
    "the video visit.",
    "connection-needs-reconnect": "A practice admin asks Greenway for the client ID and key of the application, and "
    "connects Greenway Intergy again here.",
    "connection-lacks-permission": "A practice admin asks Greenway to allow the application to read patients and "
    "coverage of this site (scopes system/Patient.read and system/Coverage.read).",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
