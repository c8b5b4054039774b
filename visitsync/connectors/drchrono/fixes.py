"""What to do about each reason, in DrChrono's own words: its menus, windows and fields."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment and choose the appointment profile “{approved}” (or write it exactly so as"
    " the reason), or let a practice admin accept this spelling.",
    "condition-not-met": "Open the appointment and change its {mark} to {approved}. (Profile, reason, office and exam"
    " room are all set in the appointment window.)",
    "video-in-note": "If it is a video visit, choose one of these appointment profiles: {approved}. If not, take the "
    "word out of the appointment's notes or reason.",
    "type-not-approved": "If this should be a video visit, open the appointment and choose one of these appointment "
    "profiles: {approved}.",
    "nothing-marks-it": "If this should be a video visit, open the appointment and choose an appointment profile: "
    "{approved}.",
    "chart-restricted": "A practice admin checks in DrChrono that the connecting user may see this patient chart "
    "(patient sharing between doctors, and the user's permissions), or the visit is arranged by hand.",
    "duplicate-chart-same-email": "Merge the two patient charts in DrChrono and keep the appointment on the one that "
    "stays; or, if they are two people, link them as a household.",
    "patient-inactive": "Set the status of the patient chart to active in its demographics, or pick the right patient.",
    "email-missing": "Ask the patient for an e-mail address and enter it as Email in the demographics of the patient "
    "chart.",
    "minor-without-adult": "Add the parent or guardian as responsible party in the demographics of the patient chart.",
    "demographics-missing": "Open the demographics of the patient chart and fill in: {fields}.",
    "insurance-missing": "Enter the primary insurance on the patient chart, or set its payment profile to Cash.",
    "payer-not-from-list": "Choose the payer from DrChrono's search in the insurance part of the patient chart, so "
    "that its payer ID is filled in.",
    "not-a-provider": "Open the appointment and choose a doctor as its provider instead of {provider}.",
    "connection-needs-reconnect": "A practice admin connects DrChrono again here and allows the access that it asks "
    "for.",
    "connection-lacks-permission": "A practice admin checks the connecting user's permissions in DrChrono: "
    "scheduling, clinical notes, patients, settings, and sharing between doctors.",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
