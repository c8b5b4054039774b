"""Looking at one appointment again because somebody waits: asked for within bounds, and what has come of it."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import Explanation, explain
from visitsync.storage import appointments, asked_checks, patients
from visitsync.storage.appointments import StoredAppointment
from visitsync.storage.asked_checks import AskedCheck
from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState
from visitsync.storage.vault import Vault
from visitsync.sync.desk import Desk
from visitsync.sync.jobs import check_again_now
from visitsync.sync.question import day_meant

SAME_AGAIN = timedelta(seconds=15)
"""After a check of an appointment has ended, the same one is not asked for again so soon."""
A_WHILE = timedelta(minutes=1)
MOST_IN_A_WHILE = 12
"""Checks of one connection, whoever asks for them."""
LOST_AFTER = timedelta(minutes=2)
"""What is under way for so long has been lost; it may be asked for again."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:|/~-]{0,99}", re.ASCII)
_TELEPHONE = re.compile(r"\+?1?[-.]?\d{3}[-.]\d{3}[-.]\d{4}", re.ASCII)


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the wish to look again."""

    is_taken: bool
    """False: nothing new was put in; the earlier check still says what there is to say."""
    try_again_at: datetime | None = None
    """When it may be asked for (aware, UTC); None where it is under way already."""


class Stage(StrEnum):
    """How far a check is."""

    QUEUED = "queued"
    ASKING = "asking the EMR"
    FAILED = "failed"
    NO_SUCH = "no such appointment"
    FOUND = "found"
    """It had never been received, and is here now."""
    SAME = "nothing changed"
    CHANGED = "something changed"
    """But its outcome is the same."""
    TURNED = "another outcome"


class CheckProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a check is, and once it has ended what came of it."""

    stage: Stage
    check: AskedCheck
    outcome: Outcome | None
    """As it is stored now; None: not received."""
    is_nobody_working: bool = False
    """It waits, and no worker process is alive to take it up."""
    trouble: Explanation | None = None
    """What stopped it."""
    may_ask_at: datetime | None = None
    """When the same may be asked for again (aware, UTC); None: at once, or it is under way."""

    @property
    def is_under_way(self) -> bool:
        return self.stage in (Stage.QUEUED, Stage.ASKING)


def may_be_an_id(text: str, now: datetime) -> bool:
    """Whether a text that somebody typed may be an EMR's number of an appointment, and surely names nobody."""
    has_digit = any(map(str.isdecimal, text))
    is_day = day_meant(text, now.date()) is not None
    return bool(_ID.fullmatch(text)) and has_digit and not is_day and not _TELEPHONE.fullmatch(text)


def can_look_up(desk: Desk) -> bool:
    """Whether this EMR can be asked for one appointment now; one that only pushes cannot."""
    is_asked = desk.manifest.is_listed or desk.manifest.reads_single
    return is_asked and desk.connection.state is ConnectionState.ACTIVE


def can_check(desk: Desk) -> bool:
    """Whether what is known already can be checked again; of an EMR that pushes, what it has sent is looked through."""
    return desk.connection.state is ConnectionState.ACTIVE


def ask(
    transaction: Transaction, vault: Vault, connection_id: UUID, appointment_id: str, *, staff_id: UUID, now: datetime
) -> Asking:
    """Puts a check in, unless one is under way or too many were asked for: then nothing is put in."""
    asked_checks.hold(transaction, connection_id)
    last = asked_checks.latest(transaction, connection_id, appointment_id)
    if last is not None and (refused := _too_soon(last, now)):
        return refused
    lately = asked_checks.asked_since(transaction, connection_id, now - A_WHILE)
    if len(lately) >= MOST_IN_A_WHILE:
        return Asking(is_taken=False, try_again_at=lately[-MOST_IN_A_WHILE] + A_WHILE)
    stored = _stored(transaction, vault, connection_id, appointment_id)
    asked_checks.add(
        transaction,
        connection_id,
        appointment_id,
        staff_id=staff_id,
        outcome_before=stored.outcome if stored else "",
        digest_before=_digest(transaction, vault, stored),
        now=now,
    )
    check_again_now(transaction.connection, transaction.practice_id, connection_id, appointment_id)
    return Asking(is_taken=True)


def progress(
    transaction: Transaction, vault: Vault, desk: Desk, appointment_id: str, *, now: datetime
) -> CheckProgress | None:
    """How far the latest check of this appointment is; None: nobody has asked, or it was lost."""
    check = asked_checks.latest(transaction, desk.connection.connection_id, appointment_id)
    if check is None or (check.is_under_way and now - check.asked_at >= LOST_AFTER):
        return None
    stored = _stored(transaction, vault, desk.connection.connection_id, appointment_id)
    stage = _stage(check, stored, _digest(transaction, vault, stored))
    is_queued = stage is Stage.QUEUED
    return CheckProgress(
        stage=stage,
        check=check,
        outcome=Outcome(stored.outcome) if stored else None,
        is_nobody_working=is_queued and not asked_checks.is_anybody_working(transaction),
        trouble=explain(Finding(check.trouble), desk.screen) if stage is Stage.FAILED and check.trouble else None,
        may_ask_at=_may_ask_at(check, now),
    )


def _too_soon(last: AskedCheck, now: datetime) -> Asking | None:
    if last.is_under_way and now - last.asked_at < LOST_AFTER:
        return Asking(is_taken=False)
    may_ask_at = _may_ask_at(last, now)
    return Asking(is_taken=False, try_again_at=may_ask_at) if may_ask_at else None


def _may_ask_at(check: AskedCheck, now: datetime) -> datetime | None:
    if check.ended_at is None:
        return None
    again_at = check.ended_at + SAME_AGAIN
    return again_at if now < again_at else None


def _stage(check: AskedCheck, stored: StoredAppointment | None, digest: str) -> Stage:
    is_other = digest != check.digest_before
    if check.is_under_way and not is_other:
        return Stage.QUEUED if check.began_at is None else Stage.ASKING
    if check.trouble and not is_other:
        return Stage.FAILED
    if stored is None:
        return Stage.NO_SUCH
    if not check.outcome_before:
        return Stage.FOUND
    if stored.outcome != check.outcome_before:
        return Stage.TURNED
    return Stage.CHANGED if is_other else Stage.SAME


def _stored(
    transaction: Transaction, vault: Vault, connection_id: UUID, appointment_id: str
) -> StoredAppointment | None:
    return next(iter(appointments.find(transaction, vault, connection_id, [appointment_id])), None)


def _digest(transaction: Transaction, vault: Vault, stored: StoredAppointment | None) -> str:
    """The same as long as an answer would say the same; tells nothing of what it was made from."""
    if stored is None:
        return ""
    appointment: Appointment = msgspec.structs.replace(stored.appointment, changed_at=None, missing_since=None)
    charts = {(stored.connection_id, chart) for chart in appointment.everybody}
    people = patients.find_everywhere(transaction, vault, charts)
    records = [msgspec.structs.replace(people[key], changed_at=None) for key in sorted(people)]
    said = msgspec.json.encode([stored.outcome, stored.decided().findings, appointment, records])
    return vault.blind_index(transaction.practice_id, said.decode(), kind="what an answer says").hex()
