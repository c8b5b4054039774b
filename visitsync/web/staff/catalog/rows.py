"""A line of the EMR's lists as all these pages show it: name, what is to be known of it, what can be done."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

import msgspec

from visitsync.domain.practice import CatalogEntry
from visitsync.web.design.outcome_looks import Look

CONNECTED = Look("Connected", "check", "ready")
SYNCED = Look("Synced", "check", "ready")
ENABLED = Look("Enabled", "check", "ready")
PARTLY = Look("Partly connected", "hold", "provider")
NOT_CONNECTED = Look("Not connected", "dash", "quiet")
NOT_ENABLED = Look("Not enabled", "dash", "quiet")
NEW = Look("New", "plus", "waiting")
RENAMED = Look("Renamed", "hold", "provider")
RETIRED = Look("No longer in use", "ban", "provider")
SOUNDS_LIKE_VIDEO = Look("Sounds like video", "video", "waiting")
NEARLY = Look("Spelt almost right", "flag", "fix")
NEW_NUMBER = Look("New number", "hold", "provider")
NUMBER_REUSED = Look("Number used again", "hold", "hold")
NO_CLINICIAN = Look("Not a clinician", "dash", "quiet")
NO_NPI = Look("NPI missing", "hold", "provider")
NO_LOGIN = Look("Linked to nobody", "person-plus", "provider")
NO_ZONE = Look("No time zone", "clock", "provider")


class Action(msgspec.Struct, frozen=True):
    """Something that can be done, each first as a preview."""

    label: str
    href: str
    is_main: bool = False
    is_page: bool = False
    """It leads to a page of its own, and is not shown in place."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    name: str
    number: str
    """Its id in the EMR, where that is worth showing."""
    key: str
    """Names the line on the page; letters and digits."""
    is_connected: bool
    is_odd: bool
    """New, renamed, gone, or something to look at."""
    looks: tuple[Look, ...]
    facts: tuple[str, ...]
    used: int
    """Coming appointments."""
    offers: Callable[[], Sequence[Action]] = tuple
    """Works out what can be done: only for the few lines of a long list that are shown."""
    zone: str = ""
    zone_words: str = ""
    href: str = ""
    """Its own page, if it has one."""

    @property
    def actions(self) -> Sequence[Action]:
        return self.offers()


def key_of(*parts: str) -> str:
    """A short word for a line that stays the same and holds nothing of the EMR's text."""
    return "row" + sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def chosen(rows: Iterable[Row], search: str, show: str) -> list[Row]:
    """Those that are searched for, the connected ones first, then by use, then by name."""
    wanted = search.casefold()
    found = [row for row in rows if _is_shown(row, show) and wanted in f"{row.name} {row.number}".casefold()]
    return sorted(found, key=lambda row: (not row.is_connected, not row.is_odd, -row.used, row.name.casefold()))


def looks_of_entry(entry: CatalogEntry, *, is_new: bool) -> list[Look]:
    """What is to be said of any entry besides whether it is connected."""
    looks = []
    if is_new and entry.is_active:
        looks.append(NEW)
    if entry.previous_name is not None:
        looks.append(RENAMED)
    if not entry.is_active:
        looks.append(RETIRED)
    return looks


def former_name(entry: CatalogEntry) -> list[str]:
    return [f"was “{entry.previous_name}”"] if entry.previous_name is not None else []


def counted(count: int, one: str, many: str) -> str:
    """ "1 visit", "3 visits"."""
    return f"{count:,} {one if count == 1 else many}"


def ids_shown(ids: Sequence[str], most: int = 3) -> str:
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")


def _is_shown(row: Row, show: str) -> bool:
    return {"connected": row.is_connected, "not": not row.is_connected, "look": row.is_odd}.get(show, True)
