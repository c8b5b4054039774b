"""Finds out which zone the times of lists are in, by asking for the same appointments with two offsets. Pure.

The reference leaves it open (sections 4 and 13); one answer of the account itself settles it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.connectors.kareo.members import Row
from visitsync.connectors.kareo.records import records_of
from visitsync.connectors.kareo.texts import list_wall

_A_MINUTE = timedelta(minutes=1)
_ROW: msgspec.json.Decoder[Row] = msgspec.json.Decoder(dict[str, str])


def rows_in(body: bytes) -> Mapping[str, Row]:
    """The rows of an answer of GetAppointments by id, as they are; of a series' occurrences none."""
    page = FetchedPage(kind=RecordKind.APPOINTMENT, body=body)
    found = records_of(page, "GetAppointments")
    return {one.id: _ROW.decode(one.body) for one in found if isinstance(one, RawRecord) and "@" not in one.id}


def list_times(row: Row, row_in_gmt: Row, offset_hours: int) -> str | None:
    """The setting `list_times` that fits a row asked for with an offset and with 0; None where that tells nothing."""
    return _following(row, row_in_gmt, "StartDate", offset_hours, otherwise="practice_local")


def list_stamps(row: Row, row_in_gmt: Row, offset_hours: int, updated_at: datetime | None) -> str | None:
    """The setting `list_stamps` that fits, with what GetAppointment says about the last change (aware)."""
    fits = _following(row, row_in_gmt, "LastModifiedDate", offset_hours, otherwise="")
    if fits != "":
        return fits
    if updated_at is None:
        return None
    said = list_wall(row["LastModifiedDate"]).replace(tzinfo=UTC)
    return "utc" if abs(said - updated_at) < _A_MINUTE else "practice_local"


def _following(row: Row, row_in_gmt: Row, name: str, offset_hours: int, *, otherwise: str) -> str | None:
    """ "offset" where the text follows the offset asked with, `otherwise` where it stays."""
    try:
        shift = list_wall(row_in_gmt.get(name, "")) - list_wall(row.get(name, ""))
    except ValueError:
        return None
    if offset_hours and shift == timedelta(hours=-offset_hours):
        return "offset"
    return otherwise if offset_hours and not shift else None
