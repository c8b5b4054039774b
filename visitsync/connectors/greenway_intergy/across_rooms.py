"""What the tests that cross rooms must be told about Intergy."""

from visitsync.connector_kit.conformance.across_rooms import SOON, AcrossRooms, Told
from visitsync.connectors.greenway_intergy.simulator import PATH
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner

ACROSS_ROOMS = AcrossRooms(
    emr="greenway_intergy",
    path=PATH,
    settings={"requests_per_second": "1000"},
    told={
        "A10": Told(  # its messages name the room of a column, not the column
            outcome=Outcome.NEEDS_PROVIDER, codes=("not-a-provider",), owner=Owner.FRONT_DESK, by=SOON,
            says="which is not a staff member", then=Outcome.NEEDS_PROVIDER, then_codes=("not-a-provider",),
        ),
        "B10-work": Told(),  # any e-mail of the patient in FHIR is used where there is no other
        "D2-room": Told(
            outcome=Outcome.NEEDS_PROVIDER, codes=("not-a-provider",), owner=Owner.FRONT_DESK, by=SOON,
            says="which is not a staff member",
        ),
    },
    elsewhere={
        "A6": "needs a practice that approves reason code and service center together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)  # fmt: skip
