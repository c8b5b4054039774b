"""How allauth behaves here: nobody signs up by themselves, secrets are sealed, and times are our clock's."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from visitsync.domain.email_address import canonical
from visitsync.web.parts import parts

SECRET_PLACE = b"mfa_authenticator.data"
"""Where a sealed second factor belongs."""


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return canonical(email) or email


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are kept under the vault's key."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(parts().vault.seal(text.encode(), SECRET_PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return parts().vault.open(base64.b64decode(encrypted_text), SECRET_PLACE).decode()

    def get_totp_issuer(self) -> str:
        return "Visitsync"

    def can_delete_authenticator(self, authenticator: object) -> bool:
        """A second factor may be replaced, never done without."""
        return False if _is_last(authenticator) else super().can_delete_authenticator(authenticator)


def _is_last(authenticator: object) -> bool:
    from allauth.mfa.models import Authenticator  # models come after Django's set-up

    assert isinstance(authenticator, Authenticator)  # noqa: S101
    strong = Authenticator.objects.filter(user=authenticator.user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return not strong.exclude(pk=authenticator.pk).exists()


def has_second_factor(user: AbstractBaseUser) -> bool:
    """Whether this person must show one to sign in; without one they may do nothing but set one up."""
    from allauth.mfa.utils import is_mfa_enabled  # models come after Django's set-up

    return bool(is_mfa_enabled(user))
