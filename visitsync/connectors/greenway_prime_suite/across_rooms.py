"""What the tests that cross rooms must be told about Prime Suite."""

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms
from visitsync.connectors.greenway_prime_suite.on_trial import FOLLOWED, SETTINGS, WITHOUT_LIMITS
from visitsync.connectors.greenway_prime_suite.simulator import PATH

ACROSS_ROOMS = AcrossRooms(
    emr="greenway_prime_suite",
    path=PATH,
    variants={**WITHOUT_LIMITS, **FOLLOWED},
    settings={**SETTINGS, "requests_per_second": "100000"},
    small_pages={"largest_page": "7"},
    swarm_variants=({"page_start": "from 1", "largest_page": "1"}, {"slashes": "escaped"}, {"range": "site instants"}),
    tells_of_deletions=False,
    lists="User/PatientListGet",
    windows="User/PatientListGet",
    one_chart="Patient/PatientDemographicsSummaryGet",
    has_one_question_per_chart=False,
    a_list_of_the_practice="User/PatientListGet",
    fields=("AppointmentID", "ScheduleDate", "StartTime", "EndTime", "Type", "Resource", "Patient", "Visit"),
    unreadable=("bad day", "bad time", "no time", "no id", "null id", "text for numbers", "no patient", "no object"),
    elsewhere={
        "A6": "needs a practice that approves type and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)
