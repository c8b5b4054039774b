"""What to do about each reason, in Prime Suite's own words: its windows and fields."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment and choose the appointment type “{approved}”, or let a practice admin "
    "accept this spelling.",
    "condition-not-met": "Open the appointment and change its {mark} to {approved}. (Appointment type, visit type and "
    "location are set in the appointment window, the resource by the column it is booked in.)",
    "video-in-note": "If it is a video visit, choose one of these appointment types: {approved}. If not, take the word "
    "out of the chief complaint or the comments.",
    "type-not-approved": "If this should be a video visit, open the appointment and choose one of these appointment "
    "types: {approved}.",
    "nothing-marks-it": "If this should be a video visit, open the appointment and choose an appointment type: "
    "{approved}.",
    "duplicate-chart-same-email": "Merge the two charts in Prime Suite and keep the appointment on the one that stays; "
    "or, if they are two people, link them as a household.",
    "patient-inactive": "Enable the patient's chart again, or pick the right patient.",
    "email-missing": "Ask the patient for an e-mail address and enter it as the first e-mail address of the chart.",
    "email-in-other-field": "Move the address to the first e-mail field of the chart. (A practice admin can let the "
    "second field count too, by the setting email_field.)",
    "minor-without-adult": "Enter the parent as policy holder of the child's insurance, and a phone number of theirs.",
    "demographics-missing": "Open the patient's demographics and fill in: {fields}.",
    "insurance-missing": "Add the policy to the patient's insurance, or the site's plan for self-pay.",
    "not-a-provider": "Move the appointment from {provider} to the schedule column of a care provider.",
    "connection-needs-reconnect": "A practice admin enters site ID, user, password, API key and vendor login again.",
    "connection-lacks-permission": "A practice admin asks Greenway to enable the call for the site, the vendor and the "
    "connecting user.",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
