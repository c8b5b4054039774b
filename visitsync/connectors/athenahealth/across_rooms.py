"""What the tests that cross rooms must be told about athenahealth."""

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms

ACROSS_ROOMS = AcrossRooms(
    emr="athenahealth",
    variants={"calls_per_second": "none", "calls_per_day": "none", "token_calls_per_minute": "none"},
    small_pages={"most_rows": "7", "booked_rows": "7"},
    settings={"requests_per_second": "1000000", "requests_per_day": "1000000000", "tokens_per_minute": "1000000"},
    lists=r"GET /v1/\d+/appointments/(booked|changed)",
    windows=r"GET /v1/\d+/appointments/booked",
    changes=r"GET /v1/\d+/appointments/changed",
    one_chart=r"GET /v1/\d+/patients/{patient}",
    a_list_of_the_practice=r"GET /v1/\d+/departments",
)
