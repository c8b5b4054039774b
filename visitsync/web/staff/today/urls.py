"""Today's addresses."""

from django.urls import path

from visitsync.web.staff.today.views import today

urlpatterns = [path("today", today, name="today")]
