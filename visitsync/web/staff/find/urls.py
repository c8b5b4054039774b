"""Find's addresses."""

from django.urls import path

from visitsync.web.staff.find.views import find

urlpatterns = [path("find", find, name="find")]
