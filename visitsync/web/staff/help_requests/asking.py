"""Asks for help from an answer: shows what would be sent, then keeps it and has it mailed."""

import secrets
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from visitsync.domain.role import Permission
from visitsync.storage import help_requests
from visitsync.storage.database import Transaction
from visitsync.storage.help_requests import LONGEST_NOTE
from visitsync.sync.mailing_help import mail_soon
from visitsync.web.parts import parts
from visitsync.web.staff.answer.picture import answer_in
from visitsync.web.staff.help_requests.facts import facts_of
from visitsync.web.staff.help_requests.scrubbing import scrubbed
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

LETTERS = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
"""Without those that sound or look alike."""
GROUP, GROUPS = 3, 2


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.ACT_ON_VISITS)
def new(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """The form with everything that would be sent; sent, it leads to the list."""
    with parts().database.practice(viewer.practice_id) as transaction:
        answer, _ = answer_in(transaction, viewer, connection, appointment)
        facts = facts_of(answer, viewer)
        if request.method != "POST":
            return render(
                request,
                "help_requests/new.html",
                {"answer": answer, "facts": facts, "longest": LONGEST_NOTE, "is_mailed": bool(parts().support_address)},
            )
        case_id = _new_case_id(transaction)
        typed = request.POST.get("note", "")[:LONGEST_NOTE]
        text = scrubbed(typed, names=(answer.patient_name,))
        request_id = help_requests.add(
            transaction,
            parts().vault,
            case_id=case_id,
            connection_id=connection,
            appointment_id=appointment,
            facts=facts,
            note=text,
            staff_id=viewer.staff_id,
            now=viewer.now,
        )
        if parts().support_address:
            mail_soon(transaction, request_id)
        note(transaction, request, viewer, "ask-for-help", object_kind="help request", object_id=case_id)
    taken_out = " What looked like patient data was taken out of your note." if text != typed.strip() else ""
    messages.success(request, f"Your request is case {case_id}. Say this on the telephone.{taken_out}")
    return redirect(reverse("help-requests", kwargs={"practice": viewer.slug}))


def _new_case_id(transaction: Transaction) -> str:
    while True:
        groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
        case_id = "-".join(groups)
        if not help_requests.is_taken(transaction, case_id):
            return case_id
