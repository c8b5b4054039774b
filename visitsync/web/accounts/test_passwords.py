"""Choosing another password: by a link that tells strangers nothing and never opens the door by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client, override_settings

from tests.stage.people import PASSWORD
from visitsync.storage import audit
from visitsync.storage.audit import Selection
from visitsync.web.accounts.conftest import SECOND_STEP, a_browser, give_password, is_in
from visitsync.web.accounts.models import User

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

RESET, CHANGE = "/account/password/reset/", "/account/password/change/"
FRONT = "frida@larkspur.example"
NEW = "nine herons on one leg"


@pytest.fixture(autouse=True)
def outbox(clinics: Clinics) -> Iterator[list[Any]]:
    """Mail goes into a list; that it reaches a real mail server is tried in test_mail."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield mail.outbox


def _link(outbox: list[Any]) -> str:
    found = re.search(r"http://testserver(/account/password/reset/key/\S+)", outbox[-1].body)
    assert found is not None, outbox[-1].body
    return found[1]


def _reset(client: Client, outbox: list[Any], password: str = NEW) -> Any:
    client.post(RESET, {"email": FRONT})
    form = client.get(_link(outbox), follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_new_password_does_not_do_away_with_the_second_step(outbox: list[Any], stranger: Client) -> None:
    assert _reset(stranger, outbox).status_code == 302
    assert not is_in(stranger)
    assert give_password(stranger, FRONT, NEW) == SECOND_STEP
    assert not is_in(stranger)


def test_it_ends_all_sessions(outbox: list[Any], stranger: Client, sign_in: Callable[..., Client]) -> None:
    elsewhere = sign_in("front")
    _reset(stranger, outbox)
    assert not is_in(elsewhere)


def test_a_link_works_once(outbox: list[Any], stranger: Client) -> None:
    _reset(stranger, outbox)
    assert "no longer works" in a_browser().get(_link(outbox[:1]), follow=True).content.decode()


def test_known_and_unknown_addresses_get_the_same_answer(outbox: list[Any]) -> None:
    answers = [a_browser().post(RESET, {"email": email}) for email in (FRONT, "nobody@larkspur.example")]
    assert len({(one.status_code, one.headers["Location"]) for one in answers}) == 1
    assert [one.to for one in outbox] == [[FRONT]]


def test_the_link_leads_to_our_public_address_whatever_host_was_asked(outbox: list[Any], stranger: Client) -> None:
    stranger.post(RESET, {"email": FRONT}, headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    assert "http://testserver/account/" in outbox[-1].body
    assert "evil" not in outbox[-1].body
    assert stranger.post(RESET, {"email": FRONT}, headers={"host": "evil.example"}).status_code == 400


def test_asking_again_and_again_is_limited(outbox: list[Any], stranger: Client) -> None:
    for _ in range(12):
        stranger.post(RESET, {"email": FRONT})
    assert len(outbox) == 5


def test_poor_passwords_are_refused(outbox: list[Any], stranger: Client) -> None:
    for password in ("password1234", "short", "frida@larkspur.example"):
        assert _reset(stranger, outbox, password).status_code == 200, password
    assert User.objects.get(email=FRONT).check_password(PASSWORD)


def test_changing_it_keeps_this_session_ends_the_others_and_is_told_by_mail(
    outbox: list[Any], sign_in: Callable[..., Client], clinics: Clinics
) -> None:
    here, elsewhere = sign_in("front"), sign_in("front", code=1)
    here.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert is_in(here)
    assert not is_in(elsewhere)
    assert outbox[-1].subject == "Your password was changed"
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        acts = [one.entry.act for one in audit.entries(transaction, clinics.vault, Selection())]
    assert "password-changed" in acts


def test_the_password_until_now_is_asked_for(sign_in: Callable[..., Client]) -> None:
    client = sign_in("front")
    answer = client.post(CHANGE, {"oldpassword": "guessed guessed", "password1": NEW, "password2": NEW})
    assert "This is not your password" in answer.content.decode()
    assert User.objects.get(email=FRONT).check_password(PASSWORD)
