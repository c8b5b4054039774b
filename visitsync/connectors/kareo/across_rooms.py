"""What the tests that cross rooms must be told about Kareo."""

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms, Told
from visitsync.connectors.kareo.contract import ENDPOINT_PATH

ACROSS_ROOMS = AcrossRooms(
    emr="kareo",
    path=ENDPOINT_PATH,
    variants={"throttle_percent": "0"},
    settings={"throttle_scale": "0", "throttle_margin_ms": "0"},
    tells_of_closed_locations=False,  # a service location has no such field, and nobody knows when one disappears
    lists=r"GetAppointments",
    windows=r"GetAppointments",
    one_chart="GetPatient$",
    has_one_question_per_chart=False,
    a_list_of_the_practice="GetServiceLocations",
    fields=(
        "ID", "StartDate", "EndDate", "AppointmentDuration", "ConfirmationStatus", "PatientID", "ResourceID1",
        "ResourceName1", "ResourceTypeID1", "AppointmentReason1", "AppointmentReasonID1", "Type", "LastModifiedDate",
        "ServiceLocationName", "ServiceLocationID", "CreatedDate",
    ),
    unreadable=("date", "no_id", "text_id", "no_start"),
    told={"F7": Told()},
    elsewhere={
        "A6": "needs a practice that approves reason and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
        "F6": "Kareo's list names one patient of a group; GetAppointment names all: test_state",
    },
)  # fmt: skip
