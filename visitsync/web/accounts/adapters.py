"""How allauth behaves here: nobody signs up by themselves, secrets are sealed, and words are plain."""

import base64
from collections.abc import Mapping
from os import urandom
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from visitsync.domain.email_address import canonical
from visitsync.web.parts import parts

SECRET_PLACE = b"mfa_authenticator.data"
"""Where a sealed second factor belongs."""
NONCE_BYTES = 12
LOCKED_OUT = "Too many tries. Wait ten minutes, then try again; until then even the right one is refused."


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation only."""

    error_messages: ClassVar[Mapping[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This address and this password do not belong together. Check both.",
        "enter_current_password": "This is not your password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": "This code is not right. Codes change every 30 seconds, and each works once.",
        "too_many_login_attempts": LOCKED_OUT,
        "rate_limited": LOCKED_OUT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return canonical(email) or email

    def is_safe_url(self, url: str) -> bool:
        """Own paths only: not even another of our names."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At our public address, whatever name the request came under."""
        from django.urls import reverse

        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return parts().public_url + path.replace("UID-KEY", key)

    def format_email_subject(self, subject: str) -> str:
        return subject

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Tries count against the address, however it is written and whichever of our names was asked."""
        return canonical(str(credentials.get("email", "")))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are kept under a key of their own: the data keys are given up after a rotation."""

    error_messages: ClassVar[Mapping[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "This is your only second step. Add another one first, then take this away.",
        "incorrect_code": "This code is not right. Codes change every 30 seconds, and each works once.",
    }

    def encrypt(self, text: str) -> str:
        nonce = urandom(NONCE_BYTES)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), SECRET_PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], SECRET_PLACE).decode()

    def get_totp_issuer(self) -> str:
        return "Visitsync"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Visitsync"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002  # its name there
        return "Passkey"

    def can_delete_authenticator(self, authenticator: object) -> bool:
        """A second factor may be replaced, never done without."""
        return not is_last_second_factor(authenticator)


def has_second_factor(user: AbstractBaseUser) -> bool:
    """Whether this person must show one to sign in; without one they may do nothing but set one up."""
    from allauth.mfa.models import Authenticator  # models come after Django's set-up
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def is_last_second_factor(authenticator: object) -> bool:
    """Whether taking this away would leave the person with none."""
    from allauth.mfa.models import Authenticator  # models come after Django's set-up

    assert isinstance(authenticator, Authenticator)  # noqa: S101
    strong = Authenticator.objects.filter(user=authenticator.user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return not strong.exclude(pk=authenticator.pk).exists()


def _cipher() -> AESGCM:
    return AESGCM(parts().vault.derive("second factors"))
