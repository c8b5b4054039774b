"""The page that an invitation leads to: looking uses nothing up; its button does."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from visitsync.web.accounts.adapters import has_second_factor
from visitsync.web.accounts.invitations import Invited, LinkUsed, accept_as, accept_as_new, invited_by
from visitsync.web.accounts.models import User
from visitsync.web.accounts.people import person_with

LONGEST_PASSWORD = 4096


class NewAccount(forms.Form):
    """What somebody who comes for the first time chooses."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *positions: Any, email: str, **named: Any) -> None:
        super().__init__(*positions, **named)
        self._email = email

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if password := given.get("password"):
            try:
                validate_password(password, User(email=self._email, name=given.get("name", "")))
            except ValidationError as problem:
                self.add_error("password", problem)
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """For a new person a name and a password; for one who has an account already a button, once they signed in."""
    invited = invited_by(token)
    if invited is None:
        return render(request, "account/invitation_gone.html", status=410)
    known = person_with(invited.email)
    try:
        if known is None:
            return _for_somebody_new(request, token, invited)
        return _for_somebody_known(request, token, invited, known)
    except LinkUsed:
        return render(request, "account/invitation_gone.html", status=410)


def _for_somebody_new(request: HttpRequest, token: str, invited: Invited) -> HttpResponse:
    if request.user.is_authenticated:
        return render(request, "account/invitation_sign_out.html", {"invited": invited})
    form = NewAccount(request.POST or None, email=invited.email, initial={"name": invited.name})
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/invitation.html", {"invited": invited, "form": form})
    user = accept_as_new(token, invited, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
    get_adapter().login(request, user)
    record_authentication(request, user, method="password", email=user.email, reauthenticated=True)
    return redirect("mfa_activate_totp")


def _for_somebody_known(request: HttpRequest, token: str, invited: Invited, known: User) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "account/invitation_sign_in.html", {"invited": invited, "here": request.path})
    if request.user != known:
        return render(request, "account/invitation_sign_out.html", {"invited": invited})
    if not has_second_factor(known):
        return redirect("mfa_activate_totp")
    if request.method != "POST":
        return render(request, "account/invitation_accept.html", {"invited": invited})
    accept_as(known, token, invited)
    return redirect("front")
