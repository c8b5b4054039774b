"""Signing in and out, invitations, passwords and second factors: of allauth's pages only those that we want."""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from visitsync.web.accounts.invitation_page import invitation
from visitsync.web.accounts.pages_of_allauth import entrance, keeping_the_last, signing_out, with_second_factor

urlpatterns = [
    path("invitation/<str:token>/", invitation, name="account_invitation"),
    path("login/", entrance(account.login), name="account_login"),
    path("logout/", signing_out(account.logout), name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", with_second_factor(account.password_change), name="account_change_password"),
    path("password/reset/", entrance(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(  # the key has a dash of its own
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", with_second_factor(second_step.index), name="mfa_index"),
    path("2fa/authenticate/", second_step.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", app.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", with_second_factor(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", with_second_factor(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        with_second_factor(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        with_second_factor(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/", with_second_factor(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", with_second_factor(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        with_second_factor(keeping_the_last(passkeys.remove_webauthn)),
        name="mfa_remove_webauthn",
    ),
]
