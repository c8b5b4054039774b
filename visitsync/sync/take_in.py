"""Takes in the records of some answers; each kind has a file of its own."""

from collections import defaultdict
from collections.abc import Sequence

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import CATALOG_KINDS, RawRecord, RecordKind
from visitsync.sync.judging import Bench
from visitsync.sync.received import Received, Unreadable, put_in_quarantine
from visitsync.sync.run import KeptPage, Run
from visitsync.sync.take_in_appointments import take_in_appointments, take_in_details
from visitsync.sync.take_in_catalog import take_in_catalog
from visitsync.sync.take_in_patients import take_in_patients
from visitsync.sync.take_in_updates import take_in_appointment_updates, take_in_patient_updates

MOST_UNREADABLE_SHARE = 0.05
MOST_UNREADABLE_WITHOUT_STOPPING = 10
"""More unreadable records than both in one answer: the EMR has changed its format, and nothing of it is taken in."""


def take_in(run: Run, bench: Bench, kept: Sequence[KeptPage]) -> None:
    """Saves everything that these answers say. Raises AnswerUnreadable where one says nothing that can be trusted."""
    by_kind: dict[RecordKind, list[Received]] = defaultdict(list)
    unreadable: Unreadable = []
    of = 0
    for one in kept:
        found = run.link.translator.split(one.page)
        of += sum(not (isinstance(record, RawRecord) and record.is_open_slot) for record in found)
        for record in found:
            if isinstance(record, RawRecord):
                by_kind[record.kind].append(Received(record, one.intake_id))
            else:
                unreadable.append((record, one.intake_id))
    run.tally.pages += len(kept)
    run.tally.records += of
    run.has_news = run.has_news or of > 0
    for kind in sorted(by_kind, key=lambda kind: _turn_of(run, kind)):
        unreadable += _take_in_kind(run, bench, kind, by_kind[kind])
        if kind in CATALOG_KINDS and run.catalog_changes and RecordKind.APPOINTMENT_UPDATE in by_kind:
            run.look_again(bench.transaction)
            bench = run.bench(bench.transaction)
    _refuse_another_format(len(unreadable), of)
    put_in_quarantine(run, bench, unreadable)


def _turn_of(run: Run, kind: RecordKind) -> int:
    """What messages say: first of lists, then of patients, so that appointments are judged once.

    Where only patients whom an appointment needs are kept, the appointments come before them.
    """
    if kind is RecordKind.PATIENT_UPDATE:
        return 3 if run.link.manifest.reads_patients else 1
    return 2 if kind is RecordKind.APPOINTMENT_UPDATE else 0


def _take_in_kind(run: Run, bench: Bench, kind: RecordKind, received: Sequence[Received]) -> Unreadable:
    if kind is RecordKind.APPOINTMENT:
        return take_in_appointments(run, bench, received)
    if kind is RecordKind.APPOINTMENT_DETAIL:
        return take_in_details(run, bench, received)
    if kind is RecordKind.PATIENT:
        return take_in_patients(run, bench, received)
    if kind is RecordKind.APPOINTMENT_UPDATE:
        return take_in_appointment_updates(run, bench, received)
    if kind is RecordKind.PATIENT_UPDATE:
        return take_in_patient_updates(run, bench, received)
    return take_in_catalog(run, bench, kind, received)


def _refuse_another_format(unreadable: int, of: int) -> None:
    if unreadable > MOST_UNREADABLE_WITHOUT_STOPPING and unreadable > of * MOST_UNREADABLE_SHARE:
        raise AnswerUnreadable(f"{unreadable} of {of} records make no sense: has the EMR's format changed?")
