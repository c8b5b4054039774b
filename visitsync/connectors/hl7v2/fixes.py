"""What to do about each reason where the EMR is only known by its messages: in general words, and resending."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "type-misspelt": "Open the appointment and choose the appointment type “{approved}”, or let a practice admin "
    "accept this spelling.",
    "type-not-approved": "If this should be a video visit, open the appointment and choose one of these "
    "appointment types: {approved}.",
    "chart-restricted": "The interface sends this patient without details. Ask whoever runs it, or arrange the visit "
    "by hand.",
    "connection-needs-reconnect": "Whoever runs the practice's interface engine starts the interface to Visitsync "
    "again.",
    "connection-lacks-permission": "Whoever runs the practice's interface engine lets it send appointments (SIU) and "
    "patients (ADT).",
}
"""Reason → fix; a reason that is not here has the same fix in every EMR."""
