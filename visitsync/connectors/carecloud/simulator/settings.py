"""What can be chosen about the pretend CareCloud: its uncertain facts, its own faults, and who may come in."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.faults import SHARED_FAULTS

PATH = "/v2"

VARIANTS: Mapping[str, tuple[str, ...]] = {
    # section 1
    "token_seconds": ("3600", "600", "unsaid"),
    "refresh_answer": ("rotated", "same", "without refresh token"),
    "refresh_refusal": ("401", "400", "403"),
    # section 2; "none" lifts a limit
    "refusal_body": ("json", "html", "empty", "text"),
    "calls_per_second": ("none", "5"),
    "page_size": ("100", "7", "1"),
    "link_header": ("plain", "odd", "two lines", "other host", "page alone"),
    "single_page": ("with link", "without link"),
    # section 3
    "one_date": ("today", "refused"),
    "longest_span": ("none", "14", "7"),  # days
    "cancelled_rows": ("listed", "left out"),
    "order": ("start", "id", "change"),
    "shown_offset": ("local", "utc"),  # of the answer about one appointment
    "stamps": ("seconds", "minutes"),
    "unknown_id": ("404", "400", "422"),
    "no_show": ("reason", "pending"),
    "provider_in_rows": ("always", "never"),
    "blocks": ("apart", "rows"),  # as blockouts only, or also as appointments without a patient
    # section 4: ids and wrappers as recorded, as the documentation has them, or each list under a name
    "shapes": ("recorded", "documented", "keyed"),
    # section 5
    "insurances": ("object", "list", "wrapped list", "wrapped object"),
    "uninsured": ("no policies", "404", "empty list"),
    "chart_policies": ("left out", "shown"),
    "merged_chart": ("gone", "inactive"),
    # not a fact about CareCloud: patients' GUIDs, or the clinic's own numbers for tests that compare with them
    "patient_ids": ("guid", "number"),
}

FAULTS: Mapping[str, str] = {
    **SHARED_FAULTS,
    "consent_denied": "The user says no at the authorize page",
    "link_lost": "The Link header of an answer is lost on the way",
    "insurances_fail": "The answer about insurance is 500",
}

CREDENTIALS: Mapping[str, str] = {
    "client_id": "example-client-id",
    "client_secret": "example-client-secret",
    "redirect_uri": "http://localhost/connected/carecloud",
    "refresh_token": "example-first-refresh-token",
}
"""The application's key pair, its redirect address, and a refresh token got by an earlier consent."""
