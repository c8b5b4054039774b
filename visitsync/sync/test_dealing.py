"""Who is on it ends by itself with the need, and never because too much was there to be read."""

from datetime import timedelta
from uuid import UUID

import msgspec

from visitsync.storage import being_dealt_with, staff
from visitsync.storage.database import Database, Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.conftest import NOW
from visitsync.sync.dealing import subject_of_one, who_is_on_it
from visitsync.sync.needs import NeedsAttention

NOTHING = NeedsAttention(groups=(), count=0, is_cut=False)


def test_what_nobody_needs_any_more_was_mended(database: Database, vault: Vault, practice_id: UUID) -> None:
    with database.practice(practice_id) as transaction:
        _begin(transaction, vault)
        assert not who_is_on_it(transaction, vault, NOTHING, NOW + timedelta(minutes=1))
        [past] = being_dealt_with.latest(transaction, vault, at_most=5)
    assert (past.ended_at, past.ended_by) == (NOW + timedelta(minutes=1), None)


def test_where_only_the_nearest_were_read_nobody_says_that_the_rest_was_mended(
    database: Database, vault: Vault, practice_id: UUID
) -> None:
    with database.practice(practice_id) as transaction:
        _begin(transaction, vault)
        cut = msgspec.structs.replace(NOTHING, is_cut=True)
        assert set(who_is_on_it(transaction, vault, cut, NOW)) == {"email-missing-1"}


def test_appointments_of_two_connections_with_one_number_are_two_things() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert subject_of_one((one, "7")) != subject_of_one((other, "7"))


def _begin(transaction: Transaction, vault: Vault) -> None:
    frida = staff.add_staff(transaction, vault, name="Frida", email="frida@clinic.example", role="front desk")
    being_dealt_with.begin(
        transaction,
        vault,
        subject="email-missing-1",
        title="7 patients have no e-mail",
        staff_id=frida.staff_id,
        note="",
        now=NOW,
    )
