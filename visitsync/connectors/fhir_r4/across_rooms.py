"""What the tests that cross rooms must be told about an EMR reached by FHIR."""

from collections.abc import Mapping

from visitsync.connector_kit.conformance.across_rooms import SOON, AcrossRooms, Told
from visitsync.connectors.fhir_r4.simulator.settings import PATH
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner

TOLD: Mapping[str, Told] = {
    "A7-reason": Told(
        outcome=Outcome.NEEDS_FIX, codes=("video-in-note",), owner=Owner.FRONT_DESK, by=SOON,
        says="it says “telemedicine”, but it is booked as nothing in particular",
    ),
    "B6": Told(
        outcome=Outcome.ON_HOLD, codes=("chart-merged",), owner=Owner.FRONT_DESK, by=SOON,
        says="points to a chart that was merged", fix="surviving",
    ),
    "F7": Told(
        codes=("made-from-another",), owner=Owner.NOBODY, says="made it from an earlier appointment ({old})",
        fix="Nothing to do", then_codes=("made-from-another",),
    ),
    "F9-archived": Told(
        outcome=Outcome.CANCELLED, codes=("deleted-in-emr",), owner=Owner.FRONT_DESK,
        says="no longer in FHIR R4's schedule", fix="Does the patient know?",
        then=Outcome.CANCELLED, then_codes=("deleted-in-emr",),
    ),
}  # fmt: skip

ACROSS_ROOMS = AcrossRooms(
    emr="fhir_r4",
    path=PATH,
    settings={"requests_per_second": "1000", "window_days": "30", "overlap_minutes": "60"},
    small_pages={"fhir_page_size": "3"},
    swarm_variants=(
        {"references": "absolute", "actors": "PractitionerRole"},
        {"fhir_outcome_entries": "yes", "fhir_includes": "unasked", "deleted": "410"},
        {"times": "offset", "shape": "R5", "fhir_next": "relative"},
    ),
    lists=rf"^GET {PATH}(/Appointment)?\?",
    windows=rf"^GET {PATH}/Appointment\?date=",
    changes=rf"^GET {PATH}/Appointment\?_lastUpdated=",
    one_chart=rf"^GET {PATH}/Patient(/{{patient}}$|\?_id=)",
    has_one_question_per_chart=False,
    a_list_of_the_practice=rf"^GET {PATH}/Location",
    unreadable=("start",),
    told=TOLD,
    elsewhere={
        "A6": "needs a practice that approves type and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
    fields=("status", "start", "end", "participant", "id", "meta", "created"),  # a type may always be missing
)
