"""Bytes first: every answer is committed before anything is made of it, then taken in together with its bookmark."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import FetchedPage
from visitsync.storage import bookmarks, intake, notices, quarantine, sync_runs
from visitsync.storage.database import Transaction
from visitsync.sync.run import KeptPage, Run
from visitsync.sync.take_in import take_in
from visitsync.sync.visit_plan import UnsafePlan

TAKE_IN_BYTES = 1_000_000
TAKE_IN_SECONDS = 2.0
"""Answers are taken in together until they are this large, or this long apart: fewer transactions, the same safety."""


def keep(run: Run, page: FetchedPage, stream: str | None) -> None:
    """Commits an answer's bytes; what has come together is taken in when there is enough of it.

    Raises LostTheConnection: what a worker fetched before it lost its claim may be older than what is stored by now.
    """
    link, reading = run.link, run.reading
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        intake_id = intake.receive(
            transaction,
            link.vault,
            link.connection_id,
            page,
            source=stream or "",
            run_id=reading.id if reading else None,
            now=link.now(),
        )
        if page.notices:
            notices.noticed(
                transaction, link.connection_id, reading.kind if reading else "", page.notices, now=link.now()
            )
    if intake_id is None or reading is None:
        return
    reading.notices.update(page.notices)
    reading.kept_since = reading.kept_since if reading.kept else time.monotonic()
    reading.kept.append(KeptPage(intake_id=intake_id, page=page, stream=stream))
    reading.kept_bytes += len(page.body)
    if reading.kept_bytes >= TAKE_IN_BYTES or time.monotonic() - reading.kept_since >= TAKE_IN_SECONDS:
        take_in_kept(run)


def flush(run: Run) -> None:
    """Takes in whatever the present reading has kept."""
    if run.reading is not None and run.reading.kept:
        take_in_kept(run)


def take_in_kept(run: Run, *, and_then: Callable[[Transaction], None] | None = None) -> None:
    """Takes in the answers kept by the present reading, and does something more in the same transaction.

    Raises AnswerUnreadable, UnsafePlan — after the answers before the one in question were taken in by themselves.
    """
    reading = run.reading
    if reading is None:
        return
    kept, reading.kept, reading.kept_bytes = reading.kept, [], 0
    try:
        _take_in(run, kept, and_then)
    except (AnswerUnreadable, UnsafePlan):
        for one in kept:
            _take_in_alone(run, one)
        raise


def take_in_leftovers(run: Run) -> None:
    """Answers whose bytes were kept before a process died: taken from storage, not asked for again.

    Their bookmarks stay where they are: what was read after them may be missing, so all of it is read again.
    """
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        left = list(intake.waiting(transaction, link.vault, link.connection_id))
    for one in left:
        try:
            _take_in_alone(run, KeptPage(intake_id=one.intake_id, page=one.page))
        except (AnswerUnreadable, UnsafePlan):
            continue  # set aside for a person; the same question is asked again in this very turn


def _take_in_alone(run: Run, kept: KeptPage) -> None:
    try:
        _take_in(run, [kept], None)
    except (AnswerUnreadable, UnsafePlan) as refusal:
        _set_aside(run, kept, refusal.code)
        raise


def _take_in(run: Run, kept: Sequence[KeptPage], and_then: Callable[[Transaction], None] | None) -> None:
    link = run.link
    with uncounted_where_refused(run), link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        if kept:
            take_in(run, run.bench(transaction), kept)
            intake.took_in(transaction, [one.intake_id for one in kept], now=link.now())
        for stream, position in {one.stream: one.page.bookmark for one in kept if one.page.bookmark}.items():
            if stream:
                bookmarks.save(transaction, link.connection_id, stream, position or "", now=link.now())
        if run.is_sweeping and run.reading is not None and and_then is None:  # else it is noted with the end
            sync_runs.count(transaction, run.reading.id, run.tally.less(run.reading.counted))
        if and_then is not None:
            and_then(transaction)
    if run.is_sweeping and run.reading is not None:
        run.reading.counted = copy(run.tally)


def _set_aside(run: Run, kept: KeptPage, reason: str) -> None:
    """An answer of which nothing may be taken in is kept for a person; the bookmark stays, so it is asked for again.

    Of the same question only the last refused answer is kept: they would pile up until somebody comes.
    """
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        quarantine.put(
            transaction,
            link.vault,
            link.connection_id,
            kind="answer",
            record_key=kept.stream or kept.page.kind,
            reason=reason,
            raw=kept.page.body,
            intake_id=kept.intake_id,
            now=link.now(),
        )
        intake.took_in(transaction, [kept.intake_id], now=link.now())


@contextmanager
def uncounted_where_refused(run: Run) -> Iterator[None]:
    """What was counted in a transaction that did not come about was not."""
    counted, cancelled = _counted(run), run.safety.cancelled
    try:
        yield
    except (AnswerUnreadable, UnsafePlan):
        _uncount(run, counted)
        run.safety.cancelled = cancelled
        raise


def _counted(run: Run) -> tuple[int, ...]:
    tally = run.tally
    return (tally.pages, tally.records, tally.changed, tally.unreadable, tally.repaired)


def _uncount(run: Run, counted: tuple[int, ...]) -> None:
    tally = run.tally
    tally.pages, tally.records, tally.changed, tally.unreadable, tally.repaired = counted
