"""Tells Django that these models exist."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "visitsync.web.accounts"
    label = "accounts"
