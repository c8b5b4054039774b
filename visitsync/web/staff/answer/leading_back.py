"""Leads back to an answer after something was done there."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from visitsync.web.staff.viewer import Viewer


def back_to(viewer: Viewer, connection: UUID, appointment: str, fragment: str = "") -> HttpResponse:
    """To the page of that appointment; `fragment` names the place on it."""
    named = {"practice": viewer.slug, "connection": connection, "appointment": appointment}
    return redirect(reverse("answer", kwargs=named) + (f"#{fragment}" if fragment else ""))
