"""The addresses of Help."""

from django.urls import path

from visitsync.web.staff.help.views import help_page, help_printed, help_reason

urlpatterns = [
    path("help", help_page, name="help"),
    path("help/print", help_printed, name="help-print"),
    path("help/reasons/<slug:code>", help_reason, name="help-reason"),
]
