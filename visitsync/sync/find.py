"""Find an appointment: one box, and what the practice knows of whatever was typed into it, as lines of a list."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.storage import appointment_lists
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.beside import others_beside
from visitsync.sync.lines import Line, lines_of
from visitsync.sync.looking_up import look_up
from visitsync.sync.never_received import NotReceived, never_received
from visitsync.sync.office import Office
from visitsync.sync.unreadable import Unreadable, unreadable

MOST_LINES = 50


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that fits a question."""

    query: str
    understood_as: tuple[str, ...]
    """Of: appointment, patient number, e-mail, patient, provider, day."""
    day: date | None
    """The day that the question names."""
    lines: tuple[Line, ...]
    """Telemedicine and near misses; those to come first, the nearest first, then those that are past."""
    not_telemedicine: tuple[Line, ...]
    """Found, but not booked as telemedicine; each line's reason says why."""
    left_out: int
    """More appointments fit than are shown."""
    unreadable: tuple[Unreadable, ...]
    """Records that arrived and made no sense and may be the one that is asked for."""
    not_received: tuple[NotReceived, ...]
    """Where nothing fits: what each connection can say to that."""


def find(
    transaction: Transaction, vault: Vault, office: Office, query: str, *, next_reads: Mapping[UUID, datetime | None]
) -> Found:
    """What the question may mean; telemedicine comes first where more fits than is shown.

    `next_reads` tells when the queue reads each connection.
    """
    looked_up = look_up(transaction, vault, office, query)
    met = sorted(looked_up.found, key=lambda one: one.outcome == Outcome.NOT_TELEMEDICINE)
    keys = [one.key for one in met[:MOST_LINES]]
    place = {key: position for position, key in enumerate(keys)}
    listed = appointment_lists.listed(transaction, vault, keys)
    lines = lines_of(transaction, vault, office, listed, others_beside(transaction, keys))
    lines.sort(key=lambda line: place[line.key])
    desks = tuple(office.desks.values())
    return Found(
        query=query,
        understood_as=looked_up.understood_as,
        day=looked_up.day,
        lines=tuple(line for line in lines if line.outcome is not Outcome.NOT_TELEMEDICINE),
        not_telemedicine=tuple(line for line in lines if line.outcome is Outcome.NOT_TELEMEDICINE),
        left_out=len(met) - len(lines),
        unreadable=unreadable(transaction, desks, query, is_found=bool(met)),
        not_received=() if met else never_received(transaction, desks, query, next_reads),
    )
