"""What to do about each reason, in CareCloud's own words: its screens and fields."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment in CareCloud Central and choose the visit reason “{approved}”, or let a "
    "practice admin accept this spelling.",
    "condition-not-met": "Open the appointment and change its {mark} to {approved}. (Visit reason, location and "
    "resource are all set in the appointment window.)",
    "video-in-note": "If it is a video visit, choose one of these visit reasons: {approved}. If not, take the word out "
    "of the appointment's chief complaint or comments.",
    "type-not-approved": "If this should be a video visit, open the appointment and choose one of these visit reasons: "
    "{approved}.",
    "nothing-marks-it": "If this should be a video visit, open the appointment and choose a visit reason: {approved}.",
    "duplicate-chart-same-email": "Merge the two patients in CareCloud and keep the appointment on the one that stays; "
    "or, if they are two people, link them as a household.",
    "patient-inactive": "Set the patient's status to active in CareCloud, or pick the right patient.",
    "email-missing": "Ask the patient for an e-mail address and enter it in the demographics of the patient.",
    "minor-without-adult": "Add the parent or guardian, with a phone number, as responsible party of the patient.",
    "demographics-missing": "Open the demographics of the patient and fill in: {fields}.",
    "insurance-missing": "Enter the primary policy in the patient's default insurance profile, or set that profile to "
    "self-pay.",
    "payer-not-from-list": "Choose the payer from CareCloud's list in the patient's insurance profile.",
    "not-a-provider": "Open the appointment and choose a provider instead of, or besides, the resource {provider}.",
    "connection-needs-reconnect": "A practice admin connects CareCloud again here and accepts the access that it asks "
    "for.",
    "connection-lacks-permission": "CareCloud grants privileges to the application as a whole: ask for the missing one "
    "for Visitsync, then connect again so that the practice accepts it.",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
