"""What the address of the trail asks for: whose acts, which, when, on what, and from where on."""

from datetime import date, timedelta
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest

from visitsync.rules.calendar import start_of_day
from visitsync.storage.audit import Selection
from visitsync.storage.audit_entry import LONGEST_TEXT


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Each as in the address; "" for all."""

    who: str = ""
    act: str = ""
    kind: str = ""
    id: str = ""
    since: date | None = None
    until: date | None = None
    """Included."""
    before: int | None = None

    @property
    def is_narrowed(self) -> bool:
        return self != Chosen(before=self.before)

    def selection(self, zone: str) -> Selection:
        """The same for the storage; days are those of that zone."""
        return Selection(
            who=self.who or None,
            act=self.act or None,
            object_kind=self.kind or None,
            object_id=self.id or None,
            since=start_of_day(self.since, zone) if self.since else None,
            until=start_of_day(self.until + timedelta(days=1), zone) if self.until else None,
            before=self.before,
        )

    def address(self, before: int | None = None) -> str:
        """The query of the same choice from another entry on."""
        given = msgspec.structs.asdict(self) | {"before": before}
        return "?" + urlencode({name: str(value) for name, value in given.items() if value})


def chosen_in(request: HttpRequest) -> Chosen:
    """As far as it makes sense."""
    asked = request.GET
    before = asked.get("before", "")
    return Chosen(
        who=_text(asked.get("who", "")),
        act=_text(asked.get("act", "")),
        kind=_text(asked.get("kind", "")),
        id=_text(asked.get("id", "")),
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )


def _text(value: str) -> str:
    """What the trail can hold: no NUL, nothing without end."""
    return value.strip().replace("\0", "")[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 2000 <= day.year < 3000 else None
