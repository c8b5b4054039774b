"""What somebody asks to change, taken apart: every value is looked at here before anything is done with it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from django.http import QueryDict

from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage.practice_settings import Author
from visitsync.sync.admin.carrying_out import Change
from visitsync.sync.desk import Desk
from visitsync.sync.office import Office

LONGEST = 2_000


class CannotBeAsked(ValueError):
    """The wish makes no sense as it stands; the message says what to do, for people."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that can be previewed and carried out."""

    title: str
    """As a question: "Connect “Video Consult”?"."""
    verb: str
    """What the button says."""
    change: Change
    view: str
    """The tab that one returns to."""
    connection_id: UUID | None = None
    """None: it is about the whole practice."""
    explains: tuple[str, ...] = ()
    """What else is to be known before saying yes."""
    is_careful: bool = False
    """Visits may end, or somebody may lose sight of them."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The values that came with a wish, and what they speak of."""

    given: QueryDict
    office: Office
    author: Author
    staff: Mapping[str, str]
    """Active members, id → name."""

    @property
    def desk(self) -> Desk:
        """Of the connection that is meant. Raises CannotBeAsked."""
        try:
            return self.office.desks[UUID(self.text("connection"))]
        except (ValueError, KeyError):
            raise CannotBeAsked("This connection is not there any more. Begin again from the list.") from None

    def text(self, name: str) -> str:
        """As given, blanks at the ends included: they may be what differs. Raises CannotBeAsked."""
        value = self.given.get(name, "")
        if len(value) > LONGEST or "\0" in value:
            raise CannotBeAsked("What was entered is too long, or holds characters that no EMR has.")
        return str(value)

    def words(self, name: str) -> list[str]:
        """All values of that name that are not blank."""
        return [str(value)[:LONGEST] for value in self.given.getlist(name) if str(value).strip()]

    def needed(self, name: str, what: str) -> str:
        """The same as `text`, where blank is not enough. Raises CannotBeAsked."""
        value = self.text(name)
        if not value.strip():
            raise CannotBeAsked(f"Choose or enter {what} first.")
        return value

    def kind(self) -> MarkKind:
        """Raises CannotBeAsked."""
        kind = self.text("kind")
        if kind not in self.desk.manifest.marks:
            raise CannotBeAsked(f"{self.desk.manifest.name} has no such mark.")
        return MarkKind(kind)

    def entry(self, entries: Mapping[str, CatalogEntry], name: str) -> CatalogEntry:
        """Raises CannotBeAsked."""
        found = entries.get(self.text(name))
        if found is None:
            raise CannotBeAsked(f"{self.desk.manifest.name} does not list this. Begin again from the list.")
        return found

    def one_of(self, name: str, there: Sequence[str]) -> str:
        """Raises CannotBeAsked."""
        value = self.text(name)
        if value not in there:
            raise CannotBeAsked("This cannot be chosen. Begin again from the list.")
        return value
