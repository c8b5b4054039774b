"""How a run ended: told to its caller, and noted on the connection for whoever asks how it is."""

from datetime import datetime

import msgspec

from visitsync.connector_kit.errors import ConnectorError, NeedsReconnect, TryAgainLater
from visitsync.storage import practices, quarantine
from visitsync.storage.practices import ConnectionState
from visitsync.sync.run import Run
from visitsync.sync.visit_plan import UnsafePlan


class SyncReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did; no patient data."""

    decisions_changed: int
    trouble: str | None = None
    """Reason code of what stopped it; None: it came to its end."""
    detail: str = ""
    """For engineers: what was wrong, without patient data."""
    try_again_at: datetime | None = None


def healthy(run: Run, *, worry: str | None = None) -> SyncReport:
    """Notes that all is well with the connection; answers refused before have been replaced by better ones.

    `worry` is the code of what a person should look at although everything works.
    """
    refused = [key.removeprefix("answer/") for key in run.quarantined if key.startswith("answer/")]
    if refused:
        link = run.link
        with link.database.practice(link.practice_id) as transaction:
            run.hold(transaction)
            quarantine.resolve(transaction, link.connection_id, "answer", refused, now=link.now())
    return msgspec.structs.replace(_note(run, trouble=worry), trouble=None)


def troubled(run: Run, trouble: ConnectorError | UnsafePlan) -> SyncReport:
    """Notes what stopped the run; credentials that no longer work stop the connection until somebody signs in."""
    until = trouble.until if isinstance(trouble, TryAgainLater) else None
    needs_reconnect = isinstance(trouble, NeedsReconnect)
    noted = _note(run, trouble=trouble.code, needs_reconnect=needs_reconnect)
    return msgspec.structs.replace(noted, detail=str(trouble), try_again_at=until)


def report(run: Run) -> SyncReport:
    """What a run did, without a word about the connection's health."""
    return SyncReport(decisions_changed=run.decisions_changed)


def _note(run: Run, *, trouble: str | None, needs_reconnect: bool = False) -> SyncReport:
    state = ConnectionState.NEEDS_RECONNECT if needs_reconnect else ConnectionState.ACTIVE
    link, stood = run.link, run.start
    if (stood.state, stood.trouble) != (state, trouble):
        with link.database.practice(link.practice_id) as transaction:
            run.hold(transaction)
            # Somebody may have paused it meanwhile: that stays.
            if practices.find_connection(transaction, link.connection_id).state is not ConnectionState.PAUSED:
                practices.change_state(transaction, link.connection_id, state, trouble=trouble)
    return SyncReport(decisions_changed=run.decisions_changed, trouble=trouble)
