"""Inviting somebody: the effect of their address on visits first, then a link by mail, and once on the screen."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from visitsync.domain.email_address import is_usable
from visitsync.domain.role import Permission, Role
from visitsync.storage.database import Transaction
from visitsync.storage.staff import StaffExists, StaffMember
from visitsync.sync.admin.carrying_out import preview_for_practice
from visitsync.sync.admin.practice_wide import add_staff
from visitsync.web.accounts import invitations
from visitsync.web.accounts.invitation_mail import send_invitation
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.users.changing import carried_out, found_here
from visitsync.web.staff.users.roles import IN_WORDS
from visitsync.web.staff.viewer import Viewer

LONGEST_NAME = 200


class Invite(forms.Form):
    """Whom to invite, and as what."""

    name = forms.CharField(max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.CharField(max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role], initial=Role.FRONT_DESK.value)

    def clean_name(self) -> str:
        return in_one_line(self.cleaned_data["name"])

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        if not is_usable(email):
            raise forms.ValidationError("This is not an address that mail would reach.")
        return email


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_USERS)
def invite(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form; then, if a patient's visit would stop, a question; then the link."""
    form = Invite(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    given: dict[str, str] = form.cleaned_data
    try:
        if "confirmed" not in request.POST and (question := _what_it_would_do(viewer, given)):
            return render(request, "users/invite_anyway.html", {"given": given, "preview": question})
        member = _added(request, viewer, given)
    except StaffExists:
        form.add_error("email", "Somebody with this address is here already. Open them in the list.")
        return _form(request, form)
    return _link_shown(request, viewer, member)


@require_http_methods(["POST"])
@page(Permission.MANAGE_USERS)
def invite_again(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Another link; the one before stops working."""
    with found_here(request, viewer, staff_id) as (transaction, member):
        note(transaction, request, viewer, "user-invited", object_kind="user", object_id=str(staff_id))
    return _link_shown(request, viewer, member)


def in_one_line(text: str) -> str:
    """Without line breaks and doubled spaces."""
    return " ".join(text.split())


def _form(request: HttpRequest, form: Invite) -> HttpResponse:
    roles = [(role.value, words) for role, words in IN_WORDS.items()]
    return render(request, "users/invite.html", {"form": form, "roles": roles, "chosen": form["role"].value()})


def _what_it_would_do(viewer: Viewer, given: dict[str, str]) -> Any:
    """The preview if visits would change; None if none would."""
    author = parts().engine.author(viewer.name)
    found = preview_for_practice(
        parts().engine,
        viewer.practice_id,
        lambda transaction: add_staff(transaction, parts().vault, author, **given),
    )
    return found if found.turned else None


def _added(request: HttpRequest, viewer: Viewer, given: dict[str, str]) -> StaffMember:
    added: list[StaffMember] = []

    def add(transaction: Transaction) -> int:
        member, change = add_staff(transaction, parts().vault, parts().engine.author(viewer.name), **given)
        added[:] = [member]
        details = {"role": given["role"]}
        note(transaction, request, viewer, "user-invited", object_kind="user", object_id=str(member.staff_id),
             details=details)  # fmt: skip
        return change

    carried_out(request, viewer, add, says_nothing=True)
    return added[0]


def _link_shown(request: HttpRequest, viewer: Viewer, member: StaffMember) -> HttpResponse:
    link = invitations.invite(viewer.practice_id, member.staff_id)
    is_sent = send_invitation(member.email, viewer.practice_name, link)
    context = {"member": member, "link": link, "is_sent": is_sent, "days": invitations.GOOD_FOR.days}
    return render(request, "users/invited.html", context)
