"""The appointments that a change would turn, as rows."""

from uuid import UUID

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.storage import appointment_lists
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.admin.carrying_out import Preview
from visitsync.sync.lines import lines_of
from visitsync.sync.office import Office
from visitsync.web.staff.today.rows import Row, row

MOST = 20


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    row: Row
    after: Outcome
    waits_for_record: bool


def shown(transaction: Transaction, vault: Vault, office: Office, connection_id: UUID, tried: Preview) -> list[Moved]:
    """The nearest; two queries."""
    turned = {(connection_id, one.appointment_id): one for one in tried.moved[:MOST]}
    listed = appointment_lists.listed(transaction, vault, list(turned))
    lines = sorted(lines_of(transaction, vault, office, listed), key=lambda line: line.start)
    return [
        Moved(
            row=row(line, office.zone),
            after=turned[line.key].after,
            waits_for_record=turned[line.key].waits_for_record,
        )
        for line in lines
    ]
