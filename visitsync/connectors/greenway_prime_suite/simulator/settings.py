"""What can be chosen about the pretend Prime Suite: its uncertain facts, its own faults, and who may come in."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.faults import SHARED_FAULTS
from visitsync.simulator_kit.fhir.keys import a_private_key
from visitsync.simulator_kit.fhir.server import FHIR_FAULTS, FHIR_VARIANTS

PATH = "/Integration/RESTv1.0/PrimeSuiteAPIService"
PATHS: Mapping[str, str] = {"integration": PATH, "bare": "/RESTv1.0/PrimeSuiteAPIService"}
FHIR_PATH = "/fhir/R4/2.16.840.1.113883.3.441.88"
KEY_ID = "key-1"
INSURANCE_METHOD = "Patient/PatientInsuranceGet"
"""Invented: nobody published what this call is named."""

VARIANTS: Mapping[str, tuple[str, ...]] = {
    # section 4.1
    "path": ("integration", "bare"),
    "content_type": ("application/json", "text/json"),
    "calls_per_second": ("10", "none"),
    "answers_after_seconds": ("0", "30", "110"),  # real seconds
    # section 4.2
    "source_site": ("any", "site"),  # whether SourceSiteID must be the site's
    "user_id": ("any", "text"),  # whether PrimeSuiteUserID must be text
    "vendor_login": ("required", "from gateway"),
    # section 4.3
    "demographics_body": ("Patient", "flat", "nested"),
    "unknown_patient": ("error", "null", "zeros"),
    "insurance": ("own call", "with demographics"),
    "history": ("shown", "none"),  # whether the weeks before the clinic began are on the schedule
    # section 4.4
    "clock_form": ("h:mm AM", "HH:mm"),
    "slashes": ("plain", "escaped"),
    "offset": ("site", "utc", "none"),
    "visit_times": ("kept", "stale", "absent"),  # Visit.FromDateTime after a move
    "start_time": ("given", "null"),  # StartTime; AppointmentTime is always there
    # section 4.5
    "largest_page": ("200", "7", "1", "50"),
    "page_start": ("from 1", "from 0"),
    "range": ("utc days", "site instants"),  # how FromDate and ToDate are read
    "longest_window": ("any", "7"),
    # section 4.6
    "states": ("numbers", "letters"),
    "npi": ("shown", "absent"),
    "merged_chart": ("unknown", "disabled"),
    # section 4.7
    "cancellations": ("vanish", "status-text"),
    "reschedules": ("same-id", "new-id"),
    "status_member": ("visit", "tracking"),
    # section 4.8
    "empty_week": ("list", "null"),
    "refused_login": ("error in 200", "401"),
    # section 3
    **FHIR_VARIANTS,
    "fhir_algorithms": ("ES384", "both", "RS384"),
}

FAULTS: Mapping[str, str] = {
    **FHIR_FAULTS,
    **{name: help_ for name, help_ in SHARED_FAULTS.items() if name not in ("token_expires", "refresh_fails")},
    "throttled": "403 of the gateway: too many calls per second; retry_after",
    "over_quota": "403 of the gateway: too many calls in its longer window",
    "key_inactive": "403 of the gateway: the API key is not active",
    "unauthorized": "The login is refused as if the password were wrong; body",
    "forbidden": "An error in 200: the user may not do this",
    "null_list": "200 with a null list, TotalRows as it is; total= another one",
    "missing_list": "200 with an object that has no list",
    "fault_page": "The service's own HTML page for a fault; status=500",
}

CREDENTIALS: Mapping[str, str] = {
    "site_id": "990001",
    "user_name": "visitsync-reader",
    "user_password": "example-user-password",
    "user_id": "1",
    "api_key": "example-api-key",
    "vendor_login": "00000000-0000-4000-8000-0000000000aa",
    "vendor_password": "00000000-0000-4000-8000-0000000000bb",
    "client_id": "pretend-client",
    "private_key": a_private_key("Prime Suite's pretend client"),
    "key_id": KEY_ID,
}

STATES = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA",
    "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR",
    "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
)  # fmt: skip
"""This site's table of states: the first has the number 1."""
