"""Asks again who somebody is before what must not happen at a desk that was left unattended."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from visitsync.web.staff.viewer import Viewer

View = Callable[Concatenate[HttpRequest, Viewer, ...], HttpResponse]


def proven_lately(view: View) -> View:
    """For a view behind `@page`: whoever did not show within five minutes who they are is asked first.

        @require_http_methods(["GET", "HEAD", "POST"])
        @page(Permission.MANAGE_CONNECTIONS)
        @proven_lately
        def sign_in(request, viewer, ...): ...

    What was posted is not kept meanwhile, because it may be a secret: they come back to the page at that address.
    """

    @wraps(view)
    def asked(request: HttpRequest, viewer: Viewer, **named: object) -> HttpResponse:
        if did_recently_reauthenticate(request):
            return view(request, viewer, **named)
        address = f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)

    return asked
