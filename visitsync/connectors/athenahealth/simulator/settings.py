"""What can be chosen about the pretend athenahealth: its uncertain facts, its own faults, and who may come in."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.faults import SHARED_FAULTS

PRACTICE_ID = "195900"

VARIANTS: Mapping[str, tuple[str, ...]] = {
    # section 2
    "expires_in": ("text", "number", "missing"),
    "token_calls_per_minute": ("5", "50", "none"),
    # sections 3 and 4
    "drift": ("2019", "2016"),  # booleans and numbers as such, or as text
    "names_with_yn": ("no", "yes"),
    "list_rows": ("1500", "5000"),  # default of lists without a limit
    "most_rows": ("5000", "1000"),  # whatever limit is asked for
    "booked_rows": ("10000", "5000", "1000"),
    "calls_per_second": ("15", "5", "none"),
    "calls_per_day": ("50000", "none"),
    "throttled_answer": ("429", "mashery"),  # 429 in plain text, or the 403 page of the gateway before
    # section 6
    "departmentid": ("optional", "required"),  # for booked appointments
    "last_modified_zone": ("eastern", "department"),
    "self_pay": ("row", "no insurance"),
    "checked_out": ("3", "4"),
    # section 7
    "subscription": ("none", "active", "partial", "inactive"),  # how it stands before anybody subscribes
    "subscribing": ("works", "stays partial"),
    "feed_delay_seconds": ("0", "300", "900"),
    "leaveunprocessed": ("honoured", "ignored"),
    "processed_window": ("processed only", "also unread"),
    "changed_totalcount": ("backlog", "page", "missing"),
    "deleted_rows": ("open slot", "bare id", "none"),
    "open_slots": ("shown", "none"),
    # sections 8 and 9
    "merged_patient": ("404", "survivor"),
    "patient_insurance": ("with patient", "separate"),
    "restricted_patient": ("403", "404"),
    "department_zone": ("name", "offset"),
    "entitytype": ("told", "missing"),
    "missing_id": ("404", "gateway"),
}

FAULTS: Mapping[str, str] = {
    **SHARED_FAULTS,
    "throttled": "Too many requests, in the form of the variant throttled_answer; quota=second or day",
    "forbidden": "403 in JSON: the key lacks this API or the practice's consent",
    "second_consumer": "Another program on the same key takes all unread changes just before this request",
    "token_throttled": "The token endpoint answers 429",
    "unsubscribed": "Somebody ends both subscriptions just before this request",
}

CREDENTIALS: Mapping[str, str] = {
    "practice_id": PRACTICE_ID,
    "client_id": "example-client-id",
    "client_secret": "example-client-secret",
}
