"""All records of one kind: the truth, and what the EMR shows of it at a given moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

NO_LAG = timedelta(0)


class HasId(Protocol):
    """Anything with a whole number for an id."""

    @property
    def id(self) -> int: ...


Record = TypeVar("Record", bound=HasId)


class Shelf(Generic[Record]):
    """Records by id; edits may be shown later than they were made."""

    def __init__(self, first_id: int) -> None:
        self._rows: dict[int, Record] = {}
        self._next_id = first_id
        self._late: dict[int, list[tuple[datetime, Record | None]]] = {}  # what was shown until when
        self.removed: dict[int, Record] = {}  # what was taken away for good, as it last was
        self.revision = 0  # grows with every edit, so that a simulator can keep what it worked out

    def __getitem__(self, record_id: int) -> Record:
        return self._rows[record_id]

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._rows

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, record_id: int) -> Record | None:
        """The record as it truly is, or None."""
        return self._rows.get(record_id)

    def new_id(self) -> int:
        """An id nobody had before."""
        self._next_id += 1
        return self._next_id - 1

    def fill(self, records: Iterable[Record]) -> None:
        """Put many records in at once, shown immediately."""
        for record in records:
            self._rows[record.id] = record
            self._next_id = max(self._next_id, record.id + 1)
        self.revision += 1

    def put(self, record: Record, shown_from: datetime | None = None) -> None:
        """Write a record; with `shown_from` the EMR shows the previous version until then."""
        self._remember(record.id, shown_from)
        self._rows[record.id] = record
        self._next_id = max(self._next_id, record.id + 1)
        self.revision += 1

    def remove(self, record_id: int, shown_from: datetime | None = None) -> None:
        """Take a record away for good; with `shown_from` the EMR still shows it until then."""
        self._remember(record_id, shown_from)
        self.removed[record_id] = self._rows.pop(record_id)
        self.revision += 1

    def shown(self, now: datetime, lag: timedelta = NO_LAG) -> Mapping[int, Record]:
        """What a list read `lag` behind sees. Do not change it."""
        if self.is_settled(now, lag):
            return self._rows
        seen = dict(self._rows)
        for record_id in self._late:
            record = self.shown_one(record_id, now, lag)
            if record is None:
                seen.pop(record_id, None)
            else:
                seen[record_id] = record
        return seen

    def shown_one(self, record_id: int, now: datetime, lag: timedelta = NO_LAG) -> Record | None:
        """What a read of one record sees, or None."""
        for shown_until, previous in self._late.get(record_id, ()):
            if now < shown_until + lag:
                return previous
        return self._rows.get(record_id)

    def is_settled(self, now: datetime, lag: timedelta = NO_LAG) -> bool:
        """Does the EMR show everything as it truly is?"""
        for record_id in [key for key, edits in self._late.items() if now >= edits[-1][0] + lag]:
            del self._late[record_id]
        return not self._late

    def _remember(self, record_id: int, shown_from: datetime | None) -> None:
        if shown_from is not None:
            edits = self._late.setdefault(record_id, [])
            edits.append((shown_from, self._rows.get(record_id)))
            edits.sort(key=lambda edit: edit[0])
