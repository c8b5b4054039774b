"""The addresses of Activity."""

from django.urls import path

from visitsync.web.staff.activity.exports import export_list, export_table
from visitsync.web.staff.activity.views import activity

urlpatterns = [
    path("activity", activity, name="activity"),
    path("activity/visits.csv", export_list, name="activity-list"),
    path("activity/<slug:table>.csv", export_table, name="activity-table"),
]
