"""The conformance suite over the pretend DrChrono, with its uncertain facts one way and the other."""

from visitsync.connector_kit.conformance.suite import ConnectorConformance


class TestDrchrono(ConnectorConformance):
    emr = "drchrono"
    list_line = r"^GET /api/appointments\?"
    token_line = r"^POST /o/token/"
    quick = {"calls_per_second": "none", "hourly_quota": "none"}
    limited = {"calls_per_second": "10", "hourly_quota": "500"}
    small_pages = (
        {"appointments_page_size": "7"},
        {"appointments_page_size": "1"},
        {"appointments_page_size": "20", "paging": "offset"},
        {"appointments_page_size": "250", "list_key": "data"},
    )
    tells_zones = True


class TestDrchronoTheOtherWay(TestDrchrono):
    """Every uncertain fact the other way round, and the settings that say so."""

    quick = {
        **TestDrchrono.quick,
        "refresh_failure_status": "400",
        "refresh_answer": "without refresh token",
        "users_current": "direct",
        "forbidden_body": "html",
        "list_key": "data",
        "paging": "offset",
        "page_size": "20",
        "stamp_zone": "practice",
        "since_zone": "utc",
        "appointment_fields": "current",
        "window_days": "90",
        "show_archived": "ignored",
        "since_shows_deletions": "no",
        "virtual_id": "compact",
        "virtual_base_marks": "series",
    }
    settings = {"stamp_zone": "practice", "since_overlap_minutes": "360", "patient_reading": "list"}


class TestDrchronoInSmallSteps(TestDrchrono):
    """The window a week at a time, patients one by one, telehealth rows read for each appointment."""

    settings = {"window_days": "7", "page_size": "20", "patient_reading": "single", "telehealth_rows": "read"}
    requests_when_idle = 2  # the overlap shows the last booking again, and its telehealth row is asked for
