"""Setting up an EMR that pushes: what to enter on its side, who is let in, and the wait for the first message."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from visitsync.storage import peers
from visitsync.storage.peers import PeerRefused
from visitsync.sync.admin.senders import register_sender
from visitsync.sync.admin.set_up import Step, start_reading
from visitsync.sync.push_health import push_health
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import connection_in
from visitsync.web.staff.connections.stepping import Place, onward, shown, went_on
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

LONGEST_NAME = 100
LONGEST_CERTIFICATE = 20_000


def sender(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    """Who sends. Asked by htmx: what has come so far."""
    if request.method == "POST":
        if "remove" in request.POST:
            return _removed(request, viewer, place)
        return _onward(viewer, place) if "onward" in request.POST else _registered(request, viewer, place)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "connections/heard.html", _heard(viewer, place))
    return shown(request, viewer, place, _heard(viewer, place) | {"given": {}, "error": ""})


def _heard(viewer: Viewer, place: Place) -> dict[str, Any]:
    identity = place.connection.connection_id
    with parts().database.practice(viewer.practice_id) as transaction:
        found = peers.of_practice(transaction, identity)
        health = push_health(transaction, place.connection, None, viewer.now)
    return {
        "senders": found,
        "sent": sum(one.messages for one in health.peers),
        "refused": sum(one.refused for one in health.peers),
        "last_message_at": max((one.last_message_at for one in health.peers if one.last_message_at), default=None),
        "is_listening": health.is_anybody_listening,
        "listening": parts().listening,
        "now": viewer.now,
    }


def _registered(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    """Lets a sender in, and takes in what it sends from now on."""
    given = {
        "name": request.POST.get("name", "").strip()[:LONGEST_NAME],
        "network": request.POST.get("network", "").strip()[:LONGEST_NAME],
        "port": request.POST.get("port", "").strip(),
        "certificate": request.POST.get("certificate", "").strip()[:LONGEST_CERTIFICATE],
    }
    author = parts().engine.author(viewer.name)
    try:
        with parts().database.practice(viewer.practice_id) as transaction:
            there = connection_in(transaction, place.connection.connection_id)
            register_sender(
                transaction,
                there,
                author,
                network=given["network"] or None,
                port=_port(given["port"]),
                certificate=given["certificate"] or None,
                name=given["name"],
            )
            if not place.set_up.is_finished:
                start_reading(transaction, there, author)
            note(transaction, request, viewer, "add-sender", object_kind="connection",
                 object_id=str(there.connection_id))  # fmt: skip
    except PeerRefused as refusal:
        context = _heard(viewer, place) | {"given": given, "error": _for_a_page(str(refusal))}
        return shown(request, viewer, place, context, status=422)
    messages.success(request, "The sender may come in. Ask for a first message now; it shows here within seconds.")
    return _here(viewer, place)


def _removed(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    identity = place.connection.connection_id
    with parts().database.practice(viewer.practice_id) as transaction:
        ours = {str(one.peer_id) for one in peers.of_practice(transaction, identity)}
        wanted = request.POST.get("remove", "")
        if wanted in ours:
            peers.remove(transaction, parts().engine.author(viewer.name), UUID(wanted))
            note(transaction, request, viewer, "remove-sender", object_kind="connection", object_id=str(identity))
    return _here(viewer, place)


def _onward(viewer: Viewer, place: Place) -> HttpResponse:
    if place.set_up.is_finished:
        return redirect("connections-one", practice=viewer.slug, connection=place.connection.connection_id)
    with parts().database.practice(viewer.practice_id) as transaction:
        went_on(transaction, viewer, place)
    return onward(viewer, place)


def _here(viewer: Viewer, place: Place) -> HttpResponse:
    identity = place.connection.connection_id
    return redirect("connections-step", practice=viewer.slug, connection=identity, step=Step.SENDER.value)


def _port(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 65536 else None


def _for_a_page(text: str) -> str:
    """The same without the options of the command line."""
    return text.replace(" (--port)", "").replace(" (--certificate)", "")
