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


class TestAthenahealthTheOtherWay(TestAthenahealth):
    """Every uncertain fact the other way round, and the settings that say so."""

    quick = {
        **TestAthenahealth.quick,
        "expires_in": "number",
        "drift": "2016",
        "names_with_yn": "yes",
        "throttled_answer": "mashery",
        "departmentid": "required",
        "last_modified_zone": "department",
        "self_pay": "no insurance",
        "checked_out": "4",
        "subscription": "partial",
        "leaveunprocessed": "ignored",
        "processed_window": "also unread",
        "changed_totalcount": "page",
        "deleted_rows": "bare id",
        "open_slots": "none",
        "merged_patient": "survivor",
        "patient_insurance": "separate",
        "restricted_patient": "404",
        "department_zone": "offset",
        "entitytype": "missing",
    }
    settings = {
        "last_modified_zone": "department",
        "insurance_reading": "separately",
        "booked_list": "one department",
        "window_days": "31",
        "page_size": "200",
    }


class TestAthenahealthReadAtOnce(TestAthenahealth):
    """Without looking first, without departments, replaying with every reading, and told as little as may be."""

    quick = {
        **TestAthenahealth.quick,
        "expires_in": "missing",
        "subscription": "inactive",
        "changed_totalcount": "missing",
        "deleted_rows": "none",
        "most_rows": "1000",
    }
    settings = {"look_before_reading": "no", "booked_list": "practice", "replay_minutes": "5", "window_days": "14"}
    requests_when_idle = 2

    # It is replayed every time.
    test_a_quiet_feed_is_asked_about_once_and_replayed_now_and_then = None  # type: ignore[assignment]
