"""What to do about each reason, in Kareo (Tebra)'s own words: its menus, windows and fields."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment and choose the appointment reason “{approved}”, or let a practice admin "
    "accept this spelling.",
    "condition-not-met": "Open the appointment and change its {mark} to {approved}. (Reason, service location and "
    "resources are all set in the appointment window.)",
    "video-in-note": "If it is a video visit, choose one of these appointment reasons: {approved}. If not, take the "
    "word out of the appointment's notes.",
    "type-not-approved": "If this should be a video visit, open the appointment and choose one of these appointment "
    "reasons: {approved}.",
    "nothing-marks-it": "If this should be a video visit, open the appointment and choose an appointment reason: "
    "{approved}.",
    "duplicate-chart-same-email": "Merge the two patient records in Kareo and keep the appointment on the one that "
    "stays; or, if they are two people, link them as a household.",
    "patient-inactive": "Tick the patient record as active again, or pick the right patient.",
    "email-missing": "Ask the patient for an e-mail address and enter it as the e-mail of the patient record.",
    "minor-without-adult": "Add the parent or guardian as guarantor of the patient record.",
    "demographics-missing": "Open the patient record and fill in: {fields}.",
    "insurance-missing": "Add the insurance policy to the patient's primary case, or set the case to Self Pay.",
    "payer-not-from-list": "Choose the insurance company from Kareo's list in the policy of the patient's case.",
    "not-a-provider": "Open the appointment and choose a provider instead of, or besides, the resource {provider}.",
    "connection-needs-reconnect": "A practice admin enters the customer key, user and password of the connecting "
    "Kareo user again.",
    "connection-lacks-permission": "A practice admin makes sure that the connecting Kareo user is a system "
    "administrator or has the API permission; a change takes up to ten minutes.",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
