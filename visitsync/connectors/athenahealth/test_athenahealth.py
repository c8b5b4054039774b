"""The conformance suite over the pretend athenahealth, with its uncertain facts one way and the other."""

from visitsync.connector_kit.conformance.suite import ConnectorConformance
from visitsync.connector_kit.limits import Limit
from visitsync.simulator_kit.server import LoggedRequest


class TestAthenahealth(ConnectorConformance):
    emr = "athenahealth"
    list_line = r"^GET /v1/195900/appointments/booked"
    consumed_line = r"^GET /v1/195900/appointments/changed\?"
    token_line = r"^POST /oauth2/v1/token"
    quick = {"calls_per_second": "none", "calls_per_day": "none", "token_calls_per_minute": "none"}
    limited = {"calls_per_second": "5", "calls_per_day": "50000", "token_calls_per_minute": "5"}
    small_pages = (
        {"most_rows": "7", "booked_rows": "7"},
        {"most_rows": "3", "booked_rows": "2"},
        {"most_rows": "20", "booked_rows": "20", "changed_totalcount": "page"},
    )
    tells_zones = True

    def is_counted_by(self, limit: Limit, request: LoggedRequest) -> bool:
        """One limit is the token desk's own."""
        return limit.operation is None or request.operation == "POST /oauth2/v1/token"
