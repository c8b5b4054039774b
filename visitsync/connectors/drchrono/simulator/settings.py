"""What can be chosen about the pretend DrChrono: its uncertain facts, its own faults, and who may come in."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.faults import SHARED_FAULTS

VARIANTS: Mapping[str, tuple[str, ...]] = {
    # section 2
    "refresh_failure_status": ("401", "400"),
    "refresh_answer": ("rotated", "without refresh token"),
    "users_current": ("redirect", "direct"),
    "forbidden_body": ("detail", "html"),
    # section 3
    "list_key": ("results", "data"),
    "paging": ("position", "offset"),  # offset: rows shift when something is inserted or removed
    "page_size": ("250", "20", "1000"),  # the most, and the default
    "appointments_page_size": ("250", "20", "100", "1000"),
    "verbose_page_size": ("25", "250", "1000"),  # of appointments
    "verbose_patients_page_size": ("50", "250", "1000"),
    # sections 4 and 5
    "stamp_zone": ("doctor", "practice"),  # whose wall clock created_at, updated_at and `since` show
    "since_zone": ("as stamps", "utc"),
    "replica_lag_seconds": ("0", "5"),
    "appointment_fields": ("recorded", "current"),  # the 38 keys of 2020, or those added since
    "window_days": ("190", "90"),
    "show_archived": ("honoured", "ignored"),
    "since_shows_deletions": ("yes", "no"),
    "status_filter": ("exact", "any case"),
    "virtual_id": ("dashed", "compact"),  # 2026-11-17_700001 or 20261117_700001
    "virtual_base_marks": ("occurrences", "series"),
    "break_create": ("accepted", "refused"),
    "name_filter": ("prefix", "contains"),
    "telehealth_stamp": ("naive", "zulu"),
    "bulk_ready": ("second poll", "at once"),
    # section 6; "none" lifts a limit
    "hourly_quota": ("500", "none"),
    "calls_per_second": ("10", "none"),
    # section 8
    "webhook_signature": ("secret", "hmac"),
    "delete_events": ("sent", "never"),
}

FAULTS: Mapping[str, str] = {
    **SHARED_FAULTS,
    "unauthorized": "401 as text/html, as for a dead token",
    "forbidden": "403 for this request, whatever scope and permission say",
    "throttled": "429 with the wait in the text and no Retry-After; seconds=, body=",
    "token_throttled": "The token endpoint answers 429",
    "consent_denied": "The user says no at the authorize page",
    "bulk_fails": "A bulk list ends with status Failed",
    "webhook_lost": "A delivery is never sent and not repeated (match=POST /webhook/EVENT)",
    "webhook_duplicated": "A delivery is sent twice",
    "webhook_held_back": "A delivery waits until the next one has gone out",
}

CREDENTIALS: Mapping[str, str] = {
    "client_id": "example-client-id",
    "client_secret": "example-client-secret",
    "redirect_uri": "http://localhost/connected/drchrono",
    "refresh_token": "example-first-refresh-token",
}
"""The application's key pair, one of its redirect addresses, and a refresh token got by an earlier consent."""
