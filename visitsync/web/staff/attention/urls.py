"""The addresses of what needs attention."""

from django.urls import path

from visitsync.web.staff.attention.acting import accept, enable, household, take_back
from visitsync.web.staff.attention.dealing import begin, check_again, put_down
from visitsync.web.staff.attention.views import attention

urlpatterns = [
    path("attention", attention, name="attention"),
    path("attention/accept", accept, name="attention-accept"),
    path("attention/enable", enable, name="attention-enable"),
    path("attention/household", household, name="attention-household"),
    path("attention/undo", take_back, name="attention-undo"),
    path("attention/mine", begin, name="attention-begin"),
    path("attention/put-down", put_down, name="attention-put-down"),
    path("attention/check", check_again, name="attention-check"),
]
