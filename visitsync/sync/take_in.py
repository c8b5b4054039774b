"""Takes in the records of one answer: unchanged ones are left, changed ones translated, judged and saved."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import CATALOG_KINDS, RawRecord, RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.local_time import Clarity, LocalTime
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import appointments, catalog, patients, quarantine, sync_runs, wanted
from visitsync.storage.appointments import Known
from visitsync.storage.catalog import CatalogChange
from visitsync.storage.decisions import Cause
from visitsync.storage.patients import ReadPatient
from visitsync.sync.judging import Bench, Case, judge_again, judge_read
from visitsync.sync.people import indexes
from visitsync.sync.run import KeptPage, Run

MOST_UNREADABLE_SHARE = 0.05
MOST_UNREADABLE_WITHOUT_STOPPING = 10
"""More unreadable records than both in one answer: the EMR has changed its format, and nothing of it is taken in."""


class Received(msgspec.Struct, frozen=True):
    """A record and the number of the answer it came in."""

    record: RawRecord
    intake_id: int


def take_in(run: Run, bench: Bench, kept: Sequence[KeptPage]) -> None:
    """Saves everything that these answers say. Raises AnswerUnreadable where one says nothing that can be trusted."""
    by_kind: dict[RecordKind, list[Received]] = defaultdict(list)
    unreadable: list[tuple[UnreadableRecord, int]] = []
    of = 0
    for one in kept:
        found = run.link.translator.split(one.page)
        of += len(found)
        for record in found:
            if isinstance(record, RawRecord):
                by_kind[record.kind].append(Received(record, one.intake_id))
            else:
                unreadable.append((record, one.intake_id))
    run.tally.pages += len(kept)
    run.tally.records += of
    run.has_news = run.has_news or of > 0
    for kind, received in by_kind.items():
        unreadable += _take_in_kind(run, bench, kind, received)
    _refuse_another_format(len(unreadable), of)
    for bad, intake_id in unreadable:
        _quarantine(run, bench, bad, intake_id)


def bury(run: Run, bench: Bench, ids: Sequence[str], cause: Cause) -> None:
    """The EMR itself says that these appointments no longer exist: they become deleted, and their visits end."""
    gone = [
        Case(
            appointment=msgspec.structs.replace(stored.appointment, is_deleted=True),
            known=None,
            intake_id=stored.intake_id,
        )
        for stored in appointments.find(bench.transaction, bench.connection_id, ids)
        if not stored.appointment.is_deleted
    ]
    if gone:
        run.decisions_changed += judge_read(bench, [_with_known(bench, case) for case in gone], cause)
        run.tally.changed += len(gone)
    appointments.known_gone(bench.transaction, bench.connection_id, ids, now=bench.now)


def _with_known(bench: Bench, case: Case) -> Case:
    known = appointments.known(bench.transaction, bench.connection_id, [case.appointment.id])
    return msgspec.structs.replace(case, known=known.get(case.appointment.id))


Unreadable = list[tuple[UnreadableRecord, int]]
"""Records that made no sense, each with the number of the answer it came in."""


def _take_in_kind(run: Run, bench: Bench, kind: RecordKind, received: Sequence[Received]) -> Unreadable:
    if kind is RecordKind.APPOINTMENT:
        return _take_in_appointments(run, bench, received)
    if kind is RecordKind.APPOINTMENT_DETAIL:
        return _take_in_details(run, bench, received)
    if kind is RecordKind.PATIENT:
        return _take_in_patients(run, bench, received)
    return _take_in_catalog(run, bench, kind, received)


def _take_in_appointments(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    latest = {one.record.id: one for one in received}  # a row that comes twice: the last one stands
    ids = list(latest)
    known = appointments.known(bench.transaction, bench.connection_id, ids)
    if run.is_sweeping and run.reading is not None:
        sync_runs.saw(bench.transaction, bench.connection_id, run.reading.id, ids)
    absent = [one.record.id for one in latest.values() if one.record.is_absent]
    if absent:
        bury(run, bench, absent, Cause("gone from the EMR", str(received[0].intake_id)))
    cases, unreadable = _changed_cases(run, known, [one for one in latest.values() if not one.record.is_absent])
    changed = {case.appointment.id for case in cases}
    back = [identity for identity, before in known.items() if before.missing_reads and identity not in changed]
    _welcome_back(bench, [identity for identity in back if identity not in absent])
    if cases:
        run.decisions_changed += judge_read(bench, cases, Cause("read from the EMR", str(received[0].intake_id)))
        _count_repairs(run, cases)
        run.tally.changed += len(cases)
        _let_out_of_quarantine(run, bench, RecordKind.APPOINTMENT, sorted(changed))
    if not run.is_sweeping:
        wanted.got(bench.transaction, bench.connection_id, "appointment", ids)
    return unreadable


def _changed_cases(run: Run, known: Mapping[str, Known], received: Sequence[Received]) -> tuple[list[Case], Unreadable]:
    cases: list[Case] = []
    unreadable: Unreadable = []
    now = run.link.now()
    translator = run.link.translator
    for position, one in enumerate(received):
        record = one.record
        fingerprint = _fingerprint(run, record)
        before = known.get(record.id)
        if before is not None and before.fingerprint == fingerprint:
            continue
        try:
            appointment = translator.appointment(record, run.translation)
        except RecordUnreadable as error:
            unreadable.append((_unreadable(record, position, error), one.intake_id))
            continue
        if before is not None and _is_stale(run, before, appointment):
            continue
        first_seen_at = now if before is None else before.first_seen_at
        cases.append(
            Case(
                appointment=msgspec.structs.replace(appointment, first_seen_at=first_seen_at),
                known=before,
                fingerprint=fingerprint,
                raw=translator.without_secrets(record),
                intake_id=one.intake_id,
            )
        )
    return cases, unreadable


def _fingerprint(run: Run, record: RawRecord) -> bytes:
    return hashlib.blake2b(record.body, digest_size=16, key=run.salt).digest()


def _is_stale(run: Run, before: Known, appointment: Appointment) -> bool:
    """An answer may come from a copy of the EMR that lags behind; only a sweep may turn an appointment back."""
    if run.is_sweeping or before.changed_at is None or appointment.changed_at is None:
        return False
    return appointment.changed_at < before.changed_at


def _welcome_back(bench: Bench, ids: Sequence[str]) -> None:
    if not ids:
        return
    appointments.met_again(bench.transaction, bench.connection_id, ids)
    stored = appointments.find(bench.transaction, bench.connection_id, ids)
    judge_again(bench, stored, Cause("met again in the EMR"))


def _count_repairs(run: Run, cases: Sequence[Case]) -> None:
    """Counts what a sweep found although reading changes should have told: the miss rate of the feed."""
    read_at = run.start.began_at.get("changes")
    if not run.is_sweeping or run.is_first_load or read_at is None:
        return
    settled = read_at - timedelta(minutes=1)
    for case in cases:
        stamp = case.appointment.changed_at or case.appointment.booked_at
        if case.known is None or case.known.fingerprint:
            run.tally.repaired += stamp is None or stamp < settled


def _take_in_details(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    ids = [one.record.id for one in received]
    absent = [one.record.id for one in received if one.record.is_absent]
    if absent:
        bury(run, bench, absent, Cause("gone from the EMR", str(received[0].intake_id)))
    stored = {one.appointment.id: one for one in appointments.find(bench.transaction, bench.connection_id, ids)}
    known = appointments.known(bench.transaction, bench.connection_id, ids)
    cases: dict[str, Case] = {}
    unreadable: Unreadable = []
    for position, one in enumerate(received):
        record = one.record
        if record.is_absent or record.id not in stored:
            continue
        try:
            detail = run.link.translator.detail(record, run.translation)
        except RecordUnreadable as error:
            unreadable.append((_unreadable(record, position, error), one.intake_id))
            continue
        cases[record.id] = Case(
            appointment=refined(stored[record.id].appointment, detail),
            known=known[record.id],
            fingerprint=known[record.id].fingerprint,
            raw=run.link.translator.without_secrets(record),
            intake_id=one.intake_id,
        )
    if cases:
        cause = Cause("details read", str(received[0].intake_id))
        run.decisions_changed += judge_read(bench, list(cases.values()), cause)
        _let_out_of_quarantine(run, bench, RecordKind.APPOINTMENT_DETAIL, list(cases))
    wanted.got(bench.transaction, bench.connection_id, "appointment-detail", ids)
    return unreadable


def refined(appointment: Appointment, detail: AppointmentDetail) -> Appointment:
    """The row of the EMR's list with what its single record adds; two starts that disagree are flagged, not chosen."""
    said = {
        name: value
        for name in ("duration_minutes", "status", "status_text", "patient_id", "practitioner_id", "location_id",
                     "booked_at", "changed_at")
        if (value := getattr(detail, name)) is not None
    }  # fmt: skip
    return msgspec.structs.replace(
        appointment,
        **said,
        start=_agreed(appointment.start, detail.start),
        marks=tuple(dict.fromkeys((*appointment.marks, *detail.marks))),
        other_patient_ids=detail.other_patient_ids or appointment.other_patient_ids,
        is_deleted=appointment.is_deleted or detail.is_deleted,
        is_group=appointment.is_group or detail.is_group,
        is_block=appointment.is_block or detail.is_block,
        video_words=tuple(dict.fromkeys((*appointment.video_words, *detail.video_words))),
        lacks_detail=False,
    )


def _agreed(listed: LocalTime, single: LocalTime | None) -> LocalTime:
    if single is None:
        return listed
    if listed.clarity is Clarity.CERTAIN and listed.instant != single.instant:
        return LocalTime(single.wall, single.zone, single.instant, Clarity.CONTRADICTORY)
    return single


def _take_in_patients(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    """Only patients whom some telemedicine appointment needs are kept; others who ride along are not even opened."""
    ids = [one.record.id for one in received]
    wanted_ids = wanted.among(bench.transaction, bench.connection_id, "patient", ids)
    before = patients.fingerprints(bench.transaction, bench.connection_id, ids)
    read: dict[str, ReadPatient] = {}
    unreadable: Unreadable = []
    for position, one in enumerate(received):
        record = one.record
        if record.id not in wanted_ids and record.id not in before:
            continue
        fingerprint = _fingerprint(run, record)
        if before.get(record.id) == fingerprint:
            continue
        try:
            patient = _patient(run, record)
        except RecordUnreadable as error:
            unreadable.append((_unreadable(record, position, error), one.intake_id))
            continue
        kept = indexes(run.link.vault, run.link.practice_id, patient)
        read[record.id] = ReadPatient(patient=patient, fingerprint=fingerprint, indexes=kept)
    if read:
        _save_patients(run, bench, list(read.values()))
    unchanged = wanted_ids - set(read) - {bad.id for bad, _ in unreadable if bad.id is not None}
    if unchanged:
        wanted.patients_read(bench.transaction, bench.connection_id, sorted(unchanged), now=bench.now)
    return unreadable


def _patient(run: Run, record: RawRecord) -> Patient:
    if record.is_absent:
        return Patient(id=record.id, status=PatientStatus.GONE)
    return run.link.translator.patient(record, run.translation)


def _save_patients(run: Run, bench: Bench, read: Sequence[ReadPatient]) -> None:
    """Keeps them, and notes that they, and whoever shared or now shares an address with them, must be judged."""
    ids = [one.patient.id for one in read]
    touched = patients.sharing_with(bench.transaction, bench.connection_id, ids)
    patients.save(bench.transaction, bench.vault, bench.connection_id, read, now=bench.now)
    touched |= patients.sharing_with(bench.transaction, bench.connection_id, ids)
    wanted.patients_read(bench.transaction, bench.connection_id, sorted(touched | set(ids)), now=bench.now)
    run.tally.changed += len(read)
    _let_out_of_quarantine(run, bench, RecordKind.PATIENT, ids)


def judge_patients_read(run: Run, *, at_most: int = 2_000) -> None:
    """Judges what patients who were read may change; who shares an address is known by then, whoever came first."""
    link = run.link
    while True:
        with link.database.practice(link.practice_id) as transaction:
            run.hold(transaction)
            ids = wanted.to_be_judged(transaction, link.connection_id, at_most=at_most)
            bench = run.bench(transaction)
            for batch in appointments.of_patients(transaction, link.connection_id, ids):
                run.decisions_changed += judge_again(bench, batch, Cause("patient's record read"))
            wanted.got(transaction, link.connection_id, "patient", ids)
        if len(ids) < at_most:
            return


def _take_in_catalog(run: Run, bench: Bench, kind: RecordKind, received: Sequence[Received]) -> Unreadable:
    entries: dict[str, CatalogEntry] = {}
    unreadable: Unreadable = []
    for position, one in enumerate(received):
        try:
            entry = run.link.translator.catalog_entry(one.record, run.translation)
        except RecordUnreadable as error:
            unreadable.append((_unreadable(one.record, position, error), one.intake_id))
            continue
        entries[entry.id] = entry
    change = catalog.save(bench.transaction, bench.connection_id, kind, list(entries.values()), now=bench.now)
    run.note_catalog(kind, [one.record.id for one in received], change)
    return unreadable


def retire_unlisted(run: Run, bench: Bench) -> CatalogChange:
    """After the EMR's lists were read to their end: what they no longer name is retired."""
    retired: list[str] = []
    for kind in CATALOG_KINDS & set(run.listed):
        change = catalog.retire_unlisted(
            bench.transaction, bench.connection_id, kind, sorted(run.listed[kind]), now=bench.now
        )
        retired += change.retired
    return CatalogChange(retired=tuple(retired))


def _unreadable(record: RawRecord, position: int, error: RecordUnreadable) -> UnreadableRecord:
    return UnreadableRecord(kind=record.kind, position=position, body=record.body, reason=str(error), id=record.id)


def _refuse_another_format(unreadable: int, of: int) -> None:
    if unreadable > MOST_UNREADABLE_WITHOUT_STOPPING and unreadable > of * MOST_UNREADABLE_SHARE:
        raise AnswerUnreadable(f"{unreadable} of {of} records make no sense: has the EMR's format changed?")


def _quarantine(run: Run, bench: Bench, bad: UnreadableRecord, intake_id: int) -> None:
    key = bad.id or hashlib.blake2b(bad.body, digest_size=8).hexdigest()
    quarantine.put(
        bench.transaction,
        bench.vault,
        bench.connection_id,
        kind=bad.kind,
        record_key=key,
        reason=bad.reason,
        raw=bad.body,
        intake_id=intake_id,
        now=bench.now,
    )
    run.quarantined.add(f"{bad.kind}/{key}")
    run.tally.unreadable += 1


def _let_out_of_quarantine(run: Run, bench: Bench, kind: RecordKind, ids: Sequence[str]) -> None:
    if not run.quarantined:
        return
    out = [identity for identity in ids if f"{kind}/{identity}" in run.quarantined]
    if out:
        quarantine.resolve(bench.transaction, bench.connection_id, kind, out, now=bench.now)
        run.quarantined -= {f"{kind}/{identity}" for identity in out}
