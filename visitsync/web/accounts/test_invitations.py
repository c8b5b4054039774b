"""An invitation: looking at it uses nothing up, it works once, for seven days, and opens nothing by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client

from visitsync.storage import staff
from visitsync.web.accounts.conftest import a_browser, is_in
from visitsync.web.accounts.invitations import invite
from visitsync.web.accounts.models import Invitation, Membership, User

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

GOOD = "four herons in a row"


def _hired(clinics: Clinics, email: str, slug: str = "larkspur") -> UUID:
    with clinics.database.practice(clinics.practice_id(slug)) as transaction:
        member = staff.add_staff(transaction, clinics.vault, name="Nell <b>New</b>", email=email, role="front desk")
    return member.staff_id


@pytest.fixture
def link(clinics: Clinics) -> str:
    """The path of an invitation of Larkspur for Nell."""
    return _path(invite(clinics.practice_id("larkspur"), _hired(clinics, "Nell@larkspur.org")))


def _path(link: str) -> str:
    return urlsplit(link).path


def _accept(client: Client, link: str, password: str = GOOD, name: str = "Nell New") -> str:
    return client.post(link, {"name": name, "password": password}).headers.get("Location", "")


def test_whoever_accepts_must_set_up_a_second_step_before_anything_opens(link: str, stranger: Client) -> None:
    assert _accept(stranger, link) == "/account/2fa/totp/activate/"
    assert stranger.get("/account/2fa/totp/activate/").status_code == 200, "without the password once more"
    assert stranger.get("/p/larkspur/today").headers["Location"] == "/account/2fa/totp/activate/"
    assert not is_in(stranger)
    user = User.objects.get(email="nell@larkspur.org")
    assert user.name == "Nell New"


def test_the_whole_way_ends_in_the_practice_with_recovery_codes(
    link: str, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.mfa.totp.internal import auth as totp

    _accept(stranger, link)
    stranger.get("/account/2fa/totp/activate/")
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([77]))
    code = totp.format_hotp_value(totp.hotp_value(stranger.session["mfa.totp.secret"], 77))
    answer = stranger.post("/account/2fa/totp/activate/", {"code": code})
    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    assert stranger.get("/account/2fa/recovery-codes/").content.count(b"<code>") == 10
    assert stranger.get("/").headers["Location"].startswith("/p/larkspur/")


def test_looking_uses_nothing_up(link: str, stranger: Client) -> None:
    for browser in (stranger, a_browser(), a_browser()):
        assert browser.get(link).status_code == 200
        assert browser.head(link).status_code == 200
    assert _accept(stranger, link)


def test_it_works_once(link: str, stranger: Client) -> None:
    _accept(stranger, link)
    assert a_browser().get(link).status_code == 410
    assert a_browser().post(link, {"name": "Mallory", "password": GOOD}).status_code == 410
    assert Membership.objects.filter(user__email="nell@larkspur.org").count() == 1


def test_it_is_good_for_seven_days(link: str, stranger: Client, clinics: Clinics) -> None:
    clinics.clock.advance(timedelta(days=6, hours=23))
    assert stranger.get(link).status_code == 200
    clinics.clock.advance(timedelta(hours=2))
    assert stranger.get(link).status_code == 410
    assert stranger.post(link, {"name": "Nell", "password": GOOD}).status_code == 410


def test_a_guessed_link_is_nothing(link: str, stranger: Client) -> None:
    for token in ("x", "x" * 43, "a" * 4000, "%00", "'; drop table account_user; --"):
        assert stranger.get(f"/account/invitation/{token}/").status_code in (404, 410), token


def test_the_table_holds_no_link(link: str) -> None:
    token = link.rstrip("/").rpartition("/")[2]
    assert len(token) >= 43
    assert token.encode() not in bytes(Invitation.objects.get().token_hash)


def test_poor_passwords_are_refused_and_use_nothing_up(link: str, stranger: Client) -> None:
    for password in ("short", "password1234", "nell@larkspur.org", "qwertyuiop123", "Nell New Nell"):
        assert _accept(stranger, link, password) == "", password
    assert not User.objects.filter(email="nell@larkspur.org").exists()
    assert _accept(stranger, link)


def test_long_passwords_with_spaces_and_any_letters_are_welcome(link: str, stranger: Client) -> None:
    password = " Über den Wolken 雲の上 " * 6
    assert len(password) > 100
    assert _accept(stranger, link, password)
    assert User.objects.get(email="nell@larkspur.org").check_password(password)


def test_pasting_is_not_hindered(link: str, stranger: Client) -> None:
    page = stranger.get(link).content.decode()
    assert 'autocomplete="new-password"' in page
    assert "onpaste" not in page


def test_a_name_is_shown_as_text(link: str, stranger: Client) -> None:
    assert b"<b>New</b>" not in stranger.get(link).content


def test_somebody_with_an_account_signs_in_and_accepts(clinics: Clinics, sign_in: Callable[..., Client]) -> None:
    staff_id = _hired(clinics, "bob@juniper.example")
    link = _path(invite(clinics.practice_id("larkspur"), staff_id))
    asked = a_browser()
    assert "Sign in to accept" in asked.get(link).content.decode()
    assert asked.post(link, {"name": "Mallory", "password": GOOD}).status_code == 200
    assert Membership.objects.filter(staff_id=staff_id).count() == 0
    bob = sign_in("other-admin")
    assert "Accept" in bob.get(link).content.decode()
    assert bob.post(link).headers["Location"] == "/"
    assert bob.get("/").content.count(b'class="row"') == 2, "both practices to choose from"


def test_signed_in_as_somebody_else_nothing_is_accepted(
    clinics: Clinics, link: str, sign_in: Callable[..., Client]
) -> None:
    frida = sign_in("front")
    assert "for somebody else" in frida.get(link).content.decode()
    frida.post(link, {"name": "Frida", "password": GOOD})
    assert not User.objects.filter(email="nell@larkspur.org").exists()
    link_for_bob = _path(invite(clinics.practice_id("larkspur"), _hired(clinics, "bob@juniper.example")))
    assert "for somebody else" in frida.post(link_for_bob).content.decode()


def test_somebody_who_was_deactivated_meanwhile_does_not_get_in(clinics: Clinics, stranger: Client) -> None:
    staff_id = _hired(clinics, "nell@larkspur.org")
    link = _path(invite(clinics.practice_id("larkspur"), staff_id))
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        staff.set_active(transaction, staff_id, is_active=False)
    assert stranger.get(link).status_code == 410
