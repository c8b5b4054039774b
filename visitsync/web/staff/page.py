"""The one way into a page: signed in with a second factor, at a practice of one's own, in a role that allows it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from visitsync.domain.role import Permission
from visitsync.web.accounts.adapters import has_second_factor
from visitsync.web.accounts.models import User
from visitsync.web.errors import forbidden
from visitsync.web.staff.refused import note_missing, note_refusal
from visitsync.web.staff.viewer import Viewer, viewer_of

View = Callable[Concatenate[HttpRequest, Viewer, ...], HttpResponse]
PERMISSION = "needs_permission"
"""The attribute of a view that says what it needs; tests walk the site map by it."""


def page(permission: Permission) -> Callable[[View], Callable[..., HttpResponse]]:
    """For a view whose address names the practice; it is given who is looking. What is not theirs does not exist (404).

    A view behind this never sees a stranger. It must itself ask only for things of `viewer.practice_id`.
    """

    def guarded(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def entered(request: HttpRequest, practice: str, **named: object) -> HttpResponse:
            if turned_away := sent_to_sign_in(request):
                return turned_away
            viewer = viewer_of(request, practice)
            if viewer is None:
                note_refusal(request, practice)
                raise Http404
            if not viewer.may(permission):
                note_refusal(request, practice, viewer)
                return forbidden(request)
            request.viewer = viewer  # type: ignore[attr-defined]  # for the layout around the page
            try:
                return view(request, viewer, **named)
            except Http404:
                note_missing(request, viewer, named)
                raise

        setattr(entered, PERMISSION, permission)
        return entered

    return guarded


def sent_to_sign_in(request: HttpRequest) -> HttpResponse | None:
    """Where to go first; None for whoever is signed in and has a second factor."""
    user = request.user
    if not isinstance(user, User):
        return _go(request, f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    return None if has_second_factor(user) else _go(request, reverse("mfa_activate_totp"))


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """A part of a page that asks by itself cannot be led elsewhere; its page is."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return redirect(address)
