"""What we put around allauth's pages: the second factor first, the last one kept, and signing out for good."""

from collections.abc import Callable
from functools import wraps

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from visitsync.web.accounts.adapters import has_second_factor, is_last_second_factor
from visitsync.web.accounts.models import User

View = Callable[..., HttpResponse]


def with_second_factor(view: View) -> View:
    """Whoever is signed in without one may only set one up; whoever is not signed in is asked to."""

    @wraps(view)
    def guarded(request: HttpRequest, *positions: object, **named: object) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return redirect(f"{reverse('account_login')}?next={request.path}")
        return view(request, *positions, **named) if has_second_factor(user) else redirect("mfa_activate_totp")

    return guarded


def entrance(view: View) -> View:
    """A page for whoever is not signed in; others are led on, those without a second factor to setting one up."""

    @wraps(view)
    def guarded(request: HttpRequest, *positions: object, **named: object) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and not has_second_factor(user):
            return redirect("mfa_activate_totp")
        return view(request, *positions, **named)

    return guarded


def keeping_the_last(view: View) -> View:
    """A passkey is not taken away while it is somebody's only second factor."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        passkey = Authenticator.objects.filter(user=request.user, pk=pk).first()
        if passkey is not None and is_last_second_factor(passkey):
            messages.error(request, "This is your only second step. Add another one first, then take this away.")
            return redirect("mfa_index")
        return view(request, pk=pk)

    return guarded


def signing_out(view: View) -> View:
    """The browser forgets what it kept of us; the session is gone here anyway."""

    @wraps(view)
    def emptied(request: HttpRequest, *positions: object, **named: object) -> HttpResponse:
        response = view(request, *positions, **named)
        if request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return emptied
