"""The acts of the trail in words; one that has none yet is told by its code."""

from collections.abc import Mapping

ACTS: Mapping[str, str] = {
    "view-day": "Looked at a day",
    "print-day": "Printed a day",
    "view-answer": "Looked at an answer",
    "search": "Searched for an appointment",
    "search-address": "Looked an address up",
    "check-again": "Had an appointment checked again",
    "vote": "Said whether an answer helped",
    "ask-for-help": "Asked for help",
    "view-help-requests": "Looked at requests for help",
    "view-attention": "Looked at what needs attention",
    "view-my-day": "Looked at their own day",
    "view-trail": "Looked at this trail",
    "export-figures": "Took figures away as a file",
    "export-list": "Took a list with names away as a file",
    "export-many-patients": "Took many patients’ names away as a file",
    "export-diagnostics": "Took a diagnostic bundle away",
    "begin-connection": "Began to connect an EMR",
    "finish-connection": "Finished connecting an EMR",
    "start-connection": "Started a connection",
    "try-connection": "Tried a connection",
    "pause-connection": "Paused a connection",
    "resume-connection": "Resumed a connection",
    "read-connection": "Had a connection read at once",
    "remove-connection": "Removed a connection",
    "sign-in-connection": "Signed a connection in",
    "choose-marks": "Chose what marks telemedicine",
    "add-sender": "Let a sender of messages in",
    "remove-sender": "Shut a sender of messages out",
    "sign-in": "Signed in",
    "sign-in-failed": "Tried to sign in, in vain",
    "sign-out": "Signed out",
    "user-invited": "Invited somebody",
    "user-role": "Gave somebody a role",
    "user-renamed": "Gave somebody another name",
    "second-step-forgotten": "Reset somebody’s second step of signing in",
    "emergency-ended": "Ended an emergency role",
    "audit-resumed": "Let the trail go on after damage",
}

TELL_APART = frozenset({"export-many-patients", "audit-resumed", "sign-in-failed", "second-step-forgotten"})
"""What somebody who looks through the trail should not miss."""

DETAILS: Mapping[str, str] = {
    "query": "searched for",
    "address": "address",
    "rows": "rows",
    "until": "until",
    "why": "reason",
    "reason": "reason",
}


def act_in_words(act: str) -> str:
    """A sentence's beginning: who comes before it."""
    return ACTS.get(act) or act.replace("-", " ").capitalize()
