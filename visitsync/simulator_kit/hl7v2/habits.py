"""In how many ways real senders differ (hl7v2 reference, sections 2 to 9): each a variant of the pretend one."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.app import choose

NO_ADDRESS = "none"

HABITS: Mapping[str, tuple[str, ...]] = {
    "mllp_address": (NO_ADDRESS,),  # or any host:port; without one the messages queue
    "version": ("2.3", "2.3.1", "2.4", "2.5.1", "2.8"),
    "line_ends": ("CR", "CRLF", "LF"),
    "delimiters": ("usual", "custom", "misordered"),
    "charset": ("UTF-8", "UTF-8 undeclared", "UTF-8 declared as 8859/1", "cp1252 undeclared", "8859/1"),
    # Identity
    "ids": ("both", "filler only", "placer only"),
    "control_ids": ("unique", "patient's number"),  # reused: MSH-10 equal to the chart's number
    # Events
    "reschedule": ("S13 with new id", "S15 and S12", "S12 with parent"),
    "no_show": ("S26", "S15", "S15 with reason"),
    "undo": ("S13", "S14"),
    "move": ("S13", "S14"),
    "delete": ("S17", "S15"),
    "blocks": ("S12 without PID", "S12 with empty PID", "S23", "not sent"),
    "people": ("A04 and A08", "A28 and A31"),
    "collapse": ("no", "yes"),  # several edits between two runs become one message with the last state
    "initial_load": ("sent", "not sent"),
    # Where things stand
    "start_place": ("SCH-11", "TQ1", "AIS-4", "SCH-11 is the time of sending"),
    "duration": ("minutes", "MIN in SCH-9", "M in TQ", "seconds", "seconds without unit"),
    "layout": ("standard", "shifted"),
    "provider_place": ("AIP", "AIG", "PV1"),
    "location_place": ("AIL", "PV1"),
    "groups": ("RGS", "no RGS", "old and new"),
    "email_place": ("PID-13 typed", "PID-13.4 of the phone", "PID-13.1", "PID-14", "PID-40", "ZPD"),
    "patient_in_siu": ("whole", "number and name"),
    "z_segments": ("none", "between"),
    # What is meant
    "status_words": ("0278", "upper case", "own"),
    "emptied": ("null", "empty"),  # how a value that was taken away is told: "", or nothing
    "uninsured": ("null", "left out"),
    "times": ("local", "with offset", "utc"),
    "minutes_only": ("no", "yes"),
    "accepts": ("AA", "CA"),  # a strict sender is satisfied by CA only and asks for it
    "ack_wait_tenths": ("300", "5"),
}
"""Uncertain facts; the first of each is the default."""


def choose_habits(known: Mapping[str, tuple[str, ...]], chosen: Mapping[str, str]) -> dict[str, str]:
    """Every habit with the variant chosen for it, else its first; the address may be any. Raises UnknownVariant."""
    address = chosen.get("mllp_address", NO_ADDRESS)
    others = {name: value for name, value in chosen.items() if name != "mllp_address"}
    return {**choose(known, others), "mllp_address": address}
