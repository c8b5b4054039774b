"""What to do about each reason, in ExampleCharts' own words: its menus, windows and fields."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment and choose the visit type “{approved}” exactly, or let a practice admin "
    "accept this spelling.",
    "video-in-note": "If it is a video visit, choose one of these visit types: {approved}. If not, take the word out "
    "of the appointment note.",
    "type-not-approved": "If this should be a video visit, open the appointment and choose one of these visit types: "
    "{approved}.",
    "nothing-marks-it": "If this should be a video visit, open the appointment and choose one of these visit types: "
    "{approved}.",
    "email-missing": "Ask the patient for an e-mail address and enter it on the Contact page of the chart.",
    "demographics-missing": "Open the chart and fill in: {fields}.",
    "connection-needs-reconnect": "A practice admin makes a new API key under Administration > Integrations and enters "
    "it here.",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
