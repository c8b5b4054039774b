"""Find's addresses. An EMR's own ids stand behind the connection's random one, and may hold a slash."""

from django.urls import path

from visitsync.web.staff.find.looking_up import begin_to_look_up, looking_up
from visitsync.web.staff.find.views import find

urlpatterns = [
    path("find", find, name="find"),
    path("find/look-up", begin_to_look_up, name="find-begin"),
    path("find/look-up/<uuid:connection>/<path:appointment>", looking_up, name="find-look-up"),
]
