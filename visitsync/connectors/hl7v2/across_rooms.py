"""What the tests that cross rooms must be told about a sender of HL7 v2."""

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms

ACROSS_ROOMS = AcrossRooms(
    emr="hl7v2",
    elsewhere={
        "A6": "needs a practice that approves type and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)
