"""One person: who they are, what they may do, how they sign in, whose visits they see; and the changes of all that."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from visitsync.domain.role import Permission, Role, role_named
from visitsync.storage import staff
from visitsync.storage.database import Transaction
from visitsync.sync.admin.carrying_out import preview_for_practice
from visitsync.sync.admin.practice_wide import set_staff_active
from visitsync.web.accounts.fresh import proven_lately
from visitsync.web.accounts.models import Membership
from visitsync.web.accounts.people import forget_second_factor
from visitsync.web.accounts.way_in import account_of, close_door
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.users.changing import carried_out, found_here
from visitsync.web.staff.users.inviting import LONGEST_NAME, in_one_line
from visitsync.web.staff.users.people import person_of, practitioners
from visitsync.web.staff.users.roles import IN_WORDS
from visitsync.web.staff.viewer import Viewer


class LastAdmin(ValueError):
    """Nobody could manage the practice any more; make somebody else an admin first."""


@require_safe
@page(Permission.SEE_USERS)
def person(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Everything about somebody."""
    with found_here(request, viewer, staff_id) as (transaction, _):
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        found = person_of(transaction, parts().vault, office, staff_id)
        standing = staff.find_staff(transaction, staff_id)
        members = {str(one.staff_id): one.name for one in staff.staff_members(transaction, parts().vault)}
    context = {
        "person": found,
        "choices": [
            (one, members.get(one.staff_id or "", ""))
            for one in practitioners(office)
            if one not in found.practitioners
        ],
        "emergency": standing if standing.role_at(viewer.now) != standing.role else None,
        "is_me": staff_id == viewer.staff_id,
        "may_manage": viewer.may(Permission.MANAGE_USERS),
        "role_words": IN_WORDS.get(role_named(found.member.role) or Role.READ_ONLY, ""),
        "zone": viewer.zone,
        "now": viewer.now,
    }
    return render(request, "users/person.html", context)


@require_POST
@page(Permission.MANAGE_USERS)
def rename(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Another name; the sign-in stays."""
    name = in_one_line(request.POST.get("name", ""))
    with found_here(request, viewer, staff_id) as (transaction, _):
        if name and len(name) <= LONGEST_NAME:
            staff.rename(transaction, staff_id, name)
            note(transaction, request, viewer, "user-renamed", object_kind="user", object_id=str(staff_id))
            messages.success(request, "The name is changed.")
        else:
            messages.error(request, f"A name has 1 to {LONGEST_NAME} letters.")
    return _back(viewer, staff_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_USERS)
@proven_lately
def change_role(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Asks which role; then gives it, at once."""
    with found_here(request, viewer, staff_id) as (transaction, member):
        role = role_named(request.POST.get("role", ""))
        if role is None:
            roles = [(one.value, words) for one, words in IN_WORDS.items()]
            return render(request, "users/role.html", {"member": member, "roles": roles})
        try:
            if role is not Role.ADMIN:
                _refuse_last_admin(transaction, staff_id)
        except LastAdmin as problem:
            messages.error(request, str(problem))
            return _back(viewer, staff_id)
        staff.set_role(transaction, staff_id, role)
        details = {"before": member.role, "after": role.value}
        note(transaction, request, viewer, "user-role", object_kind="user", object_id=str(staff_id), details=details)
    messages.success(request, f"{member.name} is now {role.value}.")
    return _back(viewer, staff_id)


@require_POST
@page(Permission.MANAGE_USERS)
def end_emergency(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Their own role counts again, before the time is up."""
    with found_here(request, viewer, staff_id) as (transaction, member):
        staff.end_emergency(transaction, staff_id)
        note(transaction, request, viewer, "emergency-ended", object_kind="user", object_id=str(staff_id))
    messages.success(request, f"{member.name} is {member.role} again.")
    return _back(viewer, staff_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_USERS)
def switch(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Asks once, telling what it would do to visits; then switches somebody off, or on again."""
    with found_here(request, viewer, staff_id) as (_, member):
        is_active = not member.is_active
    author = parts().engine.author(viewer.name)

    def change(transaction: Transaction) -> int:
        if not is_active:
            _refuse_last_admin(transaction, staff_id)
        return set_staff_active(transaction, author, staff_id, is_active=is_active)

    def noted(transaction: Transaction) -> int:
        number = change(transaction)
        act = "user-activated" if is_active else "user-deactivated"
        note(transaction, request, viewer, act, object_kind="user", object_id=str(staff_id))
        return number

    try:
        if request.method != "POST":
            preview = preview_for_practice(parts().engine, viewer.practice_id, change)
            return render(request, "users/switch.html", {"member": member, "preview": preview})
        if request.POST.get("to") != ("on" if is_active else "off"):
            return _back(viewer, staff_id)
        carried_out(request, viewer, noted)
    except LastAdmin as problem:
        messages.error(request, str(problem))
        return _back(viewer, staff_id)
    close_door(staff_id)
    return _back(viewer, staff_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_USERS)
@proven_lately
def forget_second_step(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """For a lost phone. Not for somebody who also works elsewhere: no practice may loosen another's door."""
    user = account_of(staff_id)
    with found_here(request, viewer, staff_id) as (transaction, member):
        if user is None or Membership.objects.filter(user=user).count() > 1:
            messages.error(request, "They also work elsewhere, so only whoever runs Visitsync can do this.")
            return _back(viewer, staff_id)
        if request.method != "POST":
            return render(request, "users/second_step.html", {"member": member})
        note(transaction, request, viewer, "second-step-forgotten", object_kind="user", object_id=str(staff_id))
    forget_second_factor(user)
    messages.success(request, f"{member.name} sets up a new second step when they sign in next.")
    return _back(viewer, staff_id)


def _refuse_last_admin(transaction: Transaction, staff_id: UUID) -> None:
    """Raises LastAdmin. An admin who never signed in does not count: perhaps they never will."""
    admins = staff.active_with_role(transaction, Role.ADMIN)
    who_came = set(Membership.objects.filter(staff_id__in=admins).values_list("staff_id", flat=True))
    if staff_id in admins and not (who_came - {staff_id}):
        raise LastAdmin("This is the only admin who can sign in. Make somebody else an admin first.")


def _back(viewer: Viewer, staff_id: UUID) -> HttpResponse:
    return redirect("users-person", practice=viewer.slug, staff_id=staff_id)
