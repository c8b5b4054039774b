"""A pretend Kareo: its SOAP service as the vendor's documents describe it, every uncertain fact a variant.

Written from the vendor's documents only; it shares no code with the connector, so that a misreading of ours cannot
agree with itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.connectors.kareo.simulator.account import CREDENTIALS
from visitsync.connectors.kareo.simulator.contract import VERSIONS
from visitsync.connectors.kareo.simulator.service import PATH, KareoSimulator
from visitsync.connectors.kareo.simulator.spoiling import FAULTS
from visitsync.connectors.kareo.simulator.statuses import STATUS_WORDS
from visitsync.simulator_kit.app import choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED_SCENARIOS
from visitsync.simulator_kit.scenarios import Scenario

__all__ = ["CREDENTIALS", "FAULTS", "NOT_SHOWN", "PATH", "SCENARIOS", "VARIANTS", "KareoSimulator", "simulator"]

VARIANTS: Mapping[str, tuple[str, ...]] = {
    # The service description of 2021, or with the members and operations that clients have met since.
    "contract": tuple(reversed(VERSIONS)),
    # Start and end in lists: shifted by TimeZoneOffsetFromGMT, or the practice's wall time whatever it says.
    "list_times": ("offset", "practice"),
    # What lists do when the filter has no TimeZoneOffsetFromGMT.
    "omitted_offset": ("utc", "practice"),
    # The zone of dates of creation and of the last edit, in rows and in filters.
    "stamp_times": ("offset", "practice", "utc"),
    "list_dates": ("us", "iso"),
    # Does the upper end of a range of dates belong to it?
    "upper_bounds": ("inclusive", "exclusive"),
    "over_60_days": ("error", "empty"),
    # Do the occurrences of a series share its id in lists?
    "series": ("shared_id", "own_ids"),
    # What GetAppointment says of a deleted appointment, and of an id that never was (GetPatient likewise).
    "deleted": ("is_deleted", "error", "nil"),
    "unknown_id": ("error", "nil"),
    "empty_list": ("empty", "phantom_row", "nil"),
    # Are members without a value, such as columns nobody asked for, sent as nil?
    "nil_members": ("sent", "left_out"),
    # What switching columns on does: narrows the rows, or leaves one row of nothing.
    "toggles": ("narrow", "placeholder_row"),
    "missing_filter": ("fault", "error"),
    "practice_name": ("optional", "required"),
    "status_words": STATUS_WORDS,
    "type_words": ("code", "word"),
    "name_order": ("first_last", "last_first"),
    "reason_slot": ("any", "first"),
    "provider_slot": ("any", "first"),
    # Refusals: told by SecurityResponse alone, or as an error too; a wrong key may just leave everything out.
    "wrong_login": ("quiet", "is_error"),
    "wrong_key": ("flagged", "null_list"),
    "security_on_error": ("present", "nil"),
    # SecurityResultSuccess is documented as telling trouble, and used as telling success.
    "security_result_success": ("true_when_good", "true_when_bad"),
    "throttled_answer": ("typed", "untyped"),
    # How much of the real least interval between two calls applies: 5 is twenty times as fast, 0 is none.
    "throttle_percent": ("100", "5", "0"),
}

NOT_SHOWN: Mapping[str, str] = {
    "B10": "no answer of the service has an e-mail of a chart's guarantor",
    "B11-deceased": "a chart is active or not; nothing says that somebody died",
    "E7": "neither practice, service location nor provider has a time zone",
    "E7-missing": "GetAppointment tells the moment in UTC, and no moment is missing",
    "E7-repeated": "GetAppointment tells the moment in UTC, and no moment comes twice",
}
"""Shared scenarios that nothing in Kareo's answers tells apart from an ordinary appointment, and why."""

SCENARIOS: Mapping[str, Scenario] = {
    name: scenario for name, scenario in SHARED_SCENARIOS.items() if name not in NOT_SHOWN
}


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> KareoSimulator:
    """A pretend Kareo over this clinic. Raises UnknownVariant."""
    chosen = choose(VARIANTS, variants or {})
    return KareoSimulator(clinic, clock=clock, variants=chosen, scenarios=SCENARIOS)
