"""People who sign in through the pages themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.stage.people import PASSWORD

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

LOGIN, SECOND_STEP, LOGOUT = "/account/login/", "/account/2fa/authenticate/", "/account/logout/"
ACCOUNT = "/account/2fa/"


@pytest.fixture
def stranger(clinics: Clinics) -> Client:
    """A browser in which nobody has signed in."""
    return a_browser()


@pytest.fixture
def sign_in(clinics: Clinics) -> Callable[..., Client]:
    """`sign_in("front")`: a browser that went through both steps, with the first of the person's codes."""

    def signed_in(key: str, client: Client | None = None, code: int = 0) -> Client:
        browser = client or a_browser()
        give_password(browser, clinics.people[key].person.email)
        answer = browser.post(SECOND_STEP, {"code": clinics.people[key].codes[code]})
        assert answer.status_code == 302, answer.content
        return browser

    return signed_in


def a_browser() -> Client:
    return Client(raise_request_exception=False, headers={"accept": "text/html"})


def give_password(client: Client, email: str, password: str = PASSWORD, **more: str) -> str:
    """Only the first step; returns where it leads, "" where the form comes back."""
    answer = client.post(LOGIN, {"login": email, "password": password, **more})
    return answer.headers.get("Location", "")


def is_in(client: Client) -> bool:
    """Whether the browser is signed in, with everything that is asked for."""
    return client.get(ACCOUNT).status_code == 200
