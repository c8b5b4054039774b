"""The address of the trail."""

from django.urls import path

from visitsync.web.staff.audit_trail.views import trail

urlpatterns = [path("activity/trail", trail, name="activity-trail")]
