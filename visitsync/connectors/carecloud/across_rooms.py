"""What the tests that cross rooms must be told about CareCloud."""

from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from visitsync.connector_kit.conformance.across_rooms import AcrossRooms, Told
from visitsync.connectors.carecloud.simulator.settings import CREDENTIALS
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner
from visitsync.simulator_kit.plain_client import call


def consent_again(url: str) -> Mapping[str, str]:
    """CareCloud's consent page, and the code that it sends back exchanged for tokens."""
    known = CREDENTIALS
    asked = {"response_type": "code", "client_id": known["client_id"], "redirect_uri": known["redirect_uri"]}
    way_back = call(f"{url}/oauth2/authorize", query=asked).headers["location"]
    proof = {"grant_type": "authorization_code", "code": parse_qs(urlsplit(way_back).query)["code"][0]}
    secret = b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
    tokens = call(
        f"{url}/oauth2/access_token",
        method="POST",
        form={**proof, "redirect_uri": known["redirect_uri"]},
        headers={"Authorization": f"Basic {secret}"},
    ).json
    return {"refresh_token": tokens["refresh_token"], "access_token": ""}


TOLD: Mapping[str, Told] = {
    "D6": Told(  # who is inactive is not listed
        outcome=Outcome.NEEDS_PROVIDER, codes=("provider-unknown",), owner=Owner.PRACTICE_ADMIN, follows="next day",
        says="is not yet in the list of providers", fix="The list is read again within the hour",
        then=Outcome.NEEDS_PROVIDER, then_codes=("provider-not-enabled",),
    ),
}  # fmt: skip

ACROSS_ROOMS = AcrossRooms(
    emr="carecloud",
    variants={"patient_ids": "number"},
    small_pages={"page_size": "7"},
    swarm_variants=(
        {"link_header": "odd"},
        {"link_header": "page alone"},
        {"cancelled_rows": "left out"},
        {"order": "change"},
        {"shown_offset": "utc"},
        {"shapes": "documented"},
        {"longest_span": "14"},
    ),
    settings={"requests_per_second": "100000"},
    lists=r"GET /v2/appointments\?",
    windows=r"GET /v2/appointments\?",
    windows_before_sweep=10,  # so many a reading of changes may cost, which compares near and far days too
    rereads_days=125,
    one_chart="GET /v2/patients/{patient}$",
    a_list_of_the_practice="GET /v2/locations",
    fields=(
        "id", "appointment_status", "patient", "location", "visit_reason_id", "resource_id", "provider_id",
        "start_time", "end_time", "created_at", "updated_at", "chief_complaint", "comments",
    ),
    unreadable=(
        "bad time", "no offset", "no id", "null id", "numbers for text", "text for numbers", "null", "no object",
        "hardly anything",
    ),
    sign_in_again=consent_again,
    told=TOLD,
    elsewhere={
        "A6": "needs a practice that approves visit reason and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)  # fmt: skip
