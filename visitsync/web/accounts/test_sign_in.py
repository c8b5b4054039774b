"""Signing in: two steps on every path, limited tries, nothing told to strangers, and a session that truly ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.test import Client

from tests.stage.people import PASSWORD
from visitsync.web.accounts.conftest import ACCOUNT, LOGIN, LOGOUT, SECOND_STEP, a_browser, give_password, is_in
from visitsync.web.accounts.models import User

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

FRONT = "frida@larkspur.example"
TODAY = "/p/larkspur/today"


def test_password_and_code_let_in(sign_in: Callable[..., Client]) -> None:
    assert is_in(sign_in("front"))


def test_the_password_alone_opens_nothing(stranger: Client) -> None:
    assert give_password(stranger, FRONT) == SECOND_STEP
    for path in ("/", ACCOUNT, "/account/password/change/", "/p/larkspur/users", "/account/2fa/recovery-codes/"):
        assert stranger.get(path).headers["Location"].startswith(LOGIN), path


def test_a_recovery_code_works_once(sign_in: Callable[..., Client], clinics: Clinics, stranger: Client) -> None:
    sign_in("front", code=3)
    give_password(stranger, FRONT)
    assert stranger.post(SECOND_STEP, {"code": clinics.people["front"].codes[3]}).status_code == 200
    assert not is_in(stranger)


def test_a_code_of_the_app_is_refused_the_second_time(clinics: Clinics, monkeypatch: pytest.MonkeyPatch) -> None:
    user = User.objects.get(email=FRONT)
    Authenticator.objects.filter(user=user).delete()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([1234]))
    code = format_hotp_value(hotp_value(secret, 1234))
    outcomes = []
    for browser in (a_browser(), a_browser()):
        give_password(browser, FRONT)
        browser.post(SECOND_STEP, {"code": code})
        outcomes.append(is_in(browser))
    assert outcomes == [True, False]


def test_secrets_of_second_factors_are_sealed_in_the_table(clinics: Clinics) -> None:
    user = User.objects.get(email=FRONT)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    assert secret not in str(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data)


def test_a_known_and_an_unknown_address_get_the_same_answer(stranger: Client) -> None:
    def answer_for(email: str) -> bytes:
        answer = stranger.post(LOGIN, {"login": email, "password": "not the right one"})
        assert answer.status_code == 200
        return answer.content.replace(email.encode(), b"").partition(b"<form")[2].partition(b"or</span>")[0]

    known, unknown = (_without_token(answer_for(email)) for email in (FRONT, "nobody@larkspur.example"))
    assert known == unknown
    assert b"do not belong together" in known


def test_after_five_wrong_passwords_even_the_right_one_waits(stranger: Client) -> None:
    for _ in range(5):
        give_password(stranger, FRONT, "wrong wrong wrong")
    answer = stranger.post(LOGIN, {"login": FRONT.upper(), "password": PASSWORD})
    assert answer.status_code == 200
    assert "Wait ten minutes" in answer.content.decode()
    assert give_password(a_browser(), "rob@larkspur.example") == SECOND_STEP, "others are not locked out"


def test_after_five_wrong_codes_even_the_right_one_waits(stranger: Client, clinics: Clinics) -> None:
    give_password(stranger, FRONT)
    for _ in range(5):
        stranger.post(SECOND_STEP, {"code": "000000"})
    assert "Wait ten minutes" in stranger.post(SECOND_STEP, {"code": clinics.people["front"].codes[0]}).content.decode()
    elsewhere = a_browser()
    give_password(elsewhere, FRONT)
    elsewhere.post(SECOND_STEP, {"code": clinics.people["front"].codes[0]})
    assert not is_in(elsewhere), "another browser does not help"


def test_spraying_one_password_over_many_addresses_is_limited(stranger: Client) -> None:
    for number in range(10):
        give_password(stranger, f"somebody{number}@larkspur.example", "Summer2026!")
    assert "Wait ten minutes" in stranger.post(LOGIN, {"login": FRONT, "password": PASSWORD}).content.decode()


def test_the_session_has_another_name_after_signing_in(clinics: Clinics, stranger: Client) -> None:
    stranger.get(LOGIN)
    stranger.cookies[settings.SESSION_COOKIE_NAME] = "preset-by-an-attacker-0123456789ab"
    give_password(stranger, FRONT)
    before = stranger.cookies[settings.SESSION_COOKIE_NAME].value
    stranger.post(SECOND_STEP, {"code": clinics.people["front"].codes[0]})
    after = stranger.cookies[settings.SESSION_COOKIE_NAME].value
    assert "preset-by-an-attacker-0123456789ab" not in (before, after)
    assert before != after
    assert is_in(stranger)


def test_signing_out_ends_the_session_here_and_empties_the_browser(sign_in: Callable[..., Client]) -> None:
    client = sign_in("front")
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = client.post(LOGOUT)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = a_browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(thief)


def test_looking_at_the_sign_out_page_signs_nobody_out(sign_in: Callable[..., Client]) -> None:
    client = sign_in("front")
    assert client.get(LOGOUT).status_code == 200
    assert is_in(client)


ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example",
             "javascript:alert(1)", "https://testserver.evil.example", "///evil.example", "/%5cevil.example/..//x:y",
             "http://localhost/p/larkspur/today")  # fmt: skip


def test_after_signing_in_nobody_is_led_elsewhere(clinics: Clinics) -> None:
    for number, address in enumerate(ELSEWHERE):
        client = a_browser()
        give_password(client, FRONT, next=address)
        led_to = client.post(SECOND_STEP, {"code": clinics.people["front"].codes[number]}).headers["Location"]
        assert led_to == "/" or (led_to == address and led_to.startswith("/%5c")), led_to


def test_after_signing_in_one_is_where_one_wanted_to_go(clinics: Clinics, stranger: Client) -> None:
    led = stranger.get("/p/larkspur/users").headers["Location"]
    assert led == f"{LOGIN}?next=%2Fp%2Flarkspur%2Fusers"
    give_password(stranger, FRONT, next="/p/larkspur/users")
    assert stranger.post(SECOND_STEP, {"code": clinics.people["front"].codes[0]}).headers["Location"] == (
        "/p/larkspur/users"
    )


def test_forms_sent_from_elsewhere_are_refused(clinics: Clinics) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(User.objects.get(email=FRONT))
    for path in (LOGIN, SECOND_STEP, LOGOUT, "/account/password/reset/", "/account/password/change/"):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
            answer = strict.generic("POST", path, b"login=a&password=b", content_type=kind)
            assert answer.status_code == 403, (path, kind)


def test_cookies_are_kept_from_scripts_and_other_sites(sign_in: Callable[..., Client]) -> None:
    client = sign_in("front")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] in ("Lax", "Strict"), name


def test_without_a_second_factor_one_may_only_set_one_up(clinics: Clinics, stranger: Client) -> None:
    user = User.objects.get(email=FRONT)
    Authenticator.objects.filter(user=user).delete()
    assert give_password(stranger, FRONT) == "/"
    set_up = "/account/2fa/totp/activate/"
    closed = (ACCOUNT, "/account/password/change/", "/account/2fa/webauthn/", "/account/2fa/recovery-codes/",
              "/account/2fa/totp/deactivate/", LOGIN, "/account/password/reset/", "/", "/p/larkspur/users")  # fmt: skip
    for path in closed:
        assert stranger.get(path).headers.get("Location") == set_up, path
        assert stranger.post(path).headers.get("Location", set_up) == set_up, path


def test_recovery_codes_alone_are_no_second_factor(clinics: Clinics, stranger: Client) -> None:
    user = User.objects.get(email=FRONT)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    give_password(stranger, FRONT)
    assert stranger.get("/p/larkspur/users").headers["Location"] == "/account/2fa/totp/activate/"


def test_the_only_second_factor_cannot_be_taken_away(clinics: Clinics, sign_in: Callable[..., Client]) -> None:
    client = sign_in("front")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = client.post("/account/2fa/totp/deactivate/")
    assert answer.status_code == 200
    assert "only second step" in answer.content.decode()
    user = User.objects.get(email=FRONT)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    passkey = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "blue key"})
    client.post(f"/account/2fa/webauthn/keys/{passkey.pk}/remove/")
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


NOT_WANTED = ("signup/", "email/", "confirm-email/", "login/code/confirm/", "social/", "2fa/webauthn/signup/",
              "password/set/", "2fa/trust/", "3rdparty/", "phone/verify/")  # fmt: skip


def test_pages_that_are_not_wanted_are_not_there(stranger: Client) -> None:
    for path in NOT_WANTED:
        assert stranger.get(f"/account/{path}").status_code == 404, path


def test_somebody_switched_off_is_out_with_the_next_request(sign_in: Callable[..., Client]) -> None:
    client = sign_in("front")
    User.objects.filter(email=FRONT).update(is_active=False)
    assert not is_in(client)
    assert give_password(a_browser(), FRONT) in ("", "/account/inactive/")


def test_a_session_that_was_ended_everywhere_stays_ended(sign_in: Callable[..., Client], clinics: Clinics) -> None:
    from visitsync.web.accounts.people import sign_out_everywhere

    client = sign_in("front")
    sign_out_everywhere(User.objects.get(email=FRONT))
    assert not is_in(client)
    assert is_in(sign_in("front", code=1))


def test_last_login_is_kept(sign_in: Callable[..., Client]) -> None:
    sign_in("front")
    last: Any = User.objects.get(email=FRONT).last_login
    assert last is not None
    assert abs((datetime.now(UTC) - last).total_seconds()) < 600  # noqa: TID251


def _without_token(page: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page)
