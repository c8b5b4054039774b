"""Takes in appointments: unchanged ones are left, changed ones translated, judged and saved."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.local_time import Clarity, LocalTime
from visitsync.rules.decide import RULES_VERSION
from visitsync.storage import appointments, decisions, patients, sync_runs, wanted
from visitsync.storage.appointments import KNOWN_GONE, Known
from visitsync.storage.decisions import Cause
from visitsync.sync.judging import Bench, Case, judge_again, judge_read
from visitsync.sync.received import Received, Unreadable, fingerprint_of, let_out_of_quarantine, unreadable
from visitsync.sync.run import ONE_APPOINTMENT, Run
from visitsync.sync.series import want_what_they_were


def take_in_appointments(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    latest = _latest(run, received)
    ids = list(latest)
    known = appointments.known(bench.transaction, bench.connection_id, ids)
    if run.is_sweeping and run.reading is not None and not run.is_first_load:
        sync_runs.saw(bench.transaction, bench.connection_id, run.reading.id, ids)
    absent = [one.record.id for one in latest.values() if one.record.is_absent]
    if absent:
        cause = Cause("gone from the EMR", str(received[0].intake_id))
        bury(run, bench, absent, known, cause)
        gone = [identity for identity in absent if identity not in known and not latest[identity].record.is_open_slot]
        _note_never_stored(run, bench, gone, cause)
    cases, bad = _changed_cases(run, known, [one for one in latest.values() if not one.record.is_absent])
    changed = {case.appointment.id for case in cases}
    back = [identity for identity, before in known.items() if before.missing_reads and identity not in changed]
    _welcome_back(bench, [identity for identity in back if identity not in absent])
    if cases:
        run.decisions_changed += judge_read(bench, cases, Cause("read from the EMR", str(received[0].intake_id)))
        _count_repairs(run, cases)
        _read_charts_left(bench, cases)
        want_what_they_were(run, bench, cases)
        run.tally.changed += len(cases)
    let_out_of_quarantine(run, bench, RecordKind.APPOINTMENT, sorted(set(ids) - {one.id for one, _ in bad}))
    if not run.is_sweeping:
        wanted.got(bench.transaction, bench.connection_id, "appointment", ids)
    return bad


def take_in_details(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    ids = [one.record.id for one in received]
    known = appointments.known(bench.transaction, bench.connection_id, ids)
    absent = [one.record.id for one in received if one.record.is_absent]
    if absent:
        bury(run, bench, absent, known, Cause("gone from the EMR", str(received[0].intake_id)))
    stored = {
        one.appointment.id: one for one in appointments.find(bench.transaction, bench.vault, bench.connection_id, ids)
    }
    cases: dict[str, Case] = {}
    bad: Unreadable = []
    for position, one in enumerate(received):
        record = one.record
        if record.is_absent or record.id not in stored:
            continue
        try:
            detail = run.link.translator.detail(record, run.translation)
        except RecordUnreadable as error:
            bad.append((unreadable(record, position, error), one.intake_id))
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
        _count_repairs(run, list(cases.values()))
        let_out_of_quarantine(run, bench, RecordKind.APPOINTMENT_DETAIL, list(cases))
    wanted.got(bench.transaction, bench.connection_id, "appointment-detail", ids)
    return bad


def bury(run: Run, bench: Bench, ids: Sequence[str], known: Mapping[str, Known], cause: Cause) -> None:
    """The EMR itself says that these appointments no longer exist: they become deleted, and their visits end."""
    gone = [
        Case(
            appointment=msgspec.structs.replace(stored.appointment, is_deleted=True),
            known=known.get(stored.appointment.id),
            intake_id=stored.intake_id,
        )
        for stored in appointments.find(bench.transaction, bench.vault, bench.connection_id, ids)
        if not stored.appointment.is_deleted
    ]
    if gone:
        run.decisions_changed += judge_read(bench, gone, cause)
        _count_repairs(run, gone)
        run.tally.changed += len(gone)
    appointments.known_gone(bench.transaction, bench.connection_id, ids, now=bench.now)


def _note_never_stored(run: Run, bench: Bench, ids: Sequence[str], cause: Cause) -> None:
    """F8: the EMR mentioned them and, when asked, did not know them. Whoever asks later reads so.

    An id that a person typed was mentioned by nobody else.
    """
    if ids and run.reading is not None and run.reading.kind != ONE_APPOINTMENT:
        decisions.append_gone(
            bench.transaction, bench.connection_id, ids, cause, rules_version=RULES_VERSION, now=bench.now
        )


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


def _latest(run: Run, received: Sequence[Received]) -> dict[str, Received]:
    """Of a row that comes more than once the last one, unless that is an older version or makes no sense."""
    latest: dict[str, Received] = {}
    for one in received:
        before = latest.get(one.record.id)
        if before is None or run.is_sweeping or not _is_older(run, one.record, before.record):
            latest[one.record.id] = one
    return latest


def _is_older(run: Run, record: RawRecord, before: RawRecord) -> bool:
    if record.body == before.body or record.is_absent or before.is_absent:
        return False
    translate = run.link.translator.appointment
    try:
        changed_at = translate(record, run.translation).changed_at
    except RecordUnreadable:
        return True
    try:
        changed_before = translate(before, run.translation).changed_at
    except RecordUnreadable:
        return False
    return changed_at is not None and changed_before is not None and changed_at < changed_before


def _changed_cases(run: Run, known: Mapping[str, Known], received: Sequence[Received]) -> tuple[list[Case], Unreadable]:
    cases: list[Case] = []
    bad: Unreadable = []
    now = run.link.now()
    translator = run.link.translator
    for position, one in enumerate(received):
        record = one.record
        fingerprint = fingerprint_of(run, record)
        before = known.get(record.id)
        if before is not None and before.fingerprint == fingerprint:
            continue
        try:
            appointment = translator.appointment(record, run.translation)
        except RecordUnreadable as error:
            bad.append((unreadable(record, position, error), one.intake_id))
            continue
        run.note_unknown(appointment)
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
    return cases, bad


def _read_charts_left(bench: Bench, cases: Sequence[Case]) -> None:
    """A chart that an appointment was taken from may have been merged: it is read again, lest it collide for ever."""
    left = {
        case.known.patient_id or ""
        for case in cases
        if case.known is not None and case.known.patient_id != case.appointment.patient_id
    }
    if left:
        kept = patients.fingerprints(bench.transaction, bench.connection_id, sorted(left))
        wanted.want(bench.transaction, bench.connection_id, "patient", dict.fromkeys(kept, bench.now))


def _is_stale(run: Run, before: Known, appointment: Appointment) -> bool:
    """An answer may come from a copy of the EMR that lags behind; only a sweep may turn an appointment back."""
    if run.is_sweeping or before.changed_at is None or appointment.changed_at is None:
        return False
    return appointment.changed_at < before.changed_at


def _welcome_back(bench: Bench, ids: Sequence[str]) -> None:
    if not ids:
        return
    appointments.met_again(bench.transaction, bench.connection_id, ids)
    stored = appointments.find(bench.transaction, bench.vault, bench.connection_id, ids)
    judge_again(bench, stored, Cause("met again in the EMR"))


def _count_repairs(run: Run, cases: Sequence[Case]) -> None:
    """Counts what only sweeps found although reading changes should have told: the miss rate of the feed."""
    read_at = run.start.began_at.get("changes")
    if run.is_first_load or read_at is None:
        return
    if not run.is_sweeping:  # what sweeps have missed was asked for by its id
        missed = (case.known is not None and 0 < case.known.missing_reads < KNOWN_GONE for case in cases)
        run.tally.repaired += sum(missed)
        return
    settled = read_at - timedelta(minutes=1)
    for case in cases:
        stamp = case.appointment.changed_at or case.appointment.booked_at
        if case.known is None or case.known.fingerprint:
            run.tally.repaired += stamp is None or stamp < settled


def _agreed(listed: LocalTime, single: LocalTime | None) -> LocalTime:
    if single is None:
        return listed
    if listed.clarity is Clarity.CERTAIN and listed.instant != single.instant:
        return LocalTime(single.wall, single.zone, single.instant, Clarity.CONTRADICTORY)
    return single
