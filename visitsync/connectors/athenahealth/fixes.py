"""What to do about each reason, in athenahealth's own words: appointment types by their IDs, departments, Quickview."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment in athenaOne and choose the appointment type “{approved}”, or let a "
    "practice admin connect the ID of this one, too.",
    "condition-not-met": "Open the appointment in athenaOne and change its {mark} to {approved}. (Appointment type and "
    "department are both set when it is booked or rescheduled.)",
    "video-in-note": "If it is a video visit, choose one of these appointment types: {approved}. If not, take the word "
    "out of the appointment notes.",
    "type-not-approved": "If this should be a video visit, open the appointment in athenaOne and choose one of these "
    "appointment types: {approved}.",
    "nothing-marks-it": "If this should be a video visit, open the appointment in athenaOne and choose an appointment "
    "type: {approved}.",
    "type-has-new-id": "A practice admin connects the new appointment type ID here: athenahealth's types are told "
    "apart by their IDs, not by their names.",
    "location-not-connected": "A practice admin connects the department here; or book the appointment in a connected "
    "department.",
    "chart-restricted": "A practice admin looks up in athenaOne who may see this patient's record (restrictions, "
    "confidentiality); or sets “restricted_patients” to ignored here; or the visit is arranged by hand.",
    "chart-merged": "Reschedule the appointment to the patient's surviving record in athenaOne. The visit follows by "
    "itself.",
    "duplicate-chart-same-email": "Merge the two patient records in athenaOne and keep the appointment on the one that "
    "stays; or, if they are two people, link them as a household.",
    "patient-inactive": "Set the patient's status to active in athenaOne's registration, or pick the right patient.",
    "email-missing": "Ask the patient for an e-mail address and enter it on the patient's Quickview (Edit, E-mail).",
    "minor-without-adult": "Add the parent or guardian as guarantor, with e-mail address and phone, on the patient's "
    "registration.",
    "demographics-missing": "Open the patient's Quickview in athenaOne and fill in: {fields}.",
    "insurance-missing": "Add the patient's insurance package in athenaOne, or choose the package *SELF PAY*.",
    "not-a-provider": "Open the appointment in athenaOne and move it to a provider instead of the resource {provider}.",
    "provider-npi-missing": "Have the NPI of {provider} entered in athenaOne (Admin > Providers).",
    "connection-needs-reconnect": "A practice admin enters practice ID, client ID and client secret here again; a new "
    "secret is made in athenahealth's developer portal.",
    "connection-lacks-permission": "A practice admin sees to it that the app has access to the missing API in the "
    "developer portal, and that this practice has consented to the app.",
    "key-used-elsewhere": "A practice admin finds out which other program uses the same client ID for this practice, "
    "and has a key of its own made for it: each change is handed out to a key only once.",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
