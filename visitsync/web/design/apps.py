"""Tells Django where templates and the style sheet are."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "visitsync.web.design"
    label = "design"
