"""Tries what was entered for a connection that is being set up, and keeps how that went for the page to show."""

from collections.abc import Mapping

import msgspec
from django.contrib import messages
from django.http import HttpRequest

from visitsync.connector_kit.errors import ConnectorError, NeedsPermission
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin import set_up as setting_up
from visitsync.sync.admin.connecting import Connected
from visitsync.sync.admin.set_up import SetUp, Step
from visitsync.sync.admin.trying_out import Trial, try_out
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import manifest_of
from visitsync.web.staff.connections.trouble_words import in_words
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


def try_credentials(
    request: HttpRequest, viewer: Viewer, connection: StoredConnection, credentials: Mapping[str, str]
) -> Trial:
    """Asks the EMR, for some seconds. Whatever comes of it is kept, and the credentials: nothing is typed twice."""
    identity = connection.connection_id
    try:
        trial = try_out(parts().engine, viewer.practice_id, identity, credentials)
    except ConnectorError as error:
        words = in_words(error, manifest_of(connection).name)
        trial = Trial(at=viewer.now, is_working=False, is_let_in=isinstance(error, NeedsPermission), problems=(words,))
    with parts().database.practice(viewer.practice_id) as transaction:
        so_far = setting_up.find(transaction, connection) or SetUp()
        done = so_far.done | {Step.ACCESS} if trial.is_working else so_far.done - {Step.ACCESS}
        setting_up.save(transaction, identity, msgspec.structs.replace(so_far, trial=trial, done=done), now=viewer.now)
        note(transaction, request, viewer, "try-connection", object_kind="connection", object_id=str(identity),
             details={"works": str(trial.is_working)})  # fmt: skip
    return trial


def tell_how_it_went(request: HttpRequest, viewer: Viewer, emr: str, done: Connected) -> None:
    """Says what signing in again came to, and keeps it in the trail; `emr` is its name."""
    with parts().database.practice(viewer.practice_id) as transaction:
        identity = str(done.connection_id)
        note(transaction, request, viewer, "sign-in-connection", object_kind="connection", object_id=identity,
             details={"works": str(done.check.is_working)})  # fmt: skip
    if done.check.is_working:
        messages.success(request, f"{emr} lets us in again. It is being read now.")
    else:
        messages.error(request, f"{emr} lets us in, but something is missing. Everything stays as it was.")
    for problem in done.check.problems:
        messages.warning(request, problem)
