"""The conformance suite over the pretend DrChrono."""

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
