"""MSH: who sends what, when, under which number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from visitsync.simulator_kit.hl7v2.writing import Pen


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who a sender says it is."""

    application: str = "PRETEND"
    facility: tuple[str, ...] = ("CLINIC",)


def header(pen: Pen, letterhead: Letterhead, kind: str, event: str, *, at: datetime, zone: str, number: str) -> str:
    """The first segment of a message. `at` is aware; it is written on the wall clock of `zone`, or in UTC."""
    clock = ZoneInfo("UTC") if pen.habits["times"] == "utc" else ZoneInfo(zone)
    structure = "SIU_S12" if kind == "SIU" else ""
    fields = {
        3: pen.parts(letterhead.application),
        4: pen.parts(*letterhead.facility),
        5: "VISITSYNC",
        6: "VISITSYNC",
        7: f"{at.astimezone(clock):%Y%m%d%H%M%S}",
        9: pen.parts(kind, event, structure),
        10: pen.text(number),
        11: "P",
        12: pen.habits["version"],
        15: "AL",
        16: "NE",
        18: pen.charset,
    }
    whole = pen.segment("MSH", {2: "\0", **fields})
    separator = pen.marks[0]
    return whole.replace(f"MSH{separator}{separator}\0", f"MSH{separator}{pen.declared}", 1)
