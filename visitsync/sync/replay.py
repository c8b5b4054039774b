"""Understands stored raw records again, without asking the EMR: after the translator, a zone or a meaning changed."""

from collections.abc import Sequence

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.domain.appointment import Appointment
from visitsync.storage import appointments, quarantine
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.sync.judging import Case, judge_read
from visitsync.sync.link import Link
from visitsync.sync.received import Received
from visitsync.sync.recheck import recheck_everything
from visitsync.sync.run import Run, join
from visitsync.sync.take_in_appointments import refined
from visitsync.sync.take_in_updates import take_in_appointment_updates, take_in_patient_updates


class Replayed(msgspec.Struct, kw_only=True):
    """What a replay did."""

    translated: int = 0
    """Records that were understood anew."""
    let_out: int = 0
    """Records that could not be read before, and can now."""
    still_unreadable: int = 0
    decisions_changed: int = 0


def replay(link: Link, cause: Cause) -> Replayed:
    """Translates and judges all that is kept; what is no telemedicine, of which nothing raw is kept, is judged only.

    So is what was pushed: a message says only what changed, and those before it are gone.
    Raises LostTheConnection where a sync began meanwhile: do it again (turns.in_turn).
    """
    done = Replayed()
    run = join(link)
    if link.manifest.is_listed:
        _translate_all_again(run, cause, done)
        _try_quarantine(run, cause, done)
    else:
        _try_quarantined_updates(run, done)
    done.decisions_changed += recheck_everything(link, cause)
    return done


def _translate_all_again(run: Run, cause: Cause, done: Replayed) -> None:
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        batches = appointments.select(
            transaction,
            link.vault,
            "connection_id = %(connection)s and raw is not null",
            {"connection": link.connection_id},
        )
        for batch in batches:
            _translate_again(run, transaction, batch, cause, done)


def _translate_again(
    run: Run, transaction: Transaction, batch: Sequence[StoredAppointment], cause: Cause, done: Replayed
) -> None:
    link = run.link
    known = appointments.known(transaction, link.connection_id, [one.appointment.id for one in batch])
    cases: list[Case] = []
    for one in batch:
        raw = appointments.raw_bytes(transaction, link.vault, link.connection_id, one.appointment.id) or b""
        again = _understood(run, one.appointment, raw)
        if again is None:
            done.still_unreadable += 1
        elif again != one.appointment:
            before = known[one.appointment.id]
            cases.append(
                Case(appointment=again, known=before, fingerprint=before.fingerprint, raw=raw, intake_id=one.intake_id)
            )
    if cases:
        done.decisions_changed += judge_read(run.bench(transaction), cases, cause)
    done.translated += len(cases)


def _understood(run: Run, stored: Appointment, raw: bytes) -> Appointment | None:
    """The raw record is a row of the EMR's list or its single record, whichever was read last."""
    translator = run.link.translator
    seen = {"first_seen_at": stored.first_seen_at, "missing_since": stored.missing_since}
    try:
        listed = translator.appointment(RawRecord(kind=RecordKind.APPOINTMENT, id=stored.id, body=raw), run.translation)
        return msgspec.structs.replace(listed, **seen)
    except RecordUnreadable:
        pass
    try:
        single = RawRecord(kind=RecordKind.APPOINTMENT_DETAIL, id=stored.id, body=raw)
        return refined(stored, translator.detail(single, run.translation))
    except RecordUnreadable:
        return None


def _try_quarantine(run: Run, cause: Cause, done: Replayed) -> None:
    """Appointments that could not be read; patients and lists are read again by the next sync anyway."""
    link = run.link
    kind = RecordKind.APPOINTMENT
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        held = [one.record_key for one in quarantine.unresolved(transaction, link.connection_id) if one.kind == kind]
        known = appointments.known(transaction, link.connection_id, held)
        cases: list[Case] = []
        for key in held:
            raw = quarantine.raw_bytes(transaction, link.vault, link.connection_id, kind=kind, record_key=key)
            try:
                record = RawRecord(kind=kind, id=key, body=raw)
                appointment = link.translator.appointment(record, run.translation)
            except RecordUnreadable:
                done.still_unreadable += 1
                continue
            before = known.get(key)
            first_seen_at = before.first_seen_at if before else link.now()
            cases.append(
                Case(appointment=msgspec.structs.replace(appointment, first_seen_at=first_seen_at), known=before,
                     raw=link.translator.without_secrets(record))
            )  # fmt: skip
        if cases:
            done.decisions_changed += judge_read(run.bench(transaction), cases, cause)
            quarantine.resolve(
                transaction, link.connection_id, kind, [case.appointment.id for case in cases], now=link.now()
            )
        done.let_out = len(cases)


_UPDATES = {
    RecordKind.PATIENT_UPDATE: take_in_patient_updates,
    RecordKind.APPOINTMENT_UPDATE: take_in_appointment_updates,
}


def _try_quarantined_updates(run: Run, done: Replayed) -> None:
    """What messages said and could not be read then; what was said since is not turned back by it."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        held = quarantine.unresolved(transaction, link.connection_id)
        for kind, take_in in _UPDATES.items():
            received = [
                Received(_quarantined(run, transaction, kind, one.record_key), 0) for one in held if one.kind == kind
            ]
            if received:
                still = len(take_in(run, run.bench(transaction), received))
                done.still_unreadable += still
                done.let_out += len(received) - still
    done.decisions_changed += run.decisions_changed


def _quarantined(run: Run, transaction: Transaction, kind: RecordKind, key: str) -> RawRecord:
    raw = quarantine.raw_bytes(transaction, run.link.vault, run.link.connection_id, kind=kind, record_key=key)
    return RawRecord(kind=kind, id=key, body=raw)
