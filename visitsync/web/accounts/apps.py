"""Tells Django that these models exist."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "visitsync.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        from visitsync.web.accounts.sign_in_trail import listen  # models come after Django's set-up

        listen()
