"""First what a change would do, then the change itself."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from visitsync.domain.role import Permission
from visitsync.storage import staff
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState, LostTheConnection, NoSuchConnection
from visitsync.storage.setting_touches import NoSuchChange
from visitsync.sync.admin import refusals
from visitsync.sync.admin.carrying_out import carry_out
from visitsync.sync.jobs import sync_now
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.catalog.asked import Asked, CannotBeAsked, Proposal
from visitsync.web.staff.catalog.asks import proposal_of
from visitsync.web.staff.catalog.place import way_back
from visitsync.web.staff.catalog.weighing import MOST, MOST_IN_PLACE, Moved, Weighed, names_in, shown, weigh
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

REFUSED = (
    CannotBeAsked,
    NoSuchChange,
    NoSuchConnection,
    refusals.ApproveItFirst,
    refusals.ChangedSince,
    refusals.ChooseFromTheList,
    refusals.EntryNotListed,
    refusals.NameUnusable,
    refusals.NoSuchMeaning,
    refusals.NotApproved,
    refusals.NothingToTakeBack,
    refusals.SettingUnknown,
    refusals.TakenBackAlready,
)
"""What stands against a change; each says what to do, for people."""
_OF_THE_FORM = frozenset({"csrfmiddlewaretoken"})


@require_safe
@page(Permission.CHANGE_SETTINGS)
def preview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What the wish in the address would do. Changes nothing."""
    back = way_back(viewer, "catalog", request.GET.get("back", ""))
    try:
        asked = asked_of(viewer, request.GET)
        proposal = proposal_of(asked)
        weighed = weigh(asked.office, viewer.practice_id, proposal)
    except REFUSED as problem:
        return render(request, "catalog/preview.html", {"refused": str(problem), "back": back}, status=422)
    is_in_place = bool(request.htmx)  # type: ignore[attr-defined]
    lines = _lines(request, viewer, asked.office, weighed, at_most=MOST_IN_PLACE if is_in_place else MOST)
    context = _context(proposal, weighed, lines) | {
        "hidden": _hidden(request.GET),
        "here": f"{request.path}?{request.GET.urlencode()}",
        "back": way_back(viewer, proposal.view, request.GET.get("back", "")),
    }
    return render(request, "catalog/preview.html", context)


@require_POST
@page(Permission.CHANGE_SETTINGS)
def carry_out_asked(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Makes the change; what it affects is judged again at once, and its EMR is read soon."""
    back = request.POST.get("back", "")
    try:
        asked = asked_of(viewer, request.POST)
        proposal = proposal_of(asked)
        number = _carried_out(request, viewer, proposal)
    except REFUSED as problem:
        messages.error(request, str(problem))
        return redirect(way_back(viewer, "catalog", back))
    _read_soon(asked.office, viewer, proposal)
    return redirect(way_back(viewer, proposal.view, back, done=str(number)))


def asked_of(viewer: Viewer, given: QueryDict) -> Asked:
    """The values with what they speak of. Opens a transaction of its own."""
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        return Asked(
            given=given, office=office, author=Author(viewer.name, viewer.now), staff=active_staff(transaction)
        )


def active_staff(transaction: Transaction) -> dict[str, str]:
    """Id → name of everybody who works here."""
    members = staff.staff_members(transaction, parts().vault)
    return {str(one.staff_id): one.name for one in members if one.is_active}


def _lines(request: HttpRequest, viewer: Viewer, office: Office, weighed: Weighed, *, at_most: int) -> list[Moved]:
    """Noted in the trail where somebody's name is among them."""
    if not weighed.keys:
        return []
    with parts().database.practice(viewer.practice_id) as transaction:
        lines = shown(transaction, office, viewer, weighed, at_most=at_most)
        if names_in(lines):
            note(transaction, request, viewer, "view-preview", details={"appointments": str(len(lines))})
    return lines


def _context(proposal: Proposal, weighed: Weighed, lines: list[Moved]) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "weighed": weighed,
        "lines": lines,
        "further": weighed.count - len(lines),
    }


def _hidden(given: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in given.lists() if name not in _OF_THE_FORM for value in values]


def _carried_out(request: HttpRequest, viewer: Viewer, proposal: Proposal) -> int:
    """The number of the change. Raises what the change raises."""
    made: list[int] = []

    def change(transaction: Transaction) -> int:
        made.append(proposal.change(transaction))
        details: Mapping[str, str] = {"asked": proposal.title}
        note(
            transaction, request, viewer, "change-setting",
            object_kind="setting change", object_id=str(made[-1]), details=details,
        )  # fmt: skip
        return made[-1]

    try:
        carry_out(parts().engine, viewer.practice_id, change)
    except LostTheConnection:
        messages.warning(request, "The change is made. A sync is under way, so the last appointments follow with it.")
    return made[-1]


def _read_soon(office: Office, viewer: Viewer, proposal: Proposal) -> None:
    """What has just become telemedicine needs its patients' records: nobody should wait for the next turn."""
    with parts().database.practice(viewer.practice_id) as transaction:
        for identity, desk in office.desks.items():
            if proposal.connection_id in (None, identity) and desk.connection.state is ConnectionState.ACTIVE:
                sync_now(transaction.connection, viewer.practice_id, identity)
