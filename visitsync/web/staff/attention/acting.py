"""Doing something about a group: shown first, made when somebody says yes, taken back when they were wrong."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from visitsync.domain.role import Permission
from visitsync.storage import setting_touches, staff
from visitsync.storage.database import Transaction
from visitsync.storage.practices import LostTheConnection
from visitsync.storage.setting_touches import NoSuchChange
from visitsync.sync.admin.carrying_out import carry_out, preview
from visitsync.sync.admin.refusals import ChangedSince, NothingToTakeBack, TakenBackAlready
from visitsync.sync.admin.undo import undo
from visitsync.sync.needs import Group
from visitsync.sync.needs_attention import needs_attention
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.attention.dealing import GONE, back, group_called
from visitsync.web.staff.attention.families import Family, families
from visitsync.web.staff.attention.history import may_take_back
from visitsync.web.staff.attention.preview import shown
from visitsync.web.staff.attention.wishes import (
    Wish,
    accepting,
    enabling,
    likely,
    linking,
    staff_chosen,
    who_may_see,
)
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

BUSY = "It is saved. The EMR is being read just now, so that the list follows in a minute."
REFUSALS = (ChangedSince, NothingToTakeBack, TakenBackAlready, NoSuchChange)
asked_or_sent = require_http_methods(["GET", "HEAD", "POST"])


@asked_or_sent
@page(Permission.CHANGE_SETTINGS)
def accept(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A spelling that differs from an approved one."""
    author = parts().engine.author(viewer.name)
    office, group, _ = _found(request, viewer)
    wish = accepting(group, office, author) if group else None
    return _asked(request, viewer, group, wish, {})


@asked_or_sent
@page(Permission.CHANGE_SETTINGS)
def enable(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A provider whose visits link to nobody."""
    with parts().database.practice(viewer.practice_id) as transaction:
        members = who_may_see(staff.staff_members(transaction, parts().vault))
    _, group, _ = _found(request, viewer)
    name = group.provider.name if group and group.provider else ""
    suggested = likely(members, name)
    chosen = request.POST.get("staff", suggested)
    wish = enabling(group, staff_chosen(members, chosen), parts().engine.author(viewer.name)) if group else None
    return _asked(request, viewer, group, wish, {"members": members, "chosen": chosen, "suggested": suggested})


@asked_or_sent
@page(Permission.ACT_ON_VISITS)
def household(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Patients who share an address."""
    _, group, family = _found(request, viewer)
    if family is None:
        return _gone(request, viewer)
    everybody = [one.patient_id for one in family.members]
    chosen = request.POST.getlist("member") if request.method == "POST" else everybody
    if len(set(chosen) & set(everybody)) < 2:
        messages.error(request, "Choose at least two who belong together. Nothing was linked.")
        return back(viewer, group.key if group else "")
    wish = linking(family, set(chosen), parts().engine.author(viewer.name))
    return _asked(request, viewer, group, wish, {"family": family})


@require_POST
@page(Permission.ACT_ON_VISITS)
def take_back(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Takes a change back that was made here, by whoever may make such a change."""
    number = request.POST.get("change", "")
    change_id = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    author = parts().engine.author(viewer.name)
    try:
        with parts().database.practice(viewer.practice_id) as transaction:
            change = setting_touches.find_change(transaction, change_id)
        if not may_take_back(viewer, change):
            messages.error(request, "This cannot be taken back here.")
            return back(viewer)
        _carry_out(
            request,
            viewer,
            lambda transaction: undo(transaction, author, change_id),
            ("undo", "setting-change", str(change_id)),
            "Taken back",
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return back(viewer)
    return back(viewer)


def _found(request: HttpRequest, viewer: Viewer) -> tuple[Office, Group | None, Family | None]:
    """The group that the address names, and the family in it."""
    vault = parts().vault
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, vault, viewer.now)
        group = group_called(needs_attention(transaction, vault, office).groups, request.GET.get("group", ""))
        theirs = families(transaction, vault, [group]) if group and group.shared else []
    key = request.GET.get("family", "")
    return office, group, next((one for one in theirs if one.key == key), None)


def _asked(
    request: HttpRequest, viewer: Viewer, group: Group | None, wish: Wish | None, more: dict[str, Any]
) -> HttpResponse:
    """The preview; or, sent, the change itself."""
    if group is None or wish is None:
        return _gone(request, viewer)
    if request.method == "POST":
        return _made(request, viewer, wish)
    tried = preview(parts().engine, viewer.practice_id, wish.connection_id, wish.change)
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        lines = shown(transaction, parts().vault, office, wish.connection_id, tried)
        note(
            transaction, request, viewer, f"preview-{wish.act}", object_kind=wish.object_kind, object_id=wish.object_id
        )
    context = {"wish": wish, "group": group, "preview": tried, "moved": lines, **more}
    return render(request, "attention/wish.html", context)


def _made(request: HttpRequest, viewer: Viewer, wish: Wish) -> HttpResponse:
    _carry_out(request, viewer, wish.change, (wish.act, wish.object_kind, wish.object_id), "Done")
    return back(viewer)


def _carry_out(
    request: HttpRequest,
    viewer: Viewer,
    change: Callable[[Transaction], int],
    what: tuple[str, str, str],
    done: str,
) -> None:
    """The change, with its entry in the trail: both or neither."""
    act, object_kind, object_id = what

    def noted(transaction: Transaction) -> int:
        change_id = change(transaction)
        note(transaction, request, viewer, act, object_kind=object_kind, object_id=object_id)
        return change_id

    try:
        made = carry_out(parts().engine, viewer.practice_id, noted)
    except LostTheConnection:
        messages.success(request, BUSY)
    else:
        messages.success(request, f"{done}: {_small(made.sentence)}. See “Lately” below.")


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _gone(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    messages.warning(request, GONE)
    return back(viewer)
