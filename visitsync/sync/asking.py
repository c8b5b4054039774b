"""Asks for single appointments: by their ids or, where an EMR cannot be asked so, by reading the days they are on."""

from collections.abc import Iterator, Sequence
from datetime import date

from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage
from visitsync.storage import appointments
from visitsync.sync.cadence import sweep_window
from visitsync.sync.run import Run


def pages_of(run: Run, ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
    """Answers in which these appointments are, if the EMR has them."""
    connector = run.link.connector
    if run.link.manifest.reads_single:
        for identity in ids:
            yield from connector.read_appointment(identity, urgency=urgency)
        return
    for first, last in _days(run, ids):
        yield from connector.read_window(first, last, None)


def _days(run: Run, ids: Sequence[str]) -> list[tuple[date, date]]:
    """The known days of these, each by itself; for one that was never seen all near days, where it most likely is."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        stored = appointments.find(transaction, link.vault, link.connection_id, ids)
    days = {one.appointment.start.wall.date() for one in stored}
    if len(stored) == len(set(ids)):
        return [(day, day) for day in sorted(days)]
    near = sweep_window(run.practice.zone, link.now(), months=run.practice.connection.sync_months, is_full=False)
    apart = sorted(day for day in days if not near.first <= day <= near.last)
    return [(near.first, near.last), *((day, day) for day in apart)]
