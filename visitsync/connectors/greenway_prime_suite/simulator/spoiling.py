"""Rows of the schedule gone wrong: repeated, unreadable, with members renamed or of another type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from visitsync.simulator_kit.exchange import Request
from visitsync.simulator_kit.faults import Faults

Row = dict[str, Any]


def spoilt(faults: Faults, request: Request, rows: list[Row]) -> Sequence[object]:
    """The rows after every fault that strikes this request."""
    found: list[Any] = rows
    if fault := faults.take("duplicate_rows", request):
        chance, share = Random(len(rows)), float(fault.options.get("share", 0.3))
        found = [row for row in found for _ in range(2 if chance.random() < share else 1)]
    if fault := faults.take("field_renamed", request):
        found = [_renamed(row, str(fault.options["field"]), str(fault.options.get("to", "Renamed"))) for row in found]
    if fault := faults.take("field_retyped", request):
        found = [{**row, str(fault.options["field"]): fault.options.get("value")} for row in found]
    if found and (fault := faults.take("unreadable_record", request)):
        index = int(fault.options.get("row", 0)) % len(found)
        wrong = UNREADABLE[str(fault.options.get("how", "bad day"))]
        found = [*found[:index], wrong(found[index]), *found[index + 1 :]]
    return found


UNREADABLE: Mapping[str, Callable[[Row], object]] = {
    "bad day": lambda row: row | {"ScheduleDate": "sometime soon"},
    "bad time": lambda row: row | {"StartTime": "noonish", "AppointmentTime": "noonish"},
    "no time": lambda row: row | {"StartTime": None, "AppointmentTime": None},
    "no id": lambda row: {name: value for name, value in row.items() if name != "AppointmentID"},
    "null id": lambda row: row | {"AppointmentID": None},
    "text for numbers": lambda row: row | {"AppointmentID": [7], "Patient": {"PatientID": "Quill, Noor"}},
    "no patient": lambda row: {name: value for name, value in row.items() if name != "Patient"},
    "null": lambda row: None,
    "no object": lambda row: "System.NullReferenceException",
    "hardly anything": lambda row: {"AppointmentID": row["AppointmentID"]},
}
"""Ways in which one row can make no sense; fault option `how`."""


def _renamed(row: Row, name: str, to: str) -> Row:
    return {(to if key == name else key): value for key, value in row.items()}
