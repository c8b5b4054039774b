"""The queue's way into the engine: which jobs there are, what each does, and what it puts in next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import structlog

from visitsync.rules.decide import RULES_VERSION
from visitsync.storage import bookmarks, intake, job_queue, practices
from visitsync.storage.database import Database, Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.job_queue import Job
from visitsync.storage.practices import ConnectionState, LostTheConnection
from visitsync.sync.cadence import next_read_at
from visitsync.sync.hints import take_hints as take_the_hints
from visitsync.sync.link import Link, Progress
from visitsync.sync.messages import take_in_pushed
from visitsync.sync.pipeline import check_again as check_one_again
from visitsync.sync.pipeline import sync
from visitsync.sync.recheck import recheck_everything
from visitsync.sync.report import SyncReport
from visitsync.sync.telling_checks import telling
from visitsync.sync.turns import in_turn
from visitsync.sync.visit_plan import UnsafePlan

if TYPE_CHECKING:
    from psycopg import Connection

ROUTINE, URGENT = "routine", "urgent"
"""Two queues, so that whoever waits for an answer never waits for the end of a long sync."""

AFTER_ANOTHER = timedelta(seconds=20)
"""A turn that lost its claim tries again this much later: whoever took over may have been a command, and no worker."""
CHECK_AGAIN_PRIORITY = 100
HINTS_PRIORITY = 50
MESSAGES_PRIORITY = 50
FIRST_SYNC_PRIORITY = 10

JUDGED_BY = "judged by rules"
"""The bookmark that says by which rules everything of a connection was judged last."""
HELD_BACK = f"{RULES_VERSION}, held back"

log = structlog.get_logger()


class Stopping(Exception):
    """The worker was asked to end while a long run was under way; what was kept stays, the rest is taken up again."""


class Workshop(msgspec.Struct, frozen=True, kw_only=True):
    """What jobs need from the process that carries them out."""

    database: Database
    open_link: Callable[[UUID, UUID, Callable[[Progress], None]], Link]
    """Raises NoSuchConnection, NeedsReconnect."""
    is_stopping: Callable[[], bool]
    poll_every: timedelta | None = None
    """Only for demonstrations: instead of the EMR's own rhythm."""

    def link(self, practice_id: UUID, connection_id: UUID) -> Link:
        """A link that notices between two pages that the worker was asked to end."""
        return self.open_link(practice_id, connection_id, self._notice_stop)

    def _notice_stop(self, progress: Progress) -> None:
        if self.is_stopping():
            raise Stopping


def sync_now(connection: Connection, practice_id: UUID, connection_id: UUID) -> None:
    """Puts in a sync as soon as a worker is free; in the same transaction as whatever makes it necessary."""
    job_queue.put(connection, [_sync_job(practice_id, connection_id, priority=FIRST_SYNC_PRIORITY)])


def check_again_now(connection: Connection, practice_id: UUID, connection_id: UUID, appointment_id: str) -> None:
    """Puts in the reading of one appointment that somebody waits for; it overtakes everything else."""
    job = Job(
        queue=URGENT,
        task=check_again.__name__,
        key=f"check {connection_id} {appointment_id}",
        arguments=_ids(practice_id, connection_id) | {"appointment_id": appointment_id},
        priority=CHECK_AGAIN_PRIORITY,
    )
    job_queue.put(connection, [job])


def take_hints_now(connection: Connection, practice_id: UUID, connection_id: UUID) -> None:
    """Puts in the reading of what webhooks pointed at, in the same transaction as the hint."""
    job = Job(
        queue=URGENT,
        task=take_hints.__name__,
        key=f"hints {connection_id}",
        arguments=_ids(practice_id, connection_id),
        priority=HINTS_PRIORITY,
    )
    job_queue.put(connection, [job])


def take_messages_now(connection: Connection, practice_id: UUID, connection_id: UUID) -> None:
    """Puts in the taking in of pushed messages, in the same transaction in which they are kept."""
    job_queue.put(connection, [_messages_job(practice_id, connection_id)])


def sync_is_due_at(connection: Connection, connection_id: UUID) -> datetime | None:
    """When a connection is read next, as it stands in the queue (aware, by the database's clock)."""
    return job_queue.due_at(connection, _sync_key(connection_id))


def plan_what_was_lost(database: Database) -> int:
    """Puts in what ought to be there and is not; returns how much that was.

    A sync for every connection that is to be read, of which no job waits or runs; and, where the rules are others than
    those that a connection was judged by, judging it again.
    """
    jobs = [job for tenant in practices.tenants(database) for job in _due(database, tenant.practice_id)]
    with database.shared() as connection:
        return job_queue.put_if_lost(connection, jobs)


# --- the tasks, by their names in the queue -----------------------------------------------------------------------


def sync_connection(workshop: Workshop, *, practice_id: str, connection_id: str, failures: int = 0) -> None:
    """One turn of one connection; then the next turn is put in."""
    if not _is_read(workshop.database, UUID(practice_id), UUID(connection_id)):
        log.info("not read: paused, or to be signed in again", practice=practice_id, connection=connection_id)
        return
    link = workshop.link(UUID(practice_id), UUID(connection_id))
    try:
        report = sync(link)
    except LostTheConnection:
        log.info("another worker took over", practice=practice_id, connection=connection_id)
        _put_next(workshop, link, failures, delay=AFTER_ANOTHER)
        return
    except Stopping:
        _put_next(workshop, link, failures, delay=timedelta())
        return
    except Exception:
        _put_next(workshop, link, failures + 1, delay=_backing_off(link, failures + 1))
        raise
    _tell(link, "synced", report)
    failures = failures + 1 if report.trouble else 0
    _put_next(workshop, link, failures, delay=_pause(workshop, link, report, failures))


def check_again(workshop: Workshop, *, practice_id: str, connection_id: str, appointment_id: str) -> None:
    """One appointment now; whoever asked for it can see how far that is, and what came of it."""
    with telling(workshop.database, UUID(practice_id), UUID(connection_id), appointment_id) as told:
        link = workshop.link(UUID(practice_id), UUID(connection_id))
        told.begins(link)
        report = in_turn(lambda: check_one_again(link, appointment_id))
        told.ends(report)
    _tell(link, "checked again", report)


def take_hints(workshop: Workshop, *, practice_id: str, connection_id: str) -> None:
    """What webhooks pointed at; while the connection is paused it stays noted."""
    if not _is_read(workshop.database, UUID(practice_id), UUID(connection_id)):
        return
    link = workshop.link(UUID(practice_id), UUID(connection_id))
    try:
        _tell(link, "hints taken", in_turn(lambda: take_the_hints(link)))
    except Stopping:
        with workshop.database.shared() as connection:
            take_hints_now(connection, link.practice_id, link.connection_id)


def take_messages(workshop: Workshop, *, practice_id: str, connection_id: str) -> None:
    """What was pushed; while the connection is paused it stays kept. It needs no sign-in to be understood."""
    with workshop.database.practice(UUID(practice_id)) as transaction:
        if practices.find_connection(transaction, UUID(connection_id)).state is ConnectionState.PAUSED:
            return
    link = workshop.link(UUID(practice_id), UUID(connection_id))
    try:
        _tell(link, "messages taken in", in_turn(lambda: take_in_pushed(link)))
    except Stopping:
        with workshop.database.shared() as connection:
            take_messages_now(connection, link.practice_id, link.connection_id)


def recheck(workshop: Workshop, *, practice_id: str, connection_id: str) -> None:
    """Everything of a connection is judged again: the rules changed with the program."""
    link = workshop.link(UUID(practice_id), UUID(connection_id))
    told = {"practice": practice_id, "connection": connection_id, "version": RULES_VERSION}
    judged_by = RULES_VERSION
    try:
        changed = in_turn(lambda: recheck_everything(link, Cause("rules changed", RULES_VERSION)))
        log.info("judged by new rules", **told, changed=changed)
    except UnsafePlan as refusal:
        # Nothing was changed; the turns to come judge what is read or due, and stop by themselves if need be.
        judged_by = HELD_BACK
        log.warning("new rules would cancel too many visits at once", **told, code=refusal.code)
    with workshop.database.practice(link.practice_id) as transaction:
        note_rules(transaction, link.connection_id, judged_by, now=link.now())


def note_rules(transaction: Transaction, connection_id: UUID, judged_by: str = RULES_VERSION, *, now: datetime) -> None:
    """Notes by which rules everything of a connection is judged; a new one has nothing that others have judged."""
    bookmarks.save(transaction, connection_id, JUDGED_BY, judged_by, now=now)


TASKS: Mapping[str, Callable[..., None]] = {
    task.__name__: task for task in (sync_connection, check_again, take_hints, take_messages, recheck)
}


def _is_read(database: Database, practice_id: UUID, connection_id: UUID) -> bool:
    with database.practice(practice_id) as transaction:
        return practices.find_connection(transaction, connection_id).state is ConnectionState.ACTIVE


def _pause(workshop: Workshop, link: Link, report: SyncReport, failures: int) -> timedelta:
    pause = workshop.poll_every or _backing_off(link, failures)
    return pause if report.try_again_at is None else max(pause, report.try_again_at - link.now())


def _backing_off(link: Link, failures: int) -> timedelta:
    now = link.now()
    return next_read_at(link.manifest, now, failures=failures, spread=random()) - now


def _put_next(workshop: Workshop, link: Link, failures: int, *, delay: timedelta) -> None:
    job = _sync_job(
        link.practice_id, link.connection_id, delay_seconds=max(delay.total_seconds(), 0.0), failures=failures
    )
    with workshop.database.shared() as connection:
        job_queue.put(connection, [job])


def _sync_job(practice_id: UUID, connection_id: UUID, *, failures: int = 0, **when: Any) -> Job:
    return Job(
        queue=ROUTINE,
        task=sync_connection.__name__,
        key=_sync_key(connection_id),
        arguments=_ids(practice_id, connection_id) | {"failures": failures},
        **when,
    )


def _sync_key(connection_id: UUID) -> str:
    return f"sync {connection_id}"


def _ids(practice_id: UUID, connection_id: UUID) -> dict[str, Any]:
    return {"practice_id": str(practice_id), "connection_id": str(connection_id)}


def _due(database: Database, practice_id: UUID) -> list[Job]:
    jobs: list[Job] = []
    with database.practice(practice_id) as transaction:
        for one in practices.connections(transaction):
            if not one.has_credentials:
                continue
            if one.state is ConnectionState.ACTIVE:
                jobs.append(_sync_job(practice_id, one.connection_id, delay_seconds=random() * 20))
            if one.state is ConnectionState.NEEDS_RECONNECT and intake.is_any_message(transaction, one.connection_id):
                jobs.append(_messages_job(practice_id, one.connection_id))
            if bookmarks.find(transaction, one.connection_id, JUDGED_BY) not in (RULES_VERSION, HELD_BACK):
                jobs.append(_recheck_job(practice_id, one.connection_id))
    return jobs


def _recheck_job(practice_id: UUID, connection_id: UUID) -> Job:
    return Job(
        queue=ROUTINE,
        task=recheck.__name__,
        key=f"recheck {connection_id}",
        arguments=_ids(practice_id, connection_id),
    )


def _messages_job(practice_id: UUID, connection_id: UUID) -> Job:
    return Job(
        queue=URGENT,
        task=take_messages.__name__,
        key=f"messages {connection_id}",
        arguments=_ids(practice_id, connection_id),
        priority=MESSAGES_PRIORITY,
    )


def _tell(link: Link, event: str, report: SyncReport) -> None:
    log.info(
        event,
        practice=str(link.practice_id),
        connection=str(link.connection_id),
        emr=link.manifest.emr,
        changed=report.decisions_changed,
        code=report.trouble,
        trouble=report.detail or None,
    )
