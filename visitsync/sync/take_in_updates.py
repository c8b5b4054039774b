"""Takes in what pushed messages say: each changes what is known, in the order in which they were sent."""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from visitsync.connector_kit.connector import PushTranslator
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.storage import appointments, patients, wanted
from visitsync.storage.decisions import Cause
from visitsync.storage.patients import ReadPatient
from visitsync.sync.judging import Bench, Case, judge_again, judge_read
from visitsync.sync.merges import follow_merges, survivors
from visitsync.sync.people import indexes
from visitsync.sync.received import Received, Unreadable, fingerprint_of, let_out_of_quarantine, unreadable
from visitsync.sync.run import Run
from visitsync.sync.who_is_meant import AMBIGUOUS, Meant, as_stored, who_is_meant


def take_in_appointment_updates(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    """Judges each appointment once, as it stands after all that was said of it."""
    ids = list(dict.fromkeys(one.record.id for one in received))
    meant, stored = who_is_meant(bench, received)
    cases, bad = _changed(run, bench, meant, stored)
    cases = _with_survivors(bench, cases)
    if cases:
        run.decisions_changed += judge_read(bench, cases, Cause("told by the EMR", str(received[0].intake_id)))
        run.tally.changed += len(cases)
    _let_out(run, bench, RecordKind.APPOINTMENT_UPDATE, ids, bad)
    return list(bad.values())


def take_in_patient_updates(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    """Keeps whom an appointment needs; everybody, where the EMR cannot be asked for a patient later."""
    ids = list(dict.fromkeys(one.record.id for one in received))
    stored = patients.find(bench.transaction, bench.vault, bench.connection_id, ids)
    needed = set(ids)
    if run.link.manifest.reads_patients:
        needed = wanted.among(bench.transaction, bench.connection_id, "patient", ids) | stored.keys()
    known = {identity: one.patient for identity, one in stored.items()}
    read, bad = _changed_patients(run, bench, [one for one in received if one.record.id in needed], known)
    if read:
        _save_patients(run, bench, read)
    _let_out(run, bench, RecordKind.PATIENT_UPDATE, ids, bad)
    return list(bad.values())


def push_translator(run: Run) -> PushTranslator:
    """The connector's translator; whoever sends updates understands them."""
    return cast(PushTranslator, run.link.translator)


_Bad = dict[str, tuple[UnreadableRecord, int]]


def _changed(
    run: Run, bench: Bench, meant: Sequence[Meant], stored: Mapping[str, Appointment]
) -> tuple[list[Case], _Bad]:
    known = appointments.known(bench.transaction, bench.connection_id, list(stored))
    translator, renamed = push_translator(run), as_stored(meant)
    cases: dict[str, Case] = {}
    bad: _Bad = {}
    for position, one in enumerate(meant):
        record, identity = one.received.record, one.id
        if identity is None:
            bad[record.id] = (unreadable(record, position, RecordUnreadable(AMBIGUOUS)), one.received.intake_id)
            continue
        fingerprint, before, case = fingerprint_of(run, record), known.get(identity), cases.get(identity)
        if case is None and before is not None and before.fingerprint == fingerprint:
            continue
        now_known = case.appointment if case is not None else stored.get(identity)
        try:
            after = translator.appointment_after(record, run.translation, now_known)
        except RecordUnreadable as error:
            bad[record.id] = (unreadable(record, position, error), one.received.intake_id)
            continue
        bad.pop(record.id, None)
        if after is None or (after := _as_we_call_it(after, one, renamed)) == now_known:
            continue
        run.note_unknown(after)
        first_seen_at = bench.now if before is None else before.first_seen_at
        cases[identity] = Case(
            appointment=msgspec.structs.replace(after, first_seen_at=first_seen_at, missing_since=None),
            known=before,
            fingerprint=fingerprint,
            raw=translator.without_secrets(record),
            intake_id=one.received.intake_id,
        )
    return list(cases.values()), bad


def _as_we_call_it(after: Appointment, one: Meant, renamed: Mapping[tuple[int, str], str]) -> Appointment:
    """With the ids that we know it, and those it replaces or is replaced by, under."""
    if not renamed:
        return after

    def ours(identity: str | None) -> str | None:
        return identity and renamed.get((one.received.intake_id, identity), identity)

    return msgspec.structs.replace(
        after,
        id=one.id or after.id,
        replaces_id=ours(after.replaces_id),
        replaced_by_id=ours(after.replaced_by_id),
    )


def _with_survivors(bench: Bench, cases: Sequence[Case]) -> list[Case]:
    """A message may still name a chart that was merged meanwhile: the appointment belongs to the surviving one."""
    into = survivors(bench, {patient for case in cases for patient in case.appointment.everybody})
    if not into:
        return list(cases)
    return [msgspec.structs.replace(case, appointment=case.appointment.moved(into)) for case in cases]


def _changed_patients(
    run: Run, bench: Bench, received: Sequence[Received], stored: Mapping[str, Patient]
) -> tuple[list[ReadPatient], _Bad]:
    fingerprints = patients.fingerprints(bench.transaction, bench.connection_id, list(stored))
    translator = push_translator(run)
    read: dict[str, ReadPatient] = {}
    bad: _Bad = {}
    for position, one in enumerate(received):
        record, fingerprint = one.record, fingerprint_of(run, one.record)
        if record.id not in read and fingerprints.get(record.id) == fingerprint:
            continue
        now_known = read[record.id].patient if record.id in read else stored.get(record.id)
        try:
            after = translator.patient_after(record, run.translation, now_known)
        except RecordUnreadable as error:
            bad[record.id] = (unreadable(record, position, error), one.intake_id)
            continue
        bad.pop(record.id, None)
        if after is None or after == now_known:
            continue
        kept = indexes(run.link.vault, run.link.practice_id, after)
        read[record.id] = ReadPatient(patient=after, fingerprint=fingerprint, indexes=kept)
    return list(read.values()), bad


def _save_patients(run: Run, bench: Bench, read: Sequence[ReadPatient]) -> None:
    """Keeps them, moves what belonged to merged charts, and judges what all this may change."""
    ids = [one.patient.id for one in read]
    touched = patients.sharing_with(bench.transaction, bench.connection_id, ids)
    patients.save(bench.transaction, bench.vault, bench.connection_id, read, now=bench.now)
    touched |= patients.sharing_with(bench.transaction, bench.connection_id, ids)
    run.tally.changed += len(read)
    _want_the_rest(run, bench, [one.patient for one in read])
    if any(one.patient.status is PatientStatus.MERGED for one in read):
        run.decisions_changed += follow_merges(bench, [one.patient for one in read])
    everybody = sorted({*ids, *touched})
    for batch in appointments.of_patients(bench.transaction, bench.vault, bench.connection_id, everybody):
        run.decisions_changed += judge_again(bench, batch, Cause("patient's record pushed"))


def _want_the_rest(run: Run, bench: Bench, read: Sequence[Patient]) -> None:
    """What messages leave out of a chart (coverage, whether it is active) is read from the EMR where that can be."""
    partial = {one.id for one in read if run.link.manifest.reads_patients and one.status is not PatientStatus.MERGED}
    wanted.want(bench.transaction, bench.connection_id, "patient", dict.fromkeys(sorted(partial), bench.now))
    whole = [one.id for one in read if one.id not in partial]
    if whole:
        wanted.got(bench.transaction, bench.connection_id, "patient", whole)


def _let_out(run: Run, bench: Bench, kind: RecordKind, ids: Sequence[str], bad: _Bad) -> None:
    let_out_of_quarantine(run, bench, kind, [identity for identity in ids if identity not in bad])
