"""The site map."""

from django.urls import include, path

from visitsync.web.accounts.csp_report import csp_report
from visitsync.web.errors import bad_request, forbidden, not_found, server_error
from visitsync.web.front import front
from visitsync.web.hooks import hook
from visitsync.web.staff.connections.sign_in_there import connected
from visitsync.web.staff.notices.stopping import stop_mail
from visitsync.web.state import health, ready

urlpatterns = [
    path("", front, name="front"),
    path("health", health),
    path("ready", ready),
    path("csp-report", csp_report),
    path("hooks/<slug:emr>/<str:token>", hook),
    path("connected/<slug:emr>", connected, name="connected"),
    path("stop-mail/<str:token>", stop_mail, name="stop-mail"),
    path("account/", include("visitsync.web.accounts.urls")),
    path("", include("visitsync.web.staff.urls")),
]

handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error
