"""The site map."""

from django.urls import path

from visitsync.web.errors import bad_request, forbidden, not_found, server_error
from visitsync.web.hooks import hook
from visitsync.web.state import health, ready

urlpatterns = [
    path("health", health),
    path("ready", ready),
    path("hooks/<slug:emr>/<str:token>", hook),
]

handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error
