"""Takes in patients whom some appointment needs, and judges what their records may change."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.domain.patient import Address, Patient, PatientStatus
from visitsync.storage import appointments, patients, wanted
from visitsync.storage.decisions import Cause
from visitsync.storage.patients import ReadPatient
from visitsync.sync.judging import Bench, judge_again
from visitsync.sync.people import indexes
from visitsync.sync.received import Received, Unreadable, fingerprint_of, let_out_of_quarantine, unreadable
from visitsync.sync.run import Run


def take_in_patients(run: Run, bench: Bench, received: Sequence[Received]) -> Unreadable:
    """Only patients whom some telemedicine appointment needs are kept; others who ride along are not even opened."""
    ids = [one.record.id for one in received]
    wanted_ids = wanted.among(bench.transaction, bench.connection_id, "patient", ids)
    before = patients.fingerprints(bench.transaction, bench.connection_id, ids)
    read: dict[str, ReadPatient] = {}
    hardly: dict[str, Patient] = {}
    bad: Unreadable = []
    for position, one in enumerate(received):
        record = one.record
        if record.id not in wanted_ids and record.id not in before:
            continue
        fingerprint = fingerprint_of(run, record)
        if before.get(record.id) == fingerprint:
            continue
        try:
            patient = _patient(run, record)
        except RecordUnreadable as error:
            bad.append((unreadable(record, position, error), one.intake_id))
            continue
        if _says_too_little(run, patient):
            hardly[patient.id] = patient
            continue
        kept = indexes(run.link.vault, run.link.practice_id, patient)
        read[record.id] = ReadPatient(patient=patient, fingerprint=fingerprint, indexes=kept)
    if read:
        _count_repairs(run, [one.patient for one in read.values() if one.patient.id in before])
        _save_patients(run, bench, list(read.values()))
    if hardly:
        _want_in_full(bench, hardly)
    unchanged = wanted_ids - set(read) - set(hardly) - {one.id for one, _ in bad if one.id is not None}
    if unchanged:
        wanted.patients_read(bench.transaction, bench.connection_id, sorted(unchanged), now=bench.now)
    return bad


def _says_too_little(run: Run, patient: Patient) -> bool:
    """Lists of changed patients may leave out coverage: what was known of it must not be lost."""
    return patient.coverages is None and run.reading is not None and run.reading.kind == "patient changes"


def _want_in_full(bench: Bench, patients_listed: Mapping[str, Patient]) -> None:
    """These are read by themselves, unless that was done since they changed."""
    known = patients.find(bench.transaction, bench.vault, bench.connection_id, list(patients_listed))
    stale = [
        patient.id
        for patient in patients_listed.values()
        if patient.id not in known or _tells_news(known[patient.id].patient, patient)
    ]
    wanted.want(bench.transaction, bench.connection_id, "patient", dict.fromkeys(stale, bench.now))


def _tells_news(known: Patient, listed: Patient) -> bool:
    """Whether it changed since; where the EMR's lists bear no stamps, whether they say something else than is known."""
    if known.changed_at is not None or listed.changed_at is not None:
        return known.changed_at != listed.changed_at
    if _identity(known) != _identity(listed):
        return True
    contact = [(known.address, listed.address), (known.phones, listed.phones)]
    return any(now not in (Address(), ()) and now != before for before, now in contact)


def _identity(patient: Patient) -> tuple[object, ...]:
    """What even a list without addresses and policies says of a patient."""
    names, born = (patient.first_name, patient.last_name), (patient.date_of_birth, patient.date_of_birth_text)
    return (*names, *born, patient.email, patient.other_emails, patient.status)


def judge_patients_read(run: Run, *, at_most: int = 2_000) -> None:
    """Judges what patients who were read may change; who shares an address is known by then, whoever came first."""
    link = run.link
    while True:
        with link.database.practice(link.practice_id) as transaction:
            run.hold(transaction)
            ids = wanted.to_be_judged(transaction, link.connection_id, at_most=at_most)
            bench = run.bench(transaction)
            for batch in appointments.of_patients(transaction, link.vault, link.connection_id, ids):
                run.decisions_changed += judge_again(bench, batch, Cause("patient's record read"))
            wanted.patients_judged(transaction, link.connection_id, ids)
        if len(ids) < at_most:
            return


def _count_repairs(run: Run, known: Sequence[Patient]) -> None:
    """Counts charts that were read once more and had changed, although reading patients' changes should have told."""
    read_at = run.start.began_at.get("patient changes")
    if run.reading is None or run.reading.kind != "patients" or read_at is None:
        return
    settled = read_at - timedelta(minutes=1)
    run.tally.repaired += sum(one.changed_at is None or one.changed_at < settled for one in known)


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
    wanted.patients_read(bench.transaction, bench.connection_id, sorted(ids), now=bench.now)
    wanted.patients_touched(bench.transaction, bench.connection_id, sorted(touched - set(ids)), now=bench.now)
    run.tally.changed += len(read)
    let_out_of_quarantine(run, bench, RecordKind.PATIENT, ids)
