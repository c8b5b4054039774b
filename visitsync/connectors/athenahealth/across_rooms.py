"""What the tests that cross rooms must be told about athenahealth."""

from collections.abc import Mapping

from visitsync.connector_kit.conformance.across_rooms import SOON, AcrossRooms, Told
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner

WITHOUT_LIMITS = {"calls_per_second": "none", "calls_per_day": "none", "token_calls_per_minute": "none"}

TOLD: Mapping[str, Told] = {
    "B13-nobody": Told(  # a booked row that leaves out its patient is set aside, and named where it is asked for
        outcome=None, codes=("not-received-yet",), owner=Owner.NOBODY, says="We have not received it",
        fix="Nothing to do yet", by="Expected by", then=None, then_codes=("not-received-yet",),
    ),
    "F7-office": Told(
        outcome=Outcome.NOT_TELEMEDICINE, codes=("type-not-approved",), owner=Owner.FRONT_DESK, by=SOON,
        says="which is not an approved telemedicine appointment type ID",
    ),
}  # fmt: skip

ACROSS_ROOMS = AcrossRooms(
    emr="athenahealth",
    variants=WITHOUT_LIMITS,
    small_pages={"most_rows": "7", "booked_rows": "7"},
    swarm_variants=(
        {"changed_totalcount": "page"},
        {"changed_totalcount": "missing"},
        {"leaveunprocessed": "ignored"},
        {"processed_window": "also unread"},
        {"deleted_rows": "bare id"},
        {"deleted_rows": "none"},
        {"drift": "2016"},
        {"names_with_yn": "yes"},
        {"department_zone": "offset"},
        {"departmentid": "required"},
        {"merged_patient": "survivor"},
        {"feed_delay_seconds": "300"},
    ),
    settings={
        "requests_per_second": "1000000",
        "requests_per_day": "1000000000",
        "tokens_per_minute": "1000000",
        "window_days": "31",
    },
    tells_of_deletions=True,
    tells_of_closed_locations=False,  # a department that is closed is listed like the others
    lists=r"GET /v1/\d+/appointments/(booked|changed)",
    windows=r"GET /v1/\d+/appointments/booked",
    changes=r"GET /v1/\d+/appointments/changed",
    one_chart=r"GET /v1/\d+/patients/{patient}",
    a_list_of_the_practice=r"GET /v1/\d+/departments",
    fields=(
        "appointmentid", "date", "starttime", "duration", "appointmentstatus", "departmentid", "providerid",
        "patientid", "appointmenttypeid", "lastmodified", "scheduleddatetime",
    ),
    unreadable=("bad time", "iso date", "no id", "null id", "text for numbers"),
    told=TOLD,
    elsewhere={
        "A5-twin": "needs a practice that approves by ID: tried with the quirks of athenahealth",
        "A6": "needs a practice that approves type and department together: test_several_marks",
        "E5-still-f": "it lies in the past when it is booked: tried with the quirks of athenahealth",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)  # fmt: skip
