"""What a wished change would do, appointment by appointment, before anybody says yes."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.role import Permission
from visitsync.domain.time_words import short_day_in_words
from visitsync.storage import appointment_lists
from visitsync.storage.database import Transaction
from visitsync.sync.admin.carrying_out import Preview, preview
from visitsync.sync.lines import Line, lines_of
from visitsync.sync.office import Office
from visitsync.sync.rehearsing import Turned
from visitsync.web.parts import parts
from visitsync.web.staff.catalog.asked import Proposal
from visitsync.web.staff.viewer import Viewer

MOST_IN_PLACE = 6
MOST = 200


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment whose outcome would be another."""

    day: str
    time: str
    zone: str
    """Where it is not the practice's."""
    patient: str
    """"" where it is not known, or not for whoever looks."""
    provider: str
    booked_as: str
    before: Outcome
    after: Outcome
    waits_for_record: bool


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    sentence: str
    starts: int
    stops: int
    keys: tuple[tuple[UUID, Turned], ...]
    """Connection and what is turned, the nearest first; outcomes only."""
    is_untried: bool
    """There is a connection that could not be tried, as nobody has signed it in."""

    @property
    def count(self) -> int:
        return len(self.keys)


def weigh(office: Office, practice_id: UUID, proposal: Proposal) -> Weighed:
    """Tries the change on each connection that it can affect, and takes it back. What the change raises passes through.

    Not within a transaction: it opens its own.
    """
    desks = [desk for identity, desk in office.desks.items() if proposal.connection_id in (None, identity)]
    tried = [desk.connection.connection_id for desk in desks if desk.connection.has_credentials]
    found = {one: preview(parts().engine, practice_id, one, proposal.change) for one in tried}
    if not tried:
        _try_alone(practice_id, proposal)
    turned = tuple(one for each in found.values() for one in each.turned)
    moved = [(identity, one) for identity, each in found.items() for one in each.moved]
    return Weighed(
        sentence=Preview(turned=turned).sentence,
        starts=sum(one.would_start for one in turned),
        stops=sum(one.would_stop for one in turned),
        keys=tuple(sorted(moved, key=lambda item: (item[1].start, item[1].appointment_id))),
        is_untried=len(tried) < len(desks),
    )


def shown(transaction: Transaction, office: Office, viewer: Viewer, weighed: Weighed, *, at_most: int) -> list[Moved]:
    """The nearest of them as lines; nobody's name for whoever may not see visits. Two queries."""
    chosen = weighed.keys[:at_most]
    keys = [(identity, one.appointment_id) for identity, one in chosen]
    listed = appointment_lists.listed(transaction, parts().vault, keys)
    lines = {line.key: line for line in lines_of(transaction, parts().vault, office, listed)}
    sees_names = viewer.may(Permission.SEE_VISITS)
    return [
        _moved(lines[identity, one.appointment_id], one, sees_names=sees_names)
        for identity, one in chosen
        if (identity, one.appointment_id) in lines
    ]


def names_in(lines: Sequence[Moved]) -> bool:
    """Whether somebody's name is among them."""
    return any(line.patient for line in lines)


def _moved(line: Line, turned: Turned, *, sees_names: bool) -> Moved:
    return Moved(
        day=short_day_in_words(line.day),
        time=line.start_text,
        zone=line.other_zone,
        patient=line.patient_name if sees_names else "",
        provider=line.provider,
        booked_as=line.booked_as,
        before=turned.before,
        after=turned.after,
        waits_for_record=turned.waits_for_record,
    )


class _TakenBack(Exception):
    """Ends a transaction without a trace."""


def _try_alone(practice_id: UUID, proposal: Proposal) -> None:
    """Without any connection that can be tried, at least what stands against the change is told."""
    with suppress(_TakenBack), parts().database.practice(practice_id) as transaction:
        proposal.change(transaction)
        raise _TakenBack
