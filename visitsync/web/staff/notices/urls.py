"""The addresses of Notices."""

from django.urls import path

from visitsync.web.staff.notices.views import as_usual, choose, notices

urlpatterns = [
    path("notices", notices, name="notices"),
    path("notices/choose", choose, name="notices-choose"),
    path("notices/usual", as_usual, name="notices-usual"),
]
