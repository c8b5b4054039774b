"""Where in these pages somebody is: the tab, the EMR they look at, what they search for; and links to elsewhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec
from django.http import HttpRequest
from django.urls import reverse

from visitsync.domain.role import Permission
from visitsync.sync.desk import Desk
from visitsync.sync.office import Office
from visitsync.web.staff.viewer import Viewer

TABS: Mapping[str, tuple[str, str]] = {
    "catalog": ("Appointment types", "tag"),
    "catalog-locations": ("Locations", "pin"),
    "catalog-providers": ("Providers", "people"),
    "catalog-settings": ("Settings", "wrench"),
    "catalog-changes": ("Changes", "undo"),
}
SHOWS: Mapping[str, str] = {
    "": "Everything",
    "connected": "Connected",
    "not": "Not connected",
    "look": "New or changed",
}
PER_PAGE = 50
LONGEST_SEARCH = 100
_KEPT = ("connection", "q", "show", "page")
"""Of a query: what leads back to the same place."""

Row = TypeVar("Row")


class Tab(msgspec.Struct, frozen=True):
    """One of the pages beside each other."""

    href: str
    label: str
    icon: str
    is_here: bool


class Choice(msgspec.Struct, frozen=True):
    """One of the EMRs, or one way to filter."""

    value: str
    label: str
    is_here: bool
    href: str = ""


class Leaf(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """One page of a long list."""

    rows: tuple[Row, ...]
    total: int
    """Of all pages."""
    first: int
    previous: str = ""
    """Query; "": there is none."""
    following: str = ""

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What one request looks at."""

    viewer: Viewer
    office: Office
    view: str
    desk: Desk | None
    """None: no EMR is connected."""
    search: str = ""
    show: str = ""
    page: int = 1

    @property
    def may_change(self) -> bool:
        return self.viewer.may(Permission.CHANGE_SETTINGS)

    @property
    def query(self) -> dict[str, str]:
        """What leads back here."""
        given = {
            "connection": str(self.desk.connection.connection_id) if self.desk and len(self.office.desks) > 1 else "",
            "q": self.search,
            "show": self.show,
            "page": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in given.items() if value}

    def ask(self, act: str, **given: str) -> str:
        """The address of the preview of a change."""
        connection = {"connection": str(self.desk.connection.connection_id)} if self.desk else {}
        back = {"back": urlencode(self.query)} if self.query else {}
        return f"{self.to('catalog-preview')}?{urlencode({'act': act, **connection, **given, **back})}"

    def to(self, view: str) -> str:
        return _address(view, self.viewer.slug)

    def leaf(self, rows: Sequence[Row]) -> Leaf[Row]:
        """The page of these rows that was asked for; beyond the last one, the last."""
        pages = max(1, -(-len(rows) // PER_PAGE))
        page = min(self.page, pages)
        first = (page - 1) * PER_PAGE
        return Leaf(
            rows=tuple(rows[first : first + PER_PAGE]),
            total=len(rows),
            first=first + 1,
            previous=self._on_page(page - 1) if page > 1 else "",
            following=self._on_page(page + 1) if page < pages else "",
        )

    def context(self) -> dict[str, Any]:
        """For the frame around each tab."""
        return {
            "tabs": [Tab(self._tab(view), *words, view == self.view) for view, words in TABS.items()],
            "connections": self._connections() if len(self.office.desks) > 1 else [],
            "shows": [Choice(value, label, value == self.show) for value, label in SHOWS.items()],
            "may_change": self.may_change,
            "desk": self.desk,
            "words": self.desk.screen.words if self.desk else {},
            "search": self.search,
            "back_query": urlencode(self.query),
            "now": self.viewer.now,
        }

    def _tab(self, view: str) -> str:
        connection = {name: value for name, value in self.query.items() if name == "connection"}
        return self.to(view) + (f"?{urlencode(connection)}" if connection else "")

    def _connections(self) -> list[Choice]:
        """Two of one EMR are told apart by their order, the older first."""
        met: Counter[str] = Counter()
        choices = []
        for identity, desk in self.office.desks.items():
            met[desk.manifest.name] += 1
            number = met[desk.manifest.name]
            label = desk.manifest.name if number == 1 else f"{desk.manifest.name} ({number})"
            choices.append(Choice(str(identity), label, desk is self.desk, f"?{urlencode({'connection': identity})}"))
        return choices

    def _on_page(self, page: int) -> str:
        return "?" + urlencode({**self.query, "page": str(page)})


def place_of(request: HttpRequest, viewer: Viewer, office: Office, view: str) -> Place:
    """What the address asks for; nonsense falls back to the first EMR and the beginning of its list."""
    asked = request.GET
    show, page = asked.get("show", ""), asked.get("page", "")
    return Place(
        viewer=viewer,
        office=office,
        view=view,
        desk=desk_chosen(office, asked.get("connection", "")),
        search=" ".join(asked.get("q", "")[:LONGEST_SEARCH].split()),
        show=show if show in SHOWS else "",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 and int(page) else 1,
    )


def desk_chosen(office: Office, connection: str) -> Desk | None:
    """The desk of that connection, else the first."""
    try:
        chosen = office.desks.get(UUID(connection))
    except ValueError:
        chosen = None
    return chosen or next(iter(office.desks.values()), None)


def way_back(viewer: Viewer, view: str, back: str, **more: str) -> str:
    """The address of a tab as somebody left it: `back` is its query, of which only what we know is taken."""
    kept = {name: value for name, value in parse_qsl(back[:1_000]) if name in _KEPT}
    query = urlencode({**kept, **more})
    return _address(view, viewer.slug) + (f"?{query}" if query else "")


@lru_cache(maxsize=1_024)
def _address(view: str, slug: str) -> str:
    """Remembered, as a long list has a link on every line."""
    return reverse(view, kwargs={"practice": slug})
