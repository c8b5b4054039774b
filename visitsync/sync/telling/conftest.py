"""A practice whose people are told things, on a clock that the test moves."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from visitsync.domain.role import Role
from visitsync.domain.telling_choices import USUAL, Choices
from visitsync.storage import staff, sync_runs, telling_choices, tellings
from visitsync.storage.tellings import Telling
from visitsync.sync.conftest import Front
from visitsync.sync.engine import Engine
from visitsync.sync.office import OfficeCache
from visitsync.sync.telling.turn import tell

MONDAY_NINE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""In New York."""


class Workplace:
    """The practice of `front`, its people, and workers that look after them."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.practice_id = front.practice_id
        self.now = MONDAY_NINE
        self.offices = OfficeCache()
        self.engine = Engine(database=front.database, vault=front.vault, clock=lambda: self.now)
        self.is_read = True
        """Whether the EMR is read as usual while time passes."""

    def hire(self, name: str, role: Role, *, choices: Choices | None = None) -> UUID:
        """Somebody who can sign in; told as the role usually is."""
        with self.front.database.practice(self.practice_id) as transaction:
            email = f"{name.lower()}@lakeside.example"
            member = staff.add_staff(transaction, self.front.vault, name=name, email=email, role=role)
            if choices is not None:
                telling_choices.choose(transaction, member.staff_id, choices, now=self.now)
        user = uuid4()
        with self.front.database.shared() as connection:
            connection.execute(
                "insert into account_user (id, email, name, password, is_active) values (%s, %s, %s, '', true)",
                (user, email, name),
            )
            connection.execute(
                "insert into account_membership (user_id, tenant_id, staff_id) values (%s, %s, %s)",
                (user, self.practice_id, member.staff_id),
            )
        return member.staff_id

    def look(self, *, sends_mail: bool = True) -> int:
        """One turn of a worker."""
        if self.is_read:
            with self.front.database.practice(self.practice_id) as transaction:
                sync_runs.note_last(transaction, self.front.connection_id, "changes", at=self.now)
        return tell(self.engine, self.offices, self.practice_id, sends_mail=sends_mail)

    def passes(self, span: timedelta, *, step: timedelta = timedelta(minutes=5)) -> None:
        """Time goes by, and a worker looks now and then."""
        ends = self.now + span
        while self.now < ends:
            self.now = min(self.now + step, ends)
            self.look()

    def told(self, staff_id: UUID) -> list[Telling]:
        """All that somebody was told, in order."""
        with self.front.database.practice(self.practice_id) as transaction:
            return tellings.latest(transaction, staff_id, at_most=100)[::-1]

    def titles(self, staff_id: UUID) -> list[str]:
        """The same, in a word each."""
        return [one.title for one in self.told(staff_id)]


def always(role: Role, **changes: object) -> Choices:
    """As usual for the role, but at any hour of any day."""
    return msgspec.structs.replace(USUAL[role], **{"quiet": None, "is_told_when_closed": True, **changes})


@pytest.fixture
def workplace(front: Front) -> Workplace:
    return Workplace(front)
