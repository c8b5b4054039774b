"""The front door: to sign in, to the one practice where somebody works, or to a choice of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from visitsync.web.accounts.models import User
from visitsync.web.staff.navigation import home_of
from visitsync.web.staff.page import sent_to_sign_in
from visitsync.web.staff.viewer import viewer_of, workplaces


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Nobody chooses where there is nothing to choose."""
    if turned_away := sent_to_sign_in(request):
        return turned_away
    assert isinstance(request.user, User)  # noqa: S101  # whoever is not was sent to sign in
    found = workplaces(request.user)
    if len(found) == 1 and (viewer := viewer_of(request, found[0].slug)) is not None:
        return redirect(home_of(viewer))
    choices = [
        {"name": one.practice_name, "role": one.role, "href": home_of(viewer)}
        for one in found
        if (viewer := viewer_of(request, one.slug)) is not None
    ]
    return render(request, "practices.html", {"choices": choices})
