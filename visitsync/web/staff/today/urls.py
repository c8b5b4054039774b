"""Today's addresses."""

from django.urls import path

from visitsync.web.staff.today.views import printed, today

urlpatterns = [
    path("today", today, name="today"),
    path("today/print", printed, name="today-print"),
]
