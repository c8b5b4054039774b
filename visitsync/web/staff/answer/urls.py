"""The answer's addresses. An EMR's own ids stand behind the connection's random one, and may hold a slash."""

from django.urls import path

from visitsync.web.staff.answer.views import answer

urlpatterns = [path("appointments/<uuid:connection>/<path:appointment>", answer, name="answer")]
