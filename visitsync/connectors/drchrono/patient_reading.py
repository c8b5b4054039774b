"""Reads wanted patients with as few requests as may be: one by one, or through the list (reference, section 5.2)."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, read_listing, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.drchrono.asking import JSON, Asking
from visitsync.connectors.drchrono.lists import Lists
from visitsync.connectors.drchrono.payloads import IDENTITIES
from visitsync.connectors.drchrono.translate import GONE, ID, LIST_KEYS, RESTRICTED, STATUS

VERBOSE = {"verbose": "true"}
"""Only so does a patient come with insurance; a list then holds 50 per page."""
ROWS_OF_VERBOSE_LIST = 50
MANY = 100
"""From so many wanted patients on, the list may be the cheaper way."""


class PatientReading:
    """Reads patients for one connection; remembers when the list has proved to be of no (more) use."""

    def __init__(self, asking: Asking, lists: Lists, way: str) -> None:
        """`way`: the setting patient_reading."""
        self._asking = asking
        self._lists = lists
        self._way = way
        self._list_was_read = False

    def read(self, ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Pages that hold all these patients; one that DrChrono does not know comes as an absent record."""
        wanted = dict.fromkeys(ids)
        if self._prefers_list(len(wanted)):
            yield from self._from_list(wanted, urgency)
        yield from self._one_by_one(list(wanted), urgency)

    def _prefers_list(self, count: int) -> bool:
        if self._way == "list":
            return count > 0
        return self._way != "single" and count >= MANY and not self._list_was_read

    def _from_list(self, wanted: dict[str, None], urgency: Urgency) -> Iterator[FetchedPage]:
        """Takes found ones off `wanted`; never reads more pages than single reads would have cost."""
        self._list_was_read = True
        most_pages = max(len(wanted), 1)
        pages = self._lists.pages("patients", VERBOSE, urgency=urgency, most_rows=ROWS_OF_VERBOSE_LIST)
        for number, page in enumerate(pages, start=1):
            for identity in _ids(page.answer.body):
                wanted.pop(identity, None)
            yield FetchedPage(kind=RecordKind.PATIENT, body=page.answer.body, media_type=JSON)
            if not wanted or number >= most_pages:
                return

    def _one_by_one(self, ids: Sequence[str], urgency: Urgency) -> Iterator[FetchedPage]:
        may_see_others = False
        for identity in ids:
            path = f"/api/patients/{quote(identity, safe='')}"
            answer = self._asking.get_one(path, operation="patients", urgency=urgency, params=VERBOSE)
            asked = {ID: identity}
            if answer.status == 403:
                # One chart may be restricted; if no patient at all may be seen, the connection lacks a permission.
                if not may_see_others:
                    self._asking.get("/api/patients", operation="patients", urgency=urgency, params={"page_size": "1"})
                    may_see_others = True
                asked[STATUS] = RESTRICTED
            elif answer.status == 404:
                asked[STATUS] = GONE
            else:
                may_see_others = True
            yield FetchedPage(kind=RecordKind.PATIENT, body=answer.body, media_type=JSON, asked=asked)


def _ids(body: bytes) -> Iterator[str]:
    for row in read_listing(body, LIST_KEYS).rows:
        try:
            yield record_id(decode_record(row.body, IDENTITIES).id)
        except RecordUnreadable:
            continue
