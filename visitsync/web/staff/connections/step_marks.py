"""Setting up: which of the EMR's types, reasons or places mark an appointment as telemedicine."""

from collections.abc import Iterable

import msgspec
from django.http import HttpRequest, HttpResponse

from visitsync.connector_kit.manifest import Manifest
from visitsync.connector_kit.video_words import video_words
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, practice_settings
from visitsync.storage.database import Transaction
from visitsync.sync.admin.carrying_out import carry_out
from visitsync.sync.admin.marks import LISTED_AS, approve_mark, withdraw_mark
from visitsync.sync.admin.trying_out import SeenMark
from visitsync.web.parts import parts
from visitsync.web.staff.connections.stepping import Place, onward, shown, went_on
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

LONGEST_VALUE = 300


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One value that may mark telemedicine."""

    value: str
    """What is approved: a name, or the EMR's id."""
    name: str
    id: str
    """"" where names are approved."""
    booked: int
    """Of the coming appointments that were looked through."""
    speaks_of_video: str
    """Why it is suggested; "" where it is not."""
    is_approved: bool


def marks(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    """A list to tick, the likely ones first."""
    kind = _kind(request, place.manifest)
    with parts().database.practice(viewer.practice_id) as transaction:
        rows = _rows(transaction, place, kind)
    if request.method == "POST":
        return _chosen(request, viewer, place, kind, rows)
    word = place.words[kind]
    context = {
        "rows": rows,
        "kind": kind,
        "kind_word": word,
        "kinds": [(one, place.words[one], one is kind) for one in place.manifest.marks],
        "looked_at": place.set_up.trial.looked_at if place.set_up.trial else 0,
        "suggested": sum(bool(one.speaks_of_video) for one in rows),
    }
    return shown(request, viewer, place, context)


def _chosen(request: HttpRequest, viewer: Viewer, place: Place, kind: MarkKind, rows: list[Row]) -> HttpResponse:
    """Approves what was ticked, and what was written by hand; withdraws what is ticked no more."""
    ticked = set(request.POST.getlist("value"))
    other = request.POST.get("other", "").strip()[:LONGEST_VALUE]
    connection, author = place.connection, parts().engine.author(viewer.name)
    for row in rows:
        if row.value in ticked and not row.is_approved:
            value, by_id = row.value, _by_id(place.manifest, kind)
            carry_out(
                parts().engine,
                viewer.practice_id,
                lambda transaction, value=value, by_id=by_id: approve_mark(  # type: ignore[misc]
                    transaction, connection, author, kind, value, by_id=by_id, unlisted=True
                ),
            )
        if row.value not in ticked and row.is_approved:
            carry_out(
                parts().engine,
                viewer.practice_id,
                lambda transaction, value=row.value: withdraw_mark(  # type: ignore[misc]
                    transaction, connection, author, kind, value
                ),
            )
    if other:
        carry_out(
            parts().engine,
            viewer.practice_id,
            lambda transaction: approve_mark(transaction, connection, author, kind, other, by_id=False, unlisted=True),
        )
    with parts().database.practice(viewer.practice_id) as transaction:
        went_on(transaction, viewer, place)
        note(transaction, request, viewer, "choose-marks", object_kind="connection",
             object_id=str(connection.connection_id))  # fmt: skip
    return onward(viewer, place)


def _rows(transaction: Transaction, place: Place, kind: MarkKind) -> list[Row]:
    identity = place.connection.connection_id
    approved = {one.value for one in practice_settings.approvals(transaction, identity) if one.kind is kind}
    listed = catalog.entries(transaction, identity, LISTED_AS[kind]).values() if kind in LISTED_AS else ()
    seen = [one for one in (place.set_up.trial.marks if place.set_up.trial else ()) if one.kind is kind]
    by_id = _by_id(place.manifest, kind)
    found = {row.value: row for row in _of_list(listed, seen, approved, by_id=by_id)}
    for row in _of_schedule(seen, approved, by_id=by_id):
        if not listed:
            found.setdefault(row.value, row)
    for value in approved - found.keys():
        found[value] = Row(value=value, name=value, id="", booked=0, speaks_of_video="", is_approved=True)
    return sorted(found.values(), key=lambda row: (not row.speaks_of_video, -row.booked, row.name.casefold()))


def _of_list(listed: Iterable[CatalogEntry], seen: list[SeenMark], approved: set[str], *, by_id: bool) -> Iterable[Row]:
    """One row per name where names are approved: in some EMRs one name has many ids."""
    for entry in listed:
        if entry.is_active:
            names = {entry.id, entry.name, *entry.synonyms} if by_id else {entry.name, *entry.synonyms}
            yield _row(entry.id if by_id else entry.name, entry.name, names, seen, approved)


def _of_schedule(seen: list[SeenMark], approved: set[str], *, by_id: bool) -> Iterable[Row]:
    for one in seen:
        value = (one.id if by_id else None) or one.text or one.id
        if value:
            yield _row(value, one.text or value, {value}, seen, approved)


def _row(value: str, name: str, names: set[str], seen: list[SeenMark], approved: set[str]) -> Row:
    ours = [one for one in seen if one.id in names or one.text in names]
    booked, with_words = sum(one.count for one in ours), sum(one.with_video_words for one in ours)
    words = video_words(name)
    why = f"its name says “{words[0]}”" if words else ""
    if not why and booked and with_words * 2 >= booked:
        why = "most of these speak of video in their note"
    return Row(
        value=value,
        name=name,
        id=value if value != name else "",
        booked=booked,
        speaks_of_video=why,
        is_approved=value in approved,
    )


def _kind(request: HttpRequest, manifest: Manifest) -> MarkKind:
    asked = request.POST.get("kind") or request.GET.get("kind")
    return next((one for one in manifest.marks if one == asked), manifest.marks[0])


def _by_id(manifest: Manifest, kind: MarkKind) -> bool:
    return manifest.is_matched_by_id and kind is manifest.marks[0]
