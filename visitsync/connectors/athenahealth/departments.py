"""The departments of a practice: which there are, hidden ones too, and which of them are read (section 9)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.athenahealth.asking import JSON
from visitsync.connectors.athenahealth.lists import Lists
from visitsync.connectors.athenahealth.payloads import DEPARTMENTS

WITH_HIDDEN = {"showalldepartments": "true"}
"""Without it departments that the patient portal does not show are left out; telehealth departments often are such."""
MOST_IN_ONE_REQUEST = 100


class DepartmentPage(NamedTuple):
    fetched: FetchedPage
    ids: list[str]


class Departments:
    """Reads the list, and says how the schedule is asked for."""

    def __init__(self, lists: Lists, chosen: str, way: str) -> None:
        """`chosen`: the setting departments; `way`: the setting booked_list."""
        self._lists = lists
        self._way = way
        self.chosen = tuple(dict.fromkeys(one.strip() for one in chosen.split(",") if one.strip()))
        """Ids of the departments of this connection; none: the whole practice."""

    def pages(self, *, urgency: Urgency) -> Iterator[DepartmentPage]:
        """The whole list. Raises the errors of asking."""
        for page in self._lists.pages("departments", "departments", WITH_HIDDEN, urgency=urgency):
            ids = []
            for row in page.rows:
                with suppress(RecordUnreadable):
                    ids.append(record_id(decode_record(row.body, DEPARTMENTS).departmentid))
            fetched = FetchedPage(kind=RecordKind.LOCATION, body=page.answer.body, media_type=JSON)
            yield DepartmentPage(fetched, ids)

    def nothing(self) -> FetchedPage:
        """A page of ours without any department, which only moves a bookmark."""
        return FetchedPage(kind=RecordKind.LOCATION, body=b'{"totalcount":0,"departments":[]}', media_type=JSON)

    def groups(self, *, urgency: Urgency) -> list[str]:
        """The departments to ask for in one request each, ids with commas between; "" is the whole practice."""
        if self._way == "practice" and not self.chosen:
            return [""]
        ids = list(self.chosen) or [one for page in self.pages(urgency=urgency) for one in page.ids]
        size = 1 if self._way != "many departments" else MOST_IN_ONE_REQUEST
        return [",".join(ids[start : start + size]) for start in range(0, len(ids), size)] or [""]

    def address(self) -> str:
        """Where the booked appointments of these departments are found (section 6.2)."""
        several = self._way == "many departments"
        return "appointments/booked/multipledepartment" if several else "appointments/booked"
