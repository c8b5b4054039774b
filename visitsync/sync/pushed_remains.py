"""What stays behind of messages, and for how long: pushed charts come only once, and so are kept, but not for ever."""

from datetime import timedelta

from visitsync.storage import bookmarks, intake, patients, quarantine
from visitsync.sync.messages import SET_ASIDE
from visitsync.sync.run import Run

PATIENTS_FOR = timedelta(days=90)
"""So long after the last message about a patient without any appointment to come; see decision 0012."""
EVIDENCE_FOR = timedelta(days=30)
"""Sizes and digests of messages, by which one that comes again is recognised."""
REFUSED_FOR = timedelta(days=30)
"""Messages that were refused, with their bytes."""
FORGOTTEN = "pushed remains forgotten"
"""The bookmark that says when this was done last."""


def forget_what_was_pushed(run: Run) -> None:
    """Once a day."""
    link, now = run.link, run.link.now()
    today = now.date().isoformat()
    if run.start.bookmarks.get(FORGOTTEN) == today:
        return
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        patients.forget_unneeded(transaction, link.connection_id, read_before=now - PATIENTS_FOR)
        intake.forget_messages(transaction, link.connection_id, before=now - EVIDENCE_FOR)
        quarantine.forget_before(transaction, link.connection_id, SET_ASIDE, now - REFUSED_FOR)
        bookmarks.save(transaction, link.connection_id, FORGOTTEN, today, now=now)
