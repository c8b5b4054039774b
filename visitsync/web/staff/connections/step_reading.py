"""Setting up: the first reading, how far it is, and what it found."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import CheckMark, explain
from visitsync.storage import appointments, catalog, connection_history, job_queue, practice_settings, sync_runs
from visitsync.storage.practices import ConnectionState
from visitsync.sync.admin.set_up import Step, finish, start_reading
from visitsync.sync.desk import screen_for
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import connection_in
from visitsync.web.staff.connections.stepping import Place, shown, went_on
from visitsync.web.staff.connections.trial_checks import Check
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

REFRESH_SECONDS = 2
STOP_ASKING = 286
"""To htmx: take this, and ask no more."""
COUNTED = (Outcome.READY, Outcome.WAITING, Outcome.NEEDS_FIX, Outcome.NEEDS_PROVIDER, Outcome.ON_HOLD)


def reading(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    """Before it: what was chosen. During it: how far it is. After it: what was found."""
    if request.method == "POST":
        return _finished(request, viewer, place) if "finish" in request.POST else _started(request, viewer, place)
    if place.connection.state is not ConnectionState.ACTIVE:
        return shown(request, viewer, place, {"is_started": False} | _chosen(viewer, place))
    context = {"is_started": True, "refresh_seconds": REFRESH_SECONDS} | _progress(viewer, place)
    if request.htmx:  # type: ignore[attr-defined]
        around = {"connection": place.connection, "manifest": place.manifest, "word": place.words}
        status = STOP_ASKING if context["is_read"] else 200
        return render(request, "connections/progress.html", context | around, status=status)
    return shown(request, viewer, place, context)


def _started(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    identity = place.connection.connection_id
    with parts().database.practice(viewer.practice_id) as transaction:
        there = connection_in(transaction, identity)
        start_reading(transaction, there, parts().engine.author(viewer.name))
        note(transaction, request, viewer, "start-connection", object_kind="connection", object_id=str(identity))
    return redirect("connections-step", practice=viewer.slug, connection=identity, step=Step.READING.value)


def _finished(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    if place.connection.state is not ConnectionState.ACTIVE:
        return redirect(request.path)  # nothing is read yet
    with parts().database.practice(viewer.practice_id) as transaction:
        went_on(transaction, viewer, place)
        finish(transaction, place.connection, now=viewer.now)
        note(transaction, request, viewer, "finish-connection", object_kind="connection",
             object_id=str(place.connection.connection_id))  # fmt: skip
    messages.success(request, f"{place.manifest.name} is connected. From now on it is read by itself.")
    return redirect("connections-one", practice=viewer.slug, connection=place.connection.connection_id)


def _chosen(viewer: Viewer, place: Place) -> dict[str, Any]:
    """What the steps before came to, as checks; nothing of it stands in the way of reading."""
    identity, words = place.connection.connection_id, place.words
    with parts().database.practice(viewer.practice_id) as transaction:
        approved = len({one.value for one in practice_settings.approvals(transaction, identity)})
        people = catalog.entries(transaction, identity, RecordKind.PRACTITIONER).values()
    enabled = sum(one.is_connected for one in people)
    return {
        "checks": [
            _check(
                approved,
                f"{_number(approved, 'mark')} of telemedicine chosen",
                f"No {words['type']} is chosen as telemedicine: appointments are read, and none becomes a visit yet.",
            ),
            _check(
                enabled,
                f"{_number(enabled, words['provider'])} enabled",
                f"No {words['provider']} is enabled: visits come, and are linked to nobody yet.",
            ),
        ]
    }


def _check(count: int, fine: str, otherwise: str) -> Check:
    return Check(mark=CheckMark.TICK, words=fine) if count else Check(mark=CheckMark.WAITING, words=otherwise)


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count != 1 else ''}"


def _progress(viewer: Viewer, place: Place) -> dict[str, Any]:
    identity, manifest = place.connection.connection_id, place.manifest
    with parts().database.practice(viewer.practice_id) as transaction:
        there = connection_in(transaction, identity)
        stock = connection_history.stock(transaction, identity)
        lists = sync_runs.latest(transaction, identity, "catalog", only_complete=True)
        whole = sync_runs.latest(transaction, identity, "sweep", only_complete=True)
        outcomes = appointments.outcome_counts(transaction, identity)
    with parts().database.shared() as shared:
        workers = job_queue.counts(shared)["workers"]
    trouble = explain(Finding(there.trouble), screen_for(manifest, viewer.zone, viewer.now)) if there.trouble else None
    return {
        "stock": stock,
        "has_lists": lists is not None,
        "is_read": whole is not None or (not manifest.is_listed and stock.appointments > 0),
        "outcomes": [(outcome, outcomes[outcome]) for outcome in COUNTED if outcomes.get(outcome)],
        "others": sum(count for outcome, count in outcomes.items() if outcome not in COUNTED),
        "trouble": trouble,
        "has_worker": workers > 0,
    }
