"""Addresses of requests for help."""

from django.urls import path

from visitsync.web.staff.help_requests.asking import new
from visitsync.web.staff.help_requests.views import requests, say_state

urlpatterns = [
    path("help-requests", requests, name="help-requests"),
    path("help-requests/new/<uuid:connection>/<path:appointment>", new, name="help-requests-new"),
    path("help-requests/<uuid:request_id>", say_state, name="help-requests-state"),
]
