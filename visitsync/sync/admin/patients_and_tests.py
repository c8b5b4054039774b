"""Patients who belong together, and appointments that somebody booked to try things out."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from visitsync.storage import appointments, patients, practice_settings
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.setting_touches import ThingKind
from visitsync.storage.vault import Vault
from visitsync.sync.admin import things
from visitsync.sync.admin.refusals import NameAtLeastTwo, NoHousehold, NoTestVisit, NotReceivedYet, PatientsNotRead

TEST_LASTS_DAYS = 7


def link_household(transaction: Transaction, connection_id: UUID, author: Author, patient_ids: Sequence[str]) -> int:
    """Links patients as one household, who may share an address; nobody is merged, and a household they had grows.

    Returns the number of the change. Raises NameAtLeastTwo, PatientsNotRead.
    """
    if len(set(patient_ids)) < 2:
        raise NameAtLeastTwo("Name at least two patients.")
    known = patients.fingerprints(transaction, connection_id, patient_ids)
    if unknown := [one for one in patient_ids if one not in known]:
        raise PatientsNotRead(f"No patient {', '.join(unknown)} has been read from the EMR. Nothing was linked.")
    return things.noted(
        transaction,
        things.of_connection(ThingKind.HOUSEHOLD_MEMBER, connection_id, patient_ids),
        lambda: practice_settings.link_household(transaction, connection_id, author, patient_ids)[1],
    )


def unlink_household(transaction: Transaction, connection_id: UUID, author: Author, patient_ids: Sequence[str]) -> int:
    """Takes patients out of their household; returns the number of the change. Raises NoHousehold."""

    def make() -> int:
        try:
            return practice_settings.unlink_household(transaction, connection_id, author, patient_ids)
        except LookupError:
            raise NoHousehold("None of these patients belongs to a household.") from None

    touched = things.of_connection(ThingKind.HOUSEHOLD_MEMBER, connection_id, patient_ids)
    return things.noted(transaction, touched, make)


def declare_test_visit(
    transaction: Transaction,
    vault: Vault,
    connection_id: UUID,
    author: Author,
    appointment_id: str,
    *,
    days: int = TEST_LASTS_DAYS,
) -> int:
    """Declares an appointment a test for so many days: labelled, no e-mail collision, not counted.

    Returns the number of the change. Raises NotReceivedYet.
    """
    if not appointments.find(transaction, vault, connection_id, [appointment_id]):
        raise NotReceivedYet(f"No appointment {appointment_id} has been received.")
    return things.noted(
        transaction,
        things.of_connection(ThingKind.TEST_VISIT, connection_id, [appointment_id]),
        lambda: practice_settings.declare_test_visit(
            transaction, connection_id, author, appointment_id, expires_at=author.now + timedelta(days=days)
        ),
    )


def undeclare_test_visit(transaction: Transaction, connection_id: UUID, author: Author, appointment_id: str) -> int:
    """Says that it is no test after all; returns the number of the change. Raises NoTestVisit."""

    def make() -> int:
        try:
            return practice_settings.undeclare_test_visit(transaction, connection_id, author, appointment_id)
        except LookupError:
            raise NoTestVisit(f"Appointment {appointment_id} is not declared a test.") from None

    return things.noted(transaction, things.of_connection(ThingKind.TEST_VISIT, connection_id, [appointment_id]), make)
