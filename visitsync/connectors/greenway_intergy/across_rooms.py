"""What the tests that cross rooms must be told about Intergy."""

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms
from visitsync.connectors.greenway_intergy.simulator import PATH

ACROSS_ROOMS = AcrossRooms(
    emr="greenway_intergy",
    path=PATH,
    settings={"requests_per_second": "1000"},
    elsewhere={
        "A6": "needs a practice that approves reason code and service center together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)
