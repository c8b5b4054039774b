"""Signing in and out, passwords and second factors: allauth's pages, of which only those that we want are there."""

from allauth.account.urls import urlpatterns as account_pages
from django.urls import include, path

WANTED = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)

urlpatterns = [
    *(one for one in account_pages if one.name in WANTED),
    path("2fa/", include("allauth.mfa.urls")),
]
