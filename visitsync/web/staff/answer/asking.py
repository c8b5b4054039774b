"""Asks for one appointment to be looked at again, within the bounds that keep an EMR's budget for everybody."""

from uuid import UUID

from django.http import Http404, HttpRequest

from visitsync.domain.time_words import time_in_words
from visitsync.storage.database import Transaction
from visitsync.sync.asked_checks import Asking, ask
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


def ask_for_check(
    transaction: Transaction, request: HttpRequest, viewer: Viewer, connection_id: UUID, appointment_id: str
) -> Asking:
    """Puts the check in, unless one is under way or it is too soon; what was put in is in the trail."""
    asking = ask(transaction, parts().vault, connection_id, appointment_id, staff_id=viewer.staff_id, now=viewer.now)
    if asking.is_taken:
        note(transaction, request, viewer, "check-again", object_kind="appointment", object_id=appointment_id)
    return asking


def connection_named(text: str, office: Office) -> UUID:
    """The connection that a form names. Raises Http404 unless it is this practice's own."""
    try:
        connection_id = UUID(text)
    except ValueError:
        raise Http404 from None
    if connection_id not in office.desks:
        raise Http404
    return connection_id


def refused_words(asking: Asking, viewer: Viewer) -> str | None:
    """Why nothing new was put in; None where something was, or it is under way already."""
    if asking.is_taken or asking.try_again_at is None:
        return None
    seconds = max(1, round((asking.try_again_at - viewer.now).total_seconds()))
    when = f"in {seconds} seconds" if seconds < 90 else f"at {time_in_words(asking.try_again_at, viewer.zone)}"
    return f"This was looked up a moment ago, so nothing was asked again. You can try again {when}."
