"""The addresses of My day."""

from django.urls import path

from visitsync.web.staff.my_day.views import my_day, visit

urlpatterns = [
    path("my-day", my_day, name="my-day"),
    path("my-day/<uuid:connection>/<path:appointment>", visit, name="my-day-visit"),
]
