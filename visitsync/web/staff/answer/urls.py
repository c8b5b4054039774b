"""The answer's addresses. An EMR's own ids stand behind the connection's random one, and may hold a slash."""

from django.urls import path

from visitsync.web.staff.answer.checking import check, check_progress
from visitsync.web.staff.answer.remedies_made import accept_a_spelling, link_a_household, say_test_visit
from visitsync.web.staff.answer.views import answer
from visitsync.web.staff.answer.voting import vote

_ONE = "<uuid:connection>/<path:appointment>"

urlpatterns = [
    path(f"appointments/check/{_ONE}", check, name="answer-check"),
    path(f"appointments/checking/{_ONE}", check_progress, name="answer-checking"),
    path(f"appointments/test-visit/{_ONE}", say_test_visit, name="answer-test-visit"),
    path(f"appointments/household/{_ONE}", link_a_household, name="answer-household"),
    path(f"appointments/spelling/{_ONE}", accept_a_spelling, name="answer-spelling"),
    path(f"appointments/vote/{_ONE}", vote, name="answer-vote"),
    path(f"appointments/{_ONE}", answer, name="answer"),
]
