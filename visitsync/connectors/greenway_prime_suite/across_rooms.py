"""What the tests that cross rooms must be told about Prime Suite."""

import msgspec

from visitsync.connector_kit.conformance.across_rooms import SOON, AcrossRooms, Told
from visitsync.connectors.greenway_prime_suite.on_trial import FOLLOWED, SETTINGS, WITHOUT_LIMITS
from visitsync.connectors.greenway_prime_suite.simulator import PATH
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner

NOT_READ_YET = Told(
    outcome=None, codes=("not-received-yet",), owner=Owner.NOBODY, says="We have not received it",
    fix="Nothing to do yet", by="Expected by", follows="next day",
)  # fmt: skip
"""What is so far ahead is only read once a day."""

ACROSS_ROOMS = AcrossRooms(
    emr="greenway_prime_suite",
    path=PATH,
    variants={**WITHOUT_LIMITS, **FOLLOWED},
    settings={**SETTINGS, "requests_per_second": "100000"},
    small_pages={"largest_page": "7"},
    swarm_variants=({"slashes": "escaped"}, {"range": "site instants"}, {"largest_page": "20"}),
    tells_of_deletions=False,
    rereads_days=95,  # nothing tells what has changed, so that all days are read again and compared
    tells_when_changed=False,
    lists="User/PatientListGet",
    windows="User/PatientListGet",
    windows_before_sweep=45,  # the catalog is gathered, and changes are looked for, week by week as well
    one_chart="Patient/PatientDemographicsSummaryGet",
    has_one_question_per_chart=False,
    fields=("AppointmentID", "ScheduleDate", "StartTime", "EndTime", "Type", "Resource", "Patient", "Visit"),
    told={
        "B10-work": Told(
            outcome=Outcome.NEEDS_FIX, codes=("email-missing", "email-in-other-field"), owner=Owner.FRONT_DESK,
            says="has no e-mail address", fix="enter it on the", by=SOON,
        ),
        "D2-room": Told(
            outcome=Outcome.NEEDS_PROVIDER, codes=("not-a-provider",), owner=Owner.FRONT_DESK, by=SOON,
            says="which is not a care provider", fix="Move the appointment to a",
        ),
        "E3": msgspec.structs.replace(NOT_READ_YET, then=Outcome.WAITING, then_codes=("beyond-horizon",)),
        "E5": Told(),  # nothing says when it was booked
        "E6": Told(),
        "E7-location": Told(
            outcome=Outcome.ON_HOLD, codes=("time-contradictory", "location-not-connected"), by=SOON,
            owner=Owner.PRACTICE_ADMIN, says="two different things about when this is",
            fix="checks the time zone of the location", follows="next day",
        ),
        "E7-missing": NOT_READ_YET,
        "E7-repeated": Told(),  # the visit tells the instant
        "F1-bumped": Told(
            outcome=Outcome.CANCELLED, codes=("cancelled",), owner=Owner.FRONT_DESK, says="cancelled",
            fix="set its status back",
        ),
    },
    elsewhere={
        "A6": "needs a practice that approves type and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)  # fmt: skip
