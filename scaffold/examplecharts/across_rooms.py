"""What the tests that cross rooms must be told about ExampleCharts."""

from collections.abc import Mapping

from visitsync.connector_kit.conformance.across_rooms import WITHIN_A_DAY, AcrossRooms, Told
from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner

TOLD: Mapping[str, Told] = {
    "E7-missing": Told(
        outcome=Outcome.WAITING, codes=("beyond-horizon", "time-nonexistent"), owner=Owner.NOBODY,
        says="will appear by itself on Mon 14 Dec 2026", fix="put right in the meantime",
        by="Expected by Mon 14 Dec 2026.",
    ),
    "E7-repeated": Told(
        outcome=Outcome.ON_HOLD, codes=("time-ambiguous", "slow-lane"), owner=Owner.FRONT_DESK, by=WITHIN_A_DAY,
        says="The clocks show Sun 1 Nov 2026 01:30 twice", fix="out of the repeated hour",
    ),
    "F6": Told(codes=("group-visit",), owner=Owner.FRONT_DESK, says="4 patients are booked together", fix=""),
}  # fmt: skip

ACROSS_ROOMS = AcrossRooms(
    emr="examplecharts",
    variants={"requests_per_minute": "none"},
    small_pages={"page_size": "7"},
    swarm_variants=({"lag_seconds": "5"}, {"page_size": "7"}),
    settings={"requests_per_minute": "10000000"},
    tells_of_deletions=True,
    lists=r"GET /v1/appointments\?",
    windows=r"GET /v1/appointments\?from=",
    changes=r"GET /v1/appointments\?changed_since=",
    one_chart="GET /v1/patients/{patient}",
    a_list_of_the_practice="GET /v1/locations",
    fields=(
        "id", "starts_at", "minutes", "status", "visit_type_id", "patient_id", "provider_id", "location_id",
        "is_blocked", "is_deleted", "created_at", "changed_at",
    ),
    unreadable=("bad time", "no id", "text for numbers", "no object"),
    told=TOLD,
    elsewhere={
        "A6": "needs a practice that approves visit type and location together: test_several_marks",
        "E8": "needs opening hours: test_settings_of_ours",
    },
)  # fmt: skip
