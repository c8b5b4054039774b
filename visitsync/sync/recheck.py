"""Judges again without asking any EMR, when time passes or a setting changes; only what that can affect."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from visitsync.storage import appointments, wanted
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.sync.judging import judge_again
from visitsync.sync.link import Link
from visitsync.sync.run import Run, join

STILL_OPEN = "connection_id = %(connection)s and outcome not in ('over', 'cancelled')"


def recheck_what_time_changed(run: Run) -> int:
    """Judges what is due by its own recheck_at; returns how many decisions changed."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        due = appointments.due(transaction, link.vault, link.connection_id, now=link.now())
        return _judge(run, transaction, due, Cause("time passed"))


def recheck_for_setting(link: Link, change_id: int, where: str = "true", parameters: Mapping[str, Any] = {}) -> int:
    """Judges open appointments that meet a condition, after a setting changed; returns how many decisions changed."""
    run = join(link)
    run.safety.is_off = True  # a person changed the setting, and was shown what it would do
    return _recheck(run, f"{STILL_OPEN} and {where}", parameters, Cause("setting changed", str(change_id)))


def recheck_for_practitioner(link: Link, change_id: int, practitioner_id: str) -> int:
    """After a practitioner was enabled, disabled or linked to a staff member."""
    where = "(practitioner_id = %(practitioner)s or practitioner_id is null)"
    return recheck_for_setting(link, change_id, where, {"practitioner": practitioner_id})


def recheck_for_patients(link: Link, change_id: int, patient_ids: list[str]) -> int:
    """After patients were linked as a household."""
    where = """(patient_id = any(%(patients)s) or appointment_id in (
                    select appointment_id from group_member where practice_id = %(practice)s
                    and connection_id = %(connection)s and patient_id = any(%(patients)s)))"""
    return recheck_for_setting(link, change_id, where, {"patients": patient_ids})


def recheck_for_email(link: Link, change_id: int, email_index: bytes) -> int:
    """After a staff member was added, changed or removed: patients with that address."""
    where = """exists (select from patient where patient.practice_id = appointment.practice_id
                       and patient.connection_id = appointment.connection_id
                       and patient.patient_id = appointment.patient_id and patient.email_index = %(email)s)"""
    return recheck_for_setting(link, change_id, where, {"email": email_index})


def recheck_one(run: Run, appointment_id: str) -> None:
    """Judges one appointment anew; its patient is wanted anew where the EMR can be asked."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        ids = appointments.numbered(transaction, link.connection_id, appointment_id)
        stored = appointments.find(transaction, link.vault, link.connection_id, ids)
        run.decisions_changed += judge_again(run.bench(transaction), stored, Cause("somebody asked"))
        people = dict.fromkeys((each for one in stored for each in one.appointment.everybody), link.now())
        if people and link.manifest.reads_patients:
            wanted.want(transaction, link.connection_id, "patient", people)
            run.has_news = True


def recheck_everything(link: Link, cause: Cause) -> int:
    """All of a connection, over ones too: after the rules themselves changed."""
    run = join(link)
    return _recheck(run, "connection_id = %(connection)s", {}, cause)


def _recheck(run: Run, where: str, parameters: Mapping[str, Any], cause: Cause) -> int:
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        chosen = appointments.select(transaction, link.vault, where, {"connection": link.connection_id, **parameters})
        return _judge(run, transaction, chosen, cause)


def _judge(run: Run, transaction: Transaction, batches: Iterable[Sequence[StoredAppointment]], cause: Cause) -> int:
    bench = run.bench(transaction)
    changed = sum(judge_again(bench, batch, cause) for batch in batches)
    run.decisions_changed += changed
    return changed
