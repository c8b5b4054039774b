"""The list of a day or week as rows of a file."""

from datetime import date, timedelta

from django.http import HttpRequest

from visitsync.sync.day import today
from visitsync.sync.lines import Line
from visitsync.sync.office import Office
from visitsync.web.design.outcome_looks import OUTCOMES

WEEK = 7
FURTHEST = timedelta(days=400)
HEAD = ("Day", "Time", "Time zone", "Minutes", "Patient", "Provider", "Location", "Booked as", "Outcome", "Reason",
        "What to do", "EMR", "Appointment")  # fmt: skip


def chosen_days(request: HttpRequest, office: Office) -> tuple[date, date]:
    """First and last day that the form asks for; nonsense is today."""
    first = _day(request.POST.get("day", ""), today(office))
    return first, first + timedelta(days=WEEK - 1 if request.POST.get("span") == "week" else 0)


def row_of(line: Line, zone: str) -> tuple[str | int, ...]:
    """One visit, in the order of HEAD; `zone` is the practice's."""
    return (
        line.day.isoformat(),
        line.start_text,
        line.other_zone or zone,
        line.duration_minutes,
        line.patient_name,
        line.provider,
        line.location,
        line.booked_as,
        OUTCOMES[line.outcome].word,
        line.reason.title if line.reason else "",
        line.reason.fix if line.reason else "",
        line.emr_name,
        line.appointment_id,
    )


def _day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if abs(day - otherwise) <= FURTHEST else otherwise
