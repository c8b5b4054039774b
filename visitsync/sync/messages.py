"""Takes in what an EMR has pushed, in the order in which it was sent, also a flood of it after an outage."""

from collections.abc import Sequence

import msgspec
import structlog

from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError
from visitsync.storage import intake, quarantine
from visitsync.storage.database import StorageUnavailable, Transaction
from visitsync.storage.intake import Intake
from visitsync.storage.practices import ConnectionState, LostTheConnection
from visitsync.sync.keeping import keep, uncounted_where_refused
from visitsync.sync.link import Link
from visitsync.sync.readings import begin, finish, judge_after_lists
from visitsync.sync.report import SyncReport, report, troubled
from visitsync.sync.run import MESSAGES, KeptPage, Run, join
from visitsync.sync.take_in import take_in
from visitsync.sync.visit_plan import UnsafePlan
from visitsync.sync.wanting import read_wanted

AT_A_TIME = 250
MOST_BYTES = 4_000_000
"""Messages are taken in together up to so many, and up to so many bytes: fewer transactions, the same safety."""
SET_ASIDE = "message"
"""The kind under which messages are set aside that make no sense as a whole (quarantine.NO_RECORDS)."""


GOES_FOR_ALL = (StorageUnavailable, LostTheConnection)
"""What says nothing about the message that was being taken in."""

log = structlog.get_logger()


class Held(msgspec.Struct):
    """Messages that go on waiting: for a person's word on many cancellations, or for a mistake of ours to be mended."""

    intake_ids: list[int]
    refusal: UnsafePlan | None = None


def take_in_pushed(link: Link) -> SyncReport:
    """Takes in all that waits and reads what judging it needs, beside whatever else goes on."""
    run = join(link)
    try:
        held = take_in_messages(run)
        if run.start.state is ConnectionState.ACTIVE:
            read_wanted(run, keep)
        if held is not None:
            raise held  # told like whatever else stops a run
    except (ConnectorError, UnsafePlan) as trouble:
        finish(run, is_complete=False, trouble=trouble.code)
        return troubled(run, trouble)
    return report(run)


def take_in_messages(run: Run) -> UnsafePlan | None:
    """Takes in all that waits; what a person must agree to first goes on waiting, and others overtake it.

    Returns why something was held back, if anything was.
    """
    if not run.start.has_messages:
        return None
    begin(run, MESSAGES)
    held = Held([])
    while _take_in_next(run, held):
        run.link.tell(MESSAGES, run.tally.records)
    finish(run)
    return held.refusal


def _take_in_next(run: Run, held: Held) -> bool:
    """The next few, or one by one where one of them is refused; False when none is left."""
    ids: list[int] = []
    try:
        with uncounted_where_refused(run), run.link.database.practice(run.link.practice_id) as transaction:
            # Under the lock: whoever else works on this connection takes others, and none is taken in twice.
            run.hold(transaction)
            batch = intake.waiting_messages(
                transaction, run.link.vault, run.link.connection_id,
                at_most=AT_A_TIME, most_bytes=MOST_BYTES, without=held.intake_ids,
            )  # fmt: skip
            ids = [one.intake_id for one in batch]
            _take_in(run, transaction, batch)
    except GOES_FOR_ALL:
        raise
    except Exception as error:
        if not isinstance(error, AnswerUnreadable | UnsafePlan):
            log.exception("messages are taken in one by one", connection=str(run.link.connection_id), exc_info=error)
        for intake_id in ids:
            _take_in_alone(run, intake_id, held)
    return bool(ids)


def _take_in_alone(run: Run, intake_id: int, held: Held) -> None:
    link = run.link
    try:
        with uncounted_where_refused(run), link.database.practice(link.practice_id) as transaction:
            run.hold(transaction)
            one = intake.message(transaction, link.vault, link.connection_id, intake_id)
            _take_in(run, transaction, [one] if one is not None else [])
    except AnswerUnreadable as refusal:
        _set_aside(run, intake_id, str(refusal))
    except UnsafePlan as refusal:
        held.intake_ids.append(intake_id)
        held.refusal = refusal
    except GOES_FOR_ALL:
        raise
    except Exception as error:
        # A mistake of ours: it stays kept, and is tried again with every turn; no other message waits for it.
        held.intake_ids.append(intake_id)
        log.exception("a message cannot be taken in", connection=str(link.connection_id), exc_info=error)


def _take_in(run: Run, transaction: Transaction, batch: Sequence[Intake]) -> None:
    if not batch:
        return
    take_in(run, run.bench(transaction), [KeptPage(intake_id=one.intake_id, page=one.page) for one in batch])
    if run.catalog_changes:
        judge_after_lists(run, transaction)
    intake.took_in(transaction, [one.intake_id for one in batch], now=run.link.now())


def _set_aside(run: Run, intake_id: int, reason: str) -> None:
    """A message that made no sense after all: kept for a person with its bytes; the others go on."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        one = intake.message(transaction, link.vault, link.connection_id, intake_id)
        if one is None:
            return
        quarantine.put(
            transaction, link.vault, link.connection_id, kind=SET_ASIDE, record_key=str(intake_id), reason=reason,
            raw=one.page.body, intake_id=intake_id, now=link.now(),
        )  # fmt: skip
        intake.took_in(transaction, [intake_id], now=link.now())
