"""The conformance suite over the pretend Kareo."""

from typing import Any

from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connectors.kareo.contract import ENDPOINT_PATH
from visitsync.connectors.kareo.simulator import KareoSimulator
from visitsync.simulator_kit.clinic import Clinic


class TestKareo(ConnectorConformance):
    emr = "kareo"
    path = ENDPOINT_PATH
    list_line = r"^POST .* GetAppointments$"
    quick = {"throttle_percent": "0"}
    limited = {"throttle_percent": "100"}
    requests_when_idle = 2  # the practice is looked up before anything else

    # GetAppointments has no pages.
    test_a_list_that_goes_in_a_circle_is_left = None  # type: ignore[assignment]

    def trial(self, **given: Any) -> Trial:
        """A trial in which appointments are called as the connector calls them, and throttling goes by its clock."""
        trial = super().trial(**given)
        app = trial.app
        trial.app = trial.server.app = KnownByStart(
            trial.clinic, clock=trial.clock, variants=app.variants, scenarios=app.scenarios()
        )
        return trial


class KnownByStart(KareoSimulator):
    """Calls an occurrence of a series by the series' id and its own start, as our connector does."""

    def __init__(self, clinic: Clinic, **given: Any) -> None:
        super().__init__(clinic, **given)
        self.seconds = lambda: self.clock().timestamp()

    def vendor_id(self, appointment_id: int) -> str:
        booked = self.clinic.appointments.get(appointment_id)
        start = "" if booked is None or booked.series_id is None else f"@{booked.start.isoformat(timespec='minutes')}"
        return super().vendor_id(appointment_id) + start


class TestKareoOf2021(TestKareo):
    """Every uncertain fact the other way round, and the settings that say so."""

    quick = {
        "throttle_percent": "0",
        "contract": "2021",
        "list_times": "practice",
        "stamp_times": "practice",
        "list_dates": "iso",
        "upper_bounds": "exclusive",
        "over_60_days": "empty",
        "series": "own_ids",
        "deleted": "error",
        "unknown_id": "nil",
        "empty_list": "phantom_row",
        "missing_filter": "error",
        "practice_name": "required",
        "status_words": "joined",
        "type_words": "word",
        "name_order": "last_first",
        "wrong_login": "is_error",
        "security_on_error": "nil",
        "security_result_success": "true_when_bad",
        "throttled_answer": "untyped",
    }
    settings = {"list_times": "practice_local", "list_stamps": "practice_local"}
    requests_when_idle = 4  # without the provider's id in lists, the detail of whatever changed is read again


class TestKareoReadByWindow(TestKareo):
    """Stamps that are of no use, lists that are nil where they are empty, every appointment looked at on its own."""

    quick = {
        "throttle_percent": "0",
        "stamp_times": "utc",
        "empty_list": "nil",
        "deleted": "nil",
        "wrong_key": "null_list",
        "status_words": "spaced",
    }
    settings = {"list_stamps": "utc", "changes": "window", "details": "always", "chunk_days": "14"}
    requests_when_idle = 15
