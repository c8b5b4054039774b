"""The addresses of Users."""

from django.urls import path

from visitsync.web.staff.users.inviting import invite, invite_again
from visitsync.web.staff.users.linking import link, unlink
from visitsync.web.staff.users.person import change_role, end_emergency, forget_second_step, person, rename, switch
from visitsync.web.staff.users.views import address, users

urlpatterns = [
    path("users", users, name="users"),
    path("users/address", address, name="users-address"),
    path("users/invite", invite, name="users-invite"),
    path("users/<uuid:staff_id>", person, name="users-person"),
    path("users/<uuid:staff_id>/invite", invite_again, name="users-invite-again"),
    path("users/<uuid:staff_id>/name", rename, name="users-name"),
    path("users/<uuid:staff_id>/role", change_role, name="users-role"),
    path("users/<uuid:staff_id>/switch", switch, name="users-switch"),
    path("users/<uuid:staff_id>/second-step", forget_second_step, name="users-second-step"),
    path("users/<uuid:staff_id>/emergency/end", end_emergency, name="users-emergency-end"),
    path("users/<uuid:staff_id>/link", link, name="users-link"),
    path("users/<uuid:staff_id>/unlink", unlink, name="users-unlink"),
]
