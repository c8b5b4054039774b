"""What a request for help carries: codes, ids and times, and nothing that tells who the patient is."""

from datetime import UTC, datetime

from visitsync.rules.decide import RULES_VERSION
from visitsync.sync.answers import Answer
from visitsync.web.staff.viewer import Viewer

MOST_EVENTS = 8


def facts_of(answer: Answer, viewer: Viewer) -> dict[str, str]:
    """Label → value, in the order in which support asks for them; times are UTC."""
    facts = {
        "Practice": viewer.slug,
        "EMR": answer.emr,
        "Connection": str(answer.connection_id),
        "Appointment": answer.appointment_id,
        "Outcome": str(answer.outcome),
        "Reasons": ", ".join(one.code for one in answer.explanations) or "none",
        "Failing checks": ", ".join(str(one.section) for one in answer.checks if one.mark == "to be fixed") or "none",
        "First read": _stamp(answer.first_seen_at),
        "Expected by": _stamp(answer.expected_by),
        "Visit": f"{answer.visit.id} {answer.visit.state}" if answer.visit else "none",
        "Asked": _stamp(viewer.now),
        "Rules": RULES_VERSION,
    }
    for event in answer.history[-MOST_EVENTS:]:
        said = " ".join(filter(None, (event.what, event.outcome, *event.codes)))
        facts[f"At {_stamp(event.at)}"] = said
    return {label: value for label, value in facts.items() if value}


def _stamp(instant: datetime | None) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if instant else ""
