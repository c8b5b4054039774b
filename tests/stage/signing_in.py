"""A session of somebody of the cast, without going through the sign-in pages, which have tests of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.chromium import running_loop
from tests.stage.clinic import Clinics
from tests.stage.site import Served

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam


def signed_in_cookie(clinics: Clinics, key: str, site: Served) -> SetCookieParam:
    """For a browser's context. Beside Playwright's event loop Django would open a connection that nobody closes."""
    from django.conf import settings
    from django.test import Client

    from visitsync.web.accounts.models import User

    client = Client()
    with running_loop(None):
        client.force_login(User.objects.get(id=clinics.people[key].user_id))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": site.url("/")}
