"""Reads what judging still needs — patients, details, single appointments — nearest appointments first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import assert_never

from visitsync.connector_kit.errors import ConnectorError, NeedsReconnect
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage
from visitsync.domain.decision import Outcome
from visitsync.storage import appointments, wanted
from visitsync.storage.wanted import Kind
from visitsync.sync.asking import pages_of
from visitsync.sync.keeping import flush
from visitsync.sync.readings import Keep, begin, finish
from visitsync.sync.run import Run
from visitsync.sync.take_in_patients import judge_patients_read

SOON = timedelta(days=3)
"""What an appointment this near needs may use nearly all of the EMR's budget; later ones leave room."""
AT_A_TIME = 100_000
"""A connector is told all that is wanted, so that it can choose between single answers and whole lists."""
MANY = 100
"""From so many on, those needed soon are read together with all others: lists may then be cheaper."""
JUDGE_EVERY = 2_000
"""Patients read before what they change is judged: most of those who share an address are in by then."""
KINDS: tuple[Kind, ...] = ("appointment", "appointment-detail", "patient")
OWN_TROUBLE_AFTER = 3
"""What failed this often, while others could be read, fails by its own fault: it is put off and no longer trouble."""
MOST_FAILURES = 2
"""In one turn and kind; after that it is rather the EMR that fails."""
ENDS_EVERYTHING = frozenset({"budget-used-up", "emr-throttled"})
PUT_OFF = timedelta(minutes=30)
"""What was asked for and did not come is asked for again after this long."""


def read_wanted(run: Run, keep: Keep) -> None:
    """Reads all that is wanted. Raises TryAgainLater where the budget ends; the rest stays wanted."""
    if not run.start.has_wanted and not run.has_news:
        return
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        if not wanted.is_any(transaction, link.connection_id, now=link.now()):
            return
    trouble: ConnectorError | None = None
    try:
        for kind in _kinds(run):
            trouble = _read_all(run, kind, keep) or trouble
    finally:
        judge_patients_read(run)
    if trouble is not None:
        raise trouble


def read_charts_of(run: Run, appointment_id: str, keep: Keep) -> None:
    """The charts that one appointment is for, now: what was mended there need not have touched the appointment."""
    link = run.link
    if not link.manifest.reads_patients:
        return
    with link.database.practice(link.practice_id) as transaction:
        stored = appointments.find(transaction, link.vault, link.connection_id, [appointment_id])
    ids = [id_ for one in stored if one.outcome != Outcome.NOT_TELEMEDICINE for id_ in one.appointment.everybody]
    if not ids:
        return
    begin(run, "patients")
    for page in link.connector.read_patients(ids, urgency=Urgency.PERSON_WAITS):
        keep(run, page, None)
    flush(run)
    finish(run)
    judge_patients_read(run)


def _kinds(run: Run) -> list[Kind]:
    """Those that this EMR can be asked for; what is only pushed comes when it comes."""
    manifest = run.link.manifest
    can_be_read = {
        "appointment": manifest.reads_single or manifest.is_listed,
        "appointment-detail": manifest.reads_single or manifest.is_listed,
        "patient": manifest.reads_patients,
    }
    return [kind for kind in KINDS if can_be_read[kind]]


def _read_all(run: Run, kind: Kind, keep: Keep) -> ConnectorError | None:
    """Reads all of a kind, what failed before last; returns what it failed with, unless that is one record's trouble.

    Some EMRs answer one chart with an error for ever: the others must not wait for it, nor look like an outage.
    """
    failures = 0
    while ids := _most_urgent(run, kind):
        try:
            _read(run, kind, ids, keep)
        except ConnectorError as error:
            if isinstance(error, NeedsReconnect) or error.code in ENDS_EVERYTHING:
                raise
            failures += 1
            if _note_failure(run, kind, ids, error) < OWN_TROUBLE_AFTER and failures == MOST_FAILURES:
                return error
    return None


def _note_failure(run: Run, kind: Kind, ids: Mapping[str, Urgency], error: ConnectorError) -> int:
    """Finds the one that it failed at, the first that has not come; returns how often it has failed by now."""
    link = run.link
    flush(run)
    finish(run, is_complete=False, trouble=error.code)
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        still = wanted.among(transaction, link.connection_id, kind, list(ids))
        culprit = next((identity for identity in ids if identity in still), None)
        if culprit is None:
            return 0
        until = link.now() + PUT_OFF
        return wanted.failed(
            transaction, link.connection_id, kind, culprit, put_off_after=OWN_TROUBLE_AFTER, until=until
        )


def _most_urgent(run: Run, kind: Kind) -> dict[str, Urgency]:
    """The few that are needed soon, by themselves; else all that is wanted, so that the connector can read in bulk."""
    link = run.link
    now = link.now()
    with link.database.practice(link.practice_id) as transaction:
        found = wanted.most_urgent(transaction, link.connection_id, kind, now=now, at_most=AT_A_TIME)
    soon = [identity for identity, needed_by in found if needed_by - now < SOON]
    if 0 < len(soon) < MANY:
        return dict.fromkeys(soon, Urgency.SOON)
    return dict.fromkeys((identity for identity, _ in found), Urgency.ROUTINE if soon else Urgency.BACKGROUND)


def _read(run: Run, kind: Kind, ids: Mapping[str, Urgency], keep: Keep) -> None:
    begin(run, f"{kind}s")
    urgency = next(iter(ids.values()))
    judged_at = 0
    for page in _pages(run, kind, list(ids), urgency):
        keep(run, page, None)
        run.link.tell(f"{kind}s", run.tally.records)
        if run.tally.changed - judged_at >= JUDGE_EVERY:
            flush(run)
            judge_patients_read(run)
            judged_at = run.tally.changed
    flush(run)
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        if kind == "appointment" and not link.manifest.reads_single:
            wanted.got(transaction, link.connection_id, kind, ids)  # their days were read: there is no one else to ask
        still = wanted.among(transaction, link.connection_id, kind, list(ids))
        if still:
            wanted.put_off(transaction, link.connection_id, kind, sorted(still), until=link.now() + PUT_OFF)
    finish(run)


def _pages(run: Run, kind: Kind, ids: Sequence[str], urgency: Urgency) -> Iterator[FetchedPage]:
    connector = run.link.connector
    match kind:
        case "patient":
            yield from connector.read_patients(ids, urgency=urgency)
        case "appointment-detail":
            yield from connector.read_details(ids, urgency=urgency)
        case "appointment":
            yield from pages_of(run, ids, urgency=urgency)
        case _:
            assert_never(kind)
