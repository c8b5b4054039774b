"""Carries out what can be mended on the page of an answer, and says what that did."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from visitsync.domain.role import Permission
from visitsync.storage import practices
from visitsync.storage.practices import LostTheConnection
from visitsync.sync.admin.carrying_out import Change, carry_out
from visitsync.sync.admin.marks import accept_spelling
from visitsync.sync.admin.patients_and_tests import declare_test_visit, link_household, undeclare_test_visit
from visitsync.sync.admin.refusals import (
    ApproveItFirst,
    NameAtLeastTwo,
    NoTestVisit,
    NotReceivedYet,
    PatientsNotRead,
)
from visitsync.web.parts import parts
from visitsync.web.staff.answer.leading_back import back_to
from visitsync.web.staff.answer.picture import answer_in
from visitsync.web.staff.answer.remedies import relatives_of, spelling_in
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

REFUSALS = (ApproveItFirst, NameAtLeastTwo, NoTestVisit, NotReceivedYet, PatientsNotRead)


@require_POST
@page(Permission.ACT_ON_VISITS)
def say_test_visit(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """It is a test, or is none after all."""
    _refuse_strange(viewer, connection, appointment)
    engine, author = parts().engine, parts().engine.author(viewer.name)
    is_test = request.POST.get("is") == "test"
    if is_test:
        change: Change = lambda transaction: declare_test_visit(  # noqa: E731
            transaction, engine.vault, connection, author, appointment
        )
    else:
        change = lambda transaction: undeclare_test_visit(transaction, connection, author, appointment)  # noqa: E731
    act = "declare-test-visit" if is_test else "undeclare-test-visit"
    return _made(request, viewer, connection, appointment, change, act)


@require_POST
@page(Permission.ACT_ON_VISITS)
def link_a_household(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """The patients who were ticked, of those with the same address, live with this one."""
    with parts().database.practice(viewer.practice_id) as transaction:
        answer, _ = answer_in(transaction, viewer, connection, appointment)
        known = {one.patient_id for one in relatives_of(transaction, answer)}
    author = parts().engine.author(viewer.name)
    members = [answer.patient_id, *sorted(known & set(request.POST.getlist("patient")))]
    return _made(
        request,
        viewer,
        connection,
        appointment,
        lambda transaction: link_household(transaction, connection, author, members),
        "link-household",
    )


@require_POST
@page(Permission.CHANGE_SETTINGS)
def accept_a_spelling(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """The spelling that this appointment was booked with stands for the approved text from now on."""
    with parts().database.practice(viewer.practice_id) as transaction:
        answer_in(transaction, viewer, connection, appointment)
        spelling = spelling_in(transaction, connection, appointment)
        stored = practices.find_connection(transaction, connection)
    if spelling is None:
        messages.info(request, "There is no spelling to accept any more.")
        return back_to(viewer, connection, appointment)
    author = parts().engine.author(viewer.name)
    return _made(
        request,
        viewer,
        connection,
        appointment,
        lambda transaction: accept_spelling(
            transaction, stored, author, spelling.kind, spelling.found, approved=spelling.approved
        ),
        "accept-spelling",
    )


def _refuse_strange(viewer: Viewer, connection: UUID, appointment: str) -> None:
    with parts().database.practice(viewer.practice_id) as transaction:
        answer_in(transaction, viewer, connection, appointment)


def _made(
    request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str, change: Change, act: str
) -> HttpResponse:
    try:
        done = carry_out(parts().engine, viewer.practice_id, change)
        messages.success(request, f"Done. {done.sentence}.")
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return back_to(viewer, connection, appointment)
    except LostTheConnection:
        messages.success(request, "Done. It is judged again with the next reading.")
    with parts().database.practice(viewer.practice_id) as transaction:
        note(transaction, request, viewer, act, object_kind="appointment", object_id=appointment)
    return back_to(viewer, connection, appointment)
