"""Finds members in answers whose shape nobody published: by name in any spelling of case, strict about the values."""

from collections.abc import Iterator, Mapping
from typing import Any

from visitsync.connector_kit.errors import RecordUnreadable

DEEPEST = 3
"""So many objects may stand around the one that is looked for."""


class Members:
    """An object's members by case-folded name."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        """Raises RecordUnreadable where two names differ in case alone and not in what they hold."""
        self._members: dict[str, Any] = {}
        for name, value in found.items():
            key = name.casefold()
            if key in self._members and self._members[key] != value:
                raise RecordUnreadable(f"{name}: stands there twice, differently")
            self._members[key] = value

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._members

    def value(self, *names: str) -> Any:
        """Of the first of these names that holds something."""
        found = (self._members.get(name.casefold()) for name in names)
        return next((value for value in found if value not in (None, "")), None)

    def text(self, *names: str) -> str:
        """A text as it stands, a number in digits; "" for nothing. Raises RecordUnreadable."""
        value = self.value(*names)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise RecordUnreadable(f"{names[0]}: expected text")

    def inner(self, *names: str) -> "Members | None":
        """An object. None where there is none; raises RecordUnreadable for anything else."""
        value = self.value(*names)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise RecordUnreadable(f"{names[0]}: expected an object")
        return Members(value)


def objects_in(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object, outer ones first."""
    if isinstance(value, dict):
        yield value
    if depth >= DEEPEST:
        return
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if isinstance(each, dict | list):
            yield from objects_in(each, depth + 1)
