"""What all changes to people have in common: the right practice, the effect on visits told, the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest

from visitsync.storage import staff
from visitsync.storage.database import Transaction
from visitsync.storage.practices import LostTheConnection
from visitsync.storage.staff import NoSuchStaff, StaffMember
from visitsync.sync.admin.carrying_out import Change, carry_out
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer


@contextmanager
def found_here(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> Iterator[tuple[Transaction, StaffMember]]:
    """A transaction of the viewer's practice, and the person. Raises Http404 for whoever does not work there."""
    with parts().database.practice(viewer.practice_id) as transaction:
        member = _member(transaction, staff_id)
        if member is None:
            raise Http404
        yield transaction, member


def carried_out(request: HttpRequest, viewer: Viewer, change: Change, *, says_nothing: bool = False) -> None:
    """Makes a change, judges again what it affects, and says what came of it. What the change raises passes through."""
    try:
        done = carry_out(parts().engine, viewer.practice_id, change)
    except LostTheConnection:
        messages.warning(request, "Done. A reading of the EMR is under way; visits follow when it is through.")
        return
    if done.effects or not says_nothing:
        messages.success(request, f"Done. {done.sentence}." if done.effects else "Done.")


def _member(transaction: Transaction, staff_id: UUID) -> StaffMember | None:
    try:
        return staff.member(transaction, parts().vault, staff_id)
    except NoSuchStaff:
        return None
