"""What one is told and when, to be chosen by everybody for themselves; and what one was told."""

from datetime import time
from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from visitsync.domain.role import Permission
from visitsync.domain.telling_choices import HOURS_AHEAD, USUAL, Choices, offered, sees_all_visits
from visitsync.storage import staff, telling_choices, tellings
from visitsync.storage.database import Transaction
from visitsync.storage.telling_choices import Listener
from visitsync.sync.office import Office
from visitsync.web.accounts.invitation_mail import has_mail
from visitsync.web.parts import parts
from visitsync.web.staff.notices.told import by_day
from visitsync.web.staff.notices.typed import Typed, typed_in
from visitsync.web.staff.page import page
from visitsync.web.staff.today.choosing import locations, options, providers
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

MOST_SHOWN = 40


@require_safe
@page(Permission.MANAGE_OWN_ACCOUNT)
def notices(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The choices and the list."""
    with parts().database.practice(viewer.practice_id) as transaction:
        listener = _listener(transaction, viewer)
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        shown = Typed(choices=listener.choices, problems={})
        context = _context(transaction, viewer, listener, office, shown)
    return render(request, "notices/page.html", context)


@require_POST
@page(Permission.MANAGE_OWN_ACCOUNT)
def choose(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keeps what was chosen; what makes no sense is shown again with what to do about it."""
    with parts().database.practice(viewer.practice_id) as transaction:
        listener = _listener(transaction, viewer)
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        typed = typed_in(request.POST, listener, locations=locations(office), practitioners=providers(office))
        if typed.problems:
            context = _context(transaction, viewer, listener, office, typed)
            return render(request, "notices/page.html", context, status=422)
        _keep(request, transaction, viewer, typed.choices)
    messages.success(request, "Saved. From now on you are told that way.")
    return redirect("notices", practice=viewer.slug)


@require_POST
@page(Permission.MANAGE_OWN_ACCOUNT)
def as_usual(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """As people in this role usually are."""
    with parts().database.practice(viewer.practice_id) as transaction:
        telling_choices.forget_choice(transaction, viewer.staff_id)
        note(transaction, request, viewer, "notices-usual", object_kind="user", object_id=str(viewer.staff_id))
    messages.success(request, f"Saved. You are told what is usual for your role: {viewer.role}.")
    return redirect("notices", practice=viewer.slug)


def _keep(request: HttpRequest, transaction: Transaction, viewer: Viewer, choices: Choices) -> None:
    telling_choices.choose(transaction, viewer.staff_id, choices, now=viewer.now)
    note(
        transaction,
        request,
        viewer,
        "notices-chosen",
        object_kind="user",
        object_id=str(viewer.staff_id),
        details={"wants": ", ".join(sorted(choices.wants))},
    )


def _listener(transaction: Transaction, viewer: Viewer) -> Listener:
    listener = telling_choices.listener(transaction, viewer.staff_id, viewer.now)
    if listener is None:  # switched off while they were asking
        raise Http404
    return listener


def _context(
    transaction: Transaction, viewer: Viewer, listener: Listener, office: Office, typed: Typed
) -> dict[str, Any]:
    choices, sees_all = typed.choices, sees_all_visits(listener.role)
    told = tellings.latest(transaction, viewer.staff_id, at_most=MOST_SHOWN)
    quiet_from, quiet_until = choices.quiet or (None, None)
    return {
        "choices": choices,
        "problems": typed.problems,
        "offered": offered(listener.role),
        "is_own_only": not sees_all,
        "digest_at": _written(choices.digest_at),
        "quiet_from": _written(quiet_from),
        "quiet_until": _written(quiet_until),
        "hours": HOURS_AHEAD,
        "locations": _checked(locations(office), choices.locations) if sees_all else [],
        "providers": _checked(providers(office), choices.practitioners) if sees_all else [],
        "has_chosen": telling_choices.has_chosen(transaction, viewer.staff_id),
        "is_usual": choices == USUAL[listener.role],
        "email": staff.member(transaction, parts().vault, viewer.staff_id).email,
        "sends_mail": has_mail(),
        "told": by_day(told, viewer.zone, viewer.now),
        "zone": viewer.zone,
    }


def _checked(named: dict[str, str], chosen: frozenset[str]) -> list[Any]:
    return [msgspec.structs.replace(one, is_chosen=one.value in chosen) for one in options(named, "")]


def _written(clock: time | None) -> str:
    return "" if clock is None else clock.strftime("%H:%M")
