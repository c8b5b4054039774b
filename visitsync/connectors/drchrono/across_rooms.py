"""What the tests that cross rooms must be told about DrChrono."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from visitsync.connector_kit.conformance.across_rooms import SOON, AcrossRooms, Told
from visitsync.connectors.drchrono.on_trial import WITHOUT_LIMITS
from visitsync.connectors.drchrono.simulator.settings import CREDENTIALS
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner
from visitsync.simulator_kit.plain_client import call


def consent_again(url: str) -> Mapping[str, str]:
    """DrChrono's consent page, and the code that it sends back exchanged for tokens."""
    known = CREDENTIALS
    asked = {"response_type": "code", "client_id": known["client_id"], "redirect_uri": known["redirect_uri"]}
    way_back = dict(call(f"{url}/o/authorize/", query=asked).headers)["location"]
    proof = {"grant_type": "authorization_code", "code": parse_qs(urlsplit(way_back).query)["code"][0]}
    tokens = call(f"{url}/o/token/", method="POST", form={**known, **proof}).json
    return {"refresh_token": tokens["refresh_token"], "access_token": ""}


TOLD: Mapping[str, Told] = {
    "A3-profile": Told(
        outcome=Outcome.NEEDS_FIX, codes=("type-not-connected",), owner=Owner.PRACTICE_ADMIN, by=SOON,
        says="“Telemedicine Visit (Dr. only)” sounds like telemedicine", fix="connects “Telemedicine Visit (Dr. only)”",
    ),
    "B13-dummy": Told(
        outcome=Outcome.CANCELLED, codes=("cancelled",), owner=Owner.FRONT_DESK, says="cancelled", fix="book it again",
        then=Outcome.CANCELLED, then_codes=("cancelled",),
    ),
    "E7": Told(
        outcome=Outcome.NEEDS_PROVIDER, codes=("provider-not-enabled", "zones-differ"), owner=Owner.PRACTICE_ADMIN,
        says="Junia Moreau is not enabled", fix="A practice admin enables Junia Moreau", by=SOON, follows="next day",
    ),
    "F7": Told(
        codes=("made-from-another",), owner=Owner.NOBODY, says="made it from an earlier appointment ({old})",
        fix="Nothing to do", then_codes=("made-from-another",),
    ),
    "F9-archived": Told(
        outcome=Outcome.CANCELLED, codes=("deleted-in-emr",), owner=Owner.FRONT_DESK,
        says="no longer in DrChrono's schedule", fix="Does the patient know?",
        then=Outcome.CANCELLED, then_codes=("deleted-in-emr",),
    ),
}  # fmt: skip

ACROSS_ROOMS = AcrossRooms(
    emr="drchrono",
    variants=WITHOUT_LIMITS,
    small_pages={"appointments_page_size": "7", "verbose_patients_page_size": "9"},
    swarm_variants=(
        {"paging": "offset"},
        {"appointments_page_size": "7"},
        {"show_archived": "ignored"},
        {"since_shows_deletions": "no"},
        {"replica_lag_seconds": "5"},
        {"stamp_zone": "practice"},
        {"list_key": "data"},
    ),
    settings={"requests_per_hour": "10000000", "requests_per_second": "100000"},
    tells_of_deletions=True,
    lists=r"GET /api/appointments\?",
    windows=r"GET /api/appointments\?.*date_range=",
    changes=r"GET /api/appointments\?since",
    one_chart="GET /api/patients/{patient}",
    a_list_of_the_practice="GET /api/offices",
    fields=(
        "id", "scheduled_time", "duration", "status", "doctor", "patient", "profile", "reason", "deleted_flag",
        "appt_is_break", "office", "updated_at", "created_at", "recurring_appointment", "exam_room",
    ),
    unreadable=(
        "bad time", "no id", "null id", "numbers for text", "text for numbers", "null", "no object", "hardly anything",
    ),
    sign_in_again=consent_again,
    told=TOLD,
    elsewhere={
        "A2-reason": "needs a practice that approves reasons: test_several_marks",
        "A6": "needs a practice that approves type and office together: test_several_marks",
        "A6-reason": "needs a practice that approves profile and reason together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
        "F3": "DrChrono has no status for a request; “Not Confirmed” is an ordinary booking there",
        "ready-by-reason": "needs a practice that approves reasons: test_several_marks",
    },
)  # fmt: skip
