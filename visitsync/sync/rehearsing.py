"""What a change of the practice's settings would do: tried on the stored appointments to come, and taken back."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime

import msgspec

from visitsync.domain.decision import WITH_VISIT, Decision, Outcome
from visitsync.rules.decide import decide
from visitsync.storage import appointments
from visitsync.storage.appointments import StoredAppointment, encode_findings
from visitsync.storage.database import Transaction
from visitsync.storage.practice_context import load_practice_context
from visitsync.sync.link import Link
from visitsync.sync.people import with_patients

TO_COME = """connection_id = %(connection)s and end_at > %(now)s and outcome not in ('over', 'cancelled')"""


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment of which something else would be said; by its id, with no name."""

    appointment_id: str
    start: datetime
    """Aware, UTC."""
    zone: str
    before: Outcome
    after: Outcome
    codes: tuple[str, ...]
    """What would be found, the leading one first."""

    @property
    def would_start(self) -> bool:
        """Whether it would get a visit, or get one as soon as the patient's record, not wanted so far, is read."""
        if self.before in WITH_VISIT or self.before is self.after:
            return False
        return self.after in WITH_VISIT or self.waits_for_record

    @property
    def would_stop(self) -> bool:
        return self.before in WITH_VISIT and self.after not in WITH_VISIT

    @property
    def waits_for_record(self) -> bool:
        """Whether only the patient's record is missing. What stands in it nobody knows yet."""
        return self.after is Outcome.WAITING and "patient-not-read-yet" in self.codes


def rehearse(link: Link, change: Callable[[Transaction], object]) -> tuple[Turned, ...]:
    """Makes the change, judges every appointment to come, and takes it all back. The nearest first.

    No EMR is asked. What `change` raises passes through.
    """
    turned: list[Turned] = []
    with suppress(_TakenBack), link.database.practice(link.practice_id) as transaction:
        change(transaction)
        turned += _turned(link, transaction)
        raise _TakenBack
    return tuple(sorted(turned, key=lambda one: (one.start, one.appointment_id)))


class _TakenBack(Exception):
    """Ends a transaction without a trace."""


def _turned(link: Link, transaction: Transaction) -> Iterator[Turned]:
    now = link.now()
    practice = load_practice_context(transaction, link.vault, link.connection_id, link.manifest, now=now)
    facts = msgspec.structs.replace(practice.connection, trouble=None, is_paused=False, notices=())
    practice = msgspec.structs.replace(practice, connection=facts)  # as a run judges: trouble is in no decision
    parameters = {"connection": link.connection_id, "now": now}
    for batch in appointments.select(transaction, link.vault, TO_COME, parameters):
        people = {patient_id for one in batch for patient_id in one.appointment.everybody}
        here = with_patients(practice, transaction, link.vault, link.connection_id, people)
        for one in batch:
            decision = decide(one.appointment, here, now)
            if _differs(one, decision):
                yield _told(one, decision)


def _differs(stored: StoredAppointment, decision: Decision) -> bool:
    return stored.outcome != decision.outcome or stored.findings != encode_findings(decision.findings)


def _told(stored: StoredAppointment, decision: Decision) -> Turned:
    start = stored.appointment.start
    return Turned(
        appointment_id=stored.appointment.id,
        start=start.instant,
        zone=start.zone,
        before=Outcome(stored.outcome),
        after=decision.outcome,
        codes=tuple(finding.code for finding in decision.findings),
    )
