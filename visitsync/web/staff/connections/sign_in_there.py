"""Signing in on the EMR's own page: out with a secret state in the session, back with a code that is used at once."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from visitsync.connector_kit.manifest import Manifest
from visitsync.domain.role import Permission
from visitsync.storage.practices import StoredConnection
from visitsync.storage.vault import SealBroken, place
from visitsync.sync.admin.connecting import Wish, connect
from visitsync.sync.admin.sign_in import SignInAgain, begin_sign_in, finish_sign_in, has_sign_in_page
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import connection_of, manifest_of
from visitsync.web.staff.connections.trouble_words import TRIED, in_words
from visitsync.web.staff.connections.trying import tell_how_it_went, try_credentials
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer

IN_SESSION = "sign_in_at_emr"
GOOD_FOR = timedelta(minutes=15)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that waits for its browser to come back."""

    practice: str
    connection: UUID
    emr: str
    state: str
    address: str
    is_set_up: bool
    at: datetime
    sealed: str
    """The credentials that are to be completed by it."""

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    def __repr__(self) -> str:
        return "Begun()"


def signs_in_there(manifest: Manifest, credentials: Mapping[str, str]) -> bool:
    """Whether the EMR's own page is still to be gone to."""
    return has_sign_in_page(manifest.emr) and not credentials.get("refresh_token")


def begin(
    request: HttpRequest,
    viewer: Viewer,
    connection: StoredConnection,
    credentials: Mapping[str, str],
    *,
    is_set_up: bool,
) -> None:
    """Keeps in the session what the way back needs; one that was begun before is worth nothing any more."""
    out = begin_sign_in(_wish(connection, credentials))
    sealed = parts().vault.seal(
        msgspec.json.encode(dict(credentials)), _place(viewer.practice_id, connection.connection_id)
    )
    kept = Begun(
        practice=viewer.slug,
        connection=connection.connection_id,
        emr=connection.emr,
        state=out.state,
        address=out.address,
        is_set_up=is_set_up,
        at=viewer.now,
        sealed=base64.b64encode(sealed).decode(),
    )
    request.session[IN_SESSION] = msgspec.to_builtins(kept)


def begun(request: HttpRequest, connection_id: UUID | None = None) -> Begun | None:
    """What was begun in this session, for this connection if one is named; not if it was too long ago."""
    kept: Any = request.session.get(IN_SESSION)
    if kept is None:
        return None
    found = msgspec.convert(kept, Begun)
    is_other = connection_id is not None and found.connection != connection_id
    return None if is_other or parts().clock() - found.at > GOOD_FOR else found


@require_GET
def connected(request: HttpRequest, emr: str) -> HttpResponse:
    """Where the EMR's page sends the browser back to. What was begun is used up, whatever comes of it."""
    found = begun(request)
    request.session.pop(IN_SESSION, None)
    if found is None or found.emr != emr:
        messages.error(request, "This way back does not belong to a sign-in that was begun here. Begin again.")
        return redirect("/")
    return _came_back(request, practice=found.practice, found=found)


@page(Permission.MANAGE_CONNECTIONS)
def _came_back(request: HttpRequest, viewer: Viewer, found: object) -> HttpResponse:
    assert isinstance(found, Begun)  # noqa: S101  # from `connected` alone
    connection = connection_of(viewer, found.connection)
    manifest = manifest_of(connection)
    wish = _wish(connection, _opened(viewer, found))
    try:
        wish = finish_sign_in(parts().engine, viewer.practice_id, wish, found.state, request.get_full_path())
    except TRIED as error:
        messages.error(request, in_words(error, manifest.name) + " Nothing was changed.")
        return _form(viewer, found)
    if found.is_set_up:
        try_credentials(request, viewer, connection, wish.credentials)
        return _form(viewer, found)
    return _reconnected(request, viewer, found, manifest, wish)


def _reconnected(request: HttpRequest, viewer: Viewer, found: Begun, manifest: Manifest, wish: Wish) -> HttpResponse:
    try:
        done = connect(parts().engine, viewer.practice_id, wish, parts().engine.author(viewer.name))
    except TRIED as error:
        messages.error(request, in_words(error, manifest.name) + " Nothing was changed.")
        return _form(viewer, found)
    tell_how_it_went(request, viewer, manifest.name, done)
    return redirect("connections-one", practice=viewer.slug, connection=found.connection)


def _form(viewer: Viewer, found: Begun) -> HttpResponse:
    if found.is_set_up:
        return redirect("connections-step", practice=viewer.slug, connection=found.connection, step="access")
    return redirect("connections-sign-in", practice=viewer.slug, connection=found.connection)


def _wish(connection: StoredConnection, credentials: Mapping[str, str]) -> Wish:
    return Wish(
        emr=connection.emr,
        base_url=connection.base_url,
        settings=connection.settings,
        credentials=credentials,
        connection_id=connection.connection_id,
    )


def _opened(viewer: Viewer, found: Begun) -> dict[str, str]:
    try:
        plain = parts().vault.open(base64.b64decode(found.sealed), _place(viewer.practice_id, found.connection))
    except SealBroken as error:
        raise SignInAgain("What was kept of it cannot be read.") from error
    return msgspec.json.decode(plain, type=dict[str, str])


def _place(practice_id: UUID, connection_id: UUID) -> bytes:
    return place("session.sign_in_at_emr", practice_id, connection_id)
