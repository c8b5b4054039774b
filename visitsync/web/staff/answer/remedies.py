"""What can be mended right here, without the EMR: link a household, accept a spelling, say that it is a test."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from visitsync.domain.appointment import MarkKind
from visitsync.domain.decision import Outcome
from visitsync.domain.role import Permission
from visitsync.storage import appointments, patients
from visitsync.storage.database import Transaction
from visitsync.sync.answers import Answer
from visitsync.sync.desk import Desk
from visitsync.sync.lines import full_name
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer

SHARED = frozenset({"email-shared", "duplicate-chart-same-email"})
MISSPELT = "type-misspelt"
OVER_AND_DONE = frozenset({Outcome.CANCELLED, Outcome.OVER, Outcome.NOT_TELEMEDICINE})


class Relative(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else whose record has the same address."""

    patient_id: str
    name: str

    def __repr__(self) -> str:
        return f"Relative({self.patient_id})"


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was probably meant as an approved one."""

    kind: MarkKind
    found: str
    approved: str


class Remedies(msgspec.Struct, frozen=True, kw_only=True):
    """What this person may do about this appointment here."""

    relatives: tuple[Relative, ...] = ()
    spelling: Spelling | None = None
    may_accept: bool = False
    """Else an admin has to."""
    offers_test: bool = False
    offers_no_test: bool = False


def remedies_for(transaction: Transaction, viewer: Viewer, answer: Answer, desk: Desk) -> Remedies:
    """Only what helps; nothing for whoever may only look."""
    if not viewer.may(Permission.ACT_ON_VISITS):
        return Remedies()
    codes = {one.code for one in answer.explanations}
    return Remedies(
        relatives=relatives_of(transaction, answer) if codes & SHARED else (),
        spelling=spelling_in(transaction, answer.connection_id, answer.appointment_id) if MISSPELT in codes else None,
        may_accept=viewer.may(Permission.CHANGE_SETTINGS),
        offers_test=not answer.is_test and answer.outcome not in OVER_AND_DONE,
        offers_no_test=answer.is_test,
    )


def relatives_of(transaction: Transaction, answer: Answer) -> tuple[Relative, ...]:
    """Everybody else of the same EMR with the same address."""
    theirs = {(answer.connection_id, answer.patient_id)}
    found = patients.sharing_an_address(transaction, parts().vault, theirs)
    return tuple(
        Relative(patient_id=patient.id, name=full_name(patient))
        for _, connection_id, patient in found
        if connection_id == answer.connection_id and patient.id != answer.patient_id
    )


def spelling_in(transaction: Transaction, connection_id: UUID, appointment_id: str) -> Spelling | None:
    """What was found, and for what it would stand, as the decision has it."""
    stored = appointments.find(transaction, parts().vault, connection_id, [appointment_id])
    findings = [finding for one in stored for finding in one.decided().findings]
    evidence: Mapping[str, str] | None = next((one.evidence for one in findings if one.code == MISSPELT), None)
    if evidence is None or not evidence.get("found") or not evidence.get("approved"):
        return None
    return Spelling(
        kind=MarkKind(evidence.get("kind", MarkKind.TYPE)), found=evidence["found"], approved=evidence["approved"]
    )
