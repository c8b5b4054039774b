"""The addresses of Connections."""

from django.urls import path

from visitsync.web.staff.connections.acting import pause, read_at_once, resume
from visitsync.web.staff.connections.beginning import give_up, new
from visitsync.web.staff.connections.bundle import bundle
from visitsync.web.staff.connections.set_up_views import set_up, set_up_step
from visitsync.web.staff.connections.sign_in import leave, sign_in
from visitsync.web.staff.connections.views import one, overview

urlpatterns = [
    path("connections", overview, name="connections"),
    path("connections/new", new, name="connections-new"),
    path("connections/<uuid:connection>", one, name="connections-one"),
    path("connections/<uuid:connection>/pause", pause, name="connections-pause"),
    path("connections/<uuid:connection>/resume", resume, name="connections-resume"),
    path("connections/<uuid:connection>/read", read_at_once, name="connections-read"),
    path("connections/<uuid:connection>/sign-in", sign_in, name="connections-sign-in"),
    path("connections/<uuid:connection>/leave", leave, name="connections-leave"),
    path("connections/<uuid:connection>/diagnostics", bundle, name="connections-diagnostics"),
    path("connections/<uuid:connection>/set-up", set_up, name="connections-set-up"),
    path("connections/<uuid:connection>/set-up/remove", give_up, name="connections-give-up"),
    path("connections/<uuid:connection>/set-up/<slug:step>", set_up_step, name="connections-step"),
]
