"""What changes of appointments make us ask for besides: ids that say nothing, departments that are new to us."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import JsonRow, decode_record, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.athenahealth.asking import JSON, Asking
from visitsync.connectors.athenahealth.bookmarks import FeedMark
from visitsync.connectors.athenahealth.departments import Departments
from visitsync.connectors.athenahealth.drift import optional_id
from visitsync.connectors.athenahealth.payloads import PLACES, SLOTS
from visitsync.connectors.athenahealth.translate import GONE, ID, STATUS, is_bare


class Nothing:
    """For patients."""

    def after(self, rows: Sequence[JsonRow], mark: FeedMark) -> Iterator[tuple[FetchedPage, FeedMark]]:
        """No further pages."""
        return iter(())


class AfterAppointments:
    """For appointments."""

    def __init__(self, asking: Asking, departments: Departments) -> None:
        self._asking = asking
        self._departments = departments

    def after(self, rows: Sequence[JsonRow], mark: FeedMark) -> Iterator[tuple[FetchedPage, FeedMark]]:
        """The single records of bare ids; the list of departments, where a row names one that is new.

        Rows of a new department cannot be understood before the list was taken in, so that they are replayed next time.
        """
        for identity in _bare_ids(rows):
            yield single_appointment(self._asking, identity, urgency=Urgency.ROUTINE), mark
        named = _departments_of(rows)
        if named <= set(mark.departments or ()):
            return
        listed: set[str] = set()
        for page in self._departments.pages(urgency=Urgency.ROUTINE):
            listed |= set(page.ids)
            yield page.fetched, mark
        mark = msgspec.structs.replace(mark, departments=tuple(sorted(listed | named)), wants_replay=True)
        yield self._departments.nothing(), mark


def single_appointment(asking: Asking, appointment_id: str, *, urgency: Urgency) -> FetchedPage:
    """One appointment as it is now; athenahealth's own 404 says that there is none. Raises the errors of asking."""
    path = f"appointments/{quote(appointment_id, safe='')}"
    answer = asking.get_one(path, operation="appointments", urgency=urgency, params={"showcopay": "false"})
    if answer.status == 403:
        raise asking.error(answer, "appointments")
    asked = {ID: appointment_id} | ({STATUS: GONE} if answer.status == 404 else {})
    return FetchedPage(kind=RecordKind.APPOINTMENT, body=answer.body, media_type=JSON, asked=asked)


def _bare_ids(rows: Sequence[JsonRow]) -> Iterator[str]:
    for row in rows:
        with suppress(RecordUnreadable):
            slot = decode_record(row.body, SLOTS)
            if is_bare(slot):
                yield record_id(slot.appointmentid)


def _departments_of(rows: Sequence[JsonRow]) -> set[str]:
    """Of booked rows; open slots elsewhere do not concern us."""
    found = set()
    for row in rows:
        with suppress(RecordUnreadable):
            place = decode_record(row.body, PLACES)
            if place.patientid and (department := optional_id(place.departmentid)):
                found.add(department)
    return found
