"""Saying that one is on it, putting it down, and having a whole group looked at again."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from visitsync.domain.role import Permission
from visitsync.storage import being_dealt_with
from visitsync.storage.being_dealt_with import LONGEST_NOTE
from visitsync.sync.asked_checks import MOST_IN_A_WHILE, ask, can_check
from visitsync.sync.dealing import subjects_of
from visitsync.sync.needs import Group
from visitsync.sync.needs_attention import needs_attention
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

GONE = "That does not need anybody any more. It may just have been mended."


@require_POST
@page(Permission.ACT_ON_VISITS)
def begin(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The viewer deals with it from now on; whoever did so far is told by the list."""
    subject, vault = request.POST.get("subject", ""), parts().vault
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, vault, viewer.now)
        title = subjects_of(needs_attention(transaction, vault, office)).get(subject)
        if title is None:
            messages.warning(request, GONE)
            return back(viewer)
        being_dealt_with.begin(
            transaction,
            vault,
            subject=subject,
            title=title,
            staff_id=viewer.staff_id,
            note=request.POST.get("note", "")[:LONGEST_NOTE],
            now=viewer.now,
        )
        note(transaction, request, viewer, "deal-with", object_kind="need", object_id=subject)
    messages.success(request, f"You are on it. Everybody here sees that: {title}.")
    return back(viewer, request.POST.get("open", ""))


@require_POST
@page(Permission.ACT_ON_VISITS)
def put_down(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Nobody deals with it any more."""
    subject = request.POST.get("subject", "")
    with parts().database.practice(viewer.practice_id) as transaction:
        if being_dealt_with.end(transaction, subject, staff_id=viewer.staff_id, now=viewer.now):
            note(transaction, request, viewer, "put-down", object_kind="need", object_id=subject)
            messages.success(request, "Put down. Somebody else can take it.")
        else:
            messages.warning(request, "Nobody was on it any more.")
    return back(viewer, request.POST.get("open", ""))


@require_POST
@page(Permission.ACT_ON_VISITS)
def check_again(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Has the nearest of a group looked at again, as many as the EMR's allowance lets one ask for."""
    key, vault = request.POST.get("group", ""), parts().vault
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, vault, viewer.now)
        group = group_called(needs_attention(transaction, vault, office).groups, key)
        if group is None:
            messages.warning(request, GONE)
            return back(viewer)
        near = [one for one in group.appointments if can_check(office.desks[one[0]])][:MOST_IN_A_WHILE]
        taken = [
            ask(transaction, vault, *one, staff_id=viewer.staff_id, now=viewer.now).is_taken for one in near
        ].count(True)
        note(transaction, request, viewer, "check-again", object_kind="need", object_id=key)
    _tell_how_many(request, taken, group.count)
    return back(viewer, key)


def back(viewer: Viewer, opened: str = "") -> HttpResponse:
    """To the list, with that group unfolded."""
    address = reverse("attention", kwargs={"practice": viewer.slug})
    return HttpResponseRedirect(f"{address}?{urlencode({'open': opened})}#{opened}" if opened else address)


def group_called(groups: tuple[Group, ...], key: str) -> Group | None:
    return next((one for one in groups if one.key == key), None)


def _tell_how_many(request: HttpRequest, taken: int, count: int) -> None:
    if not taken:
        messages.warning(
            request, "They were checked a moment ago, or the connection stands still. Try again in a minute."
        )
    elif taken == count:
        messages.success(
            request, f"{taken} {'is' if taken == 1 else 'are'} read again now. What is mended leaves this list."
        )
    else:
        messages.success(request, f"The nearest {taken} of {count} are read again now; the others at the next reading.")
