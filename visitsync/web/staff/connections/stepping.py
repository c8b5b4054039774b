"""What every step of setting up has in common: where it stands on the path, and going on from there."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from visitsync.connector_kit.manifest import Manifest
from visitsync.domain.explanation import DEFAULT_WORDS
from visitsync.storage.database import Transaction
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin import set_up as setting_up
from visitsync.sync.admin.set_up import SetUp, Step
from visitsync.web.staff.connections.finding import manifest_of
from visitsync.web.staff.connections.path import TITLES, after, path_of
from visitsync.web.staff.viewer import Viewer


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One step of setting up one connection."""

    connection: StoredConnection
    set_up: SetUp
    step: Step

    @property
    def manifest(self) -> Manifest:
        return manifest_of(self.connection)

    @property
    def words(self) -> dict[str, str]:
        """Our word → what its screens say."""
        return {**DEFAULT_WORDS, **self.manifest.words}


def shown(
    request: HttpRequest, viewer: Viewer, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page of a step, with the path beside it."""
    manifest = place.manifest
    around = {
        "connection": place.connection,
        "manifest": manifest,
        "word": place.words,
        "set_up": place.set_up,
        "title": TITLES[place.step],
        "path": path_of(viewer, place.connection, manifest, place.set_up, place.step),
        "onward": after(viewer, place.connection, manifest, place.step),
        "may_remove": place.set_up.trial is None,
    }
    return render(request, f"connections/step_{place.step.value}.html", around | context, status=status)


def went_on(transaction: Transaction, viewer: Viewer, place: Place) -> None:
    """Notes that this step is done, in the transaction of what it did."""
    setting_up.step_done(transaction, place.connection, place.step, now=viewer.now)


def onward(viewer: Viewer, place: Place) -> HttpResponse:
    """To the step that follows."""
    return redirect(after(viewer, place.connection, place.manifest, place.step))
