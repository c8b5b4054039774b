"""A practice's admin who changes settings as the command line and the pages do, and takes them back."""

from datetime import datetime
from uuid import UUID

from tests.every_cause.practice import Practice
from visitsync.connector_kit.pages import RecordKind
from visitsync.simulator_kit.staging import a_booking
from visitsync.storage import practices
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin.carrying_out import CarriedOut, Change, carry_out
from visitsync.sync.admin.entries import find_entry
from visitsync.sync.admin.undo import undo
from visitsync.sync.engine import Engine


class Admin:
    """Of one practice whose EMR is asked."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.clinic = practice.clinic
        self.engine = Engine(
            database=practice.house.database,
            vault=practice.house.link.vault,
            clock=practice.house.clock,
            allows_loopback=True,
        )
        self.practice_id: UUID = practice.house.place.practice_id
        self.connection_id = practice.connection_id
        self.at_first = self.connection()

    def connection(self) -> StoredConnection:
        """As it stands now."""
        with self.engine.database.practice(self.practice_id) as transaction:
            return practices.find_connection(transaction, self.connection_id)

    def author(self, name: str = "Alice") -> Author:
        return self.engine.author(name)

    def now(self) -> datetime:
        return self.engine.clock()

    def change(self, change: Change) -> CarriedOut:
        return carry_out(self.engine, self.practice_id, change)

    def take_back(self, done: CarriedOut | int) -> CarriedOut:
        """Raises what `undo` raises."""
        number = done if isinstance(done, int) else done.change_id
        return self.change(lambda transaction: undo(transaction, self.author(), number))

    def booked(self, **wishes: object) -> int:
        """One appointment of the clinic, read with its patient."""
        booked = a_booking(self.clinic, **wishes).id  # type: ignore[arg-type]
        self.read()
        return booked

    def read(self) -> None:
        """Twice: what is read may want more."""
        self.practice.house.sync(full=True)
        self.practice.house.sync()

    def outcome(self, appointment_id: int) -> str:
        return self.practice.why(appointment_id).outcome

    def entry_id(self, kind: RecordKind, name: str) -> str:
        with self.engine.database.practice(self.practice_id) as transaction:
            return find_entry(transaction, self.connection_id, kind, name).id
