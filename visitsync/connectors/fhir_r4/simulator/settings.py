"""What can be chosen about a pretend FHIR server with appointments: profiles, uncertain facts, faults, credentials."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.fhir.keys import a_private_key
from visitsync.simulator_kit.fhir.server import FHIR_FAULTS, FHIR_VARIANTS

PATH = "/fhir/r4/larkspur"
KEY_ID = "visitsync-1"
CREDENTIALS: Mapping[str, str] = {
    "client_id": "visitsync-at-larkspur",
    "private_key": a_private_key("the client of the pretend FHIR server"),
    "key_id": KEY_ID,
}

PROFILES: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "oracle-like": {
        "window_rules": "oracle",
        "last_updated": "not offered",
        "version_ids": "dashed",
        "rooms": "display only",
        "fhir_handling": "strict",
        "fhir_scope_form": "v1",
        "services": "absent",
    },
    "hapi-like": {
        "history": "offered",
        "fhir_outcome_entries": "yes",
        "fhir_includes": "unasked",
        "fhir_scope_form": "v2",
        "deleted": "410",
    },
    "aidbox-like": {"references": "aidbox", "fhir_media_type": "json", "fhir_next": "relative", "services": "absent"},
    "no-appointment": {"appointments": "absent"},
}
"""Habits of families of servers; what is chosen besides stands over them."""

VARIANTS: Mapping[str, tuple[str, ...]] = {
    "profile": tuple(PROFILES),
    "appointments": ("served", "absent"),
    # Does the server know _lastUpdated? It may also pass over it without saying so, or saying so in the self link.
    "last_updated": ("honoured", "not offered", "ignored"),
    "history": ("not offered", "offered"),
    # What a search must have besides: a date with one of _id, patient, practitioner, location.
    "window_rules": ("none", "oracle"),
    "references": ("relative", "absolute", "versioned", "aidbox"),
    "actors": ("Practitioner", "PractitionerRole", "several"),
    "rooms": ("referred to", "display only"),
    "type_in": ("appointmentType", "serviceType", "both"),
    "shape": ("R4", "R5", "STU3", "DSTU2"),
    "times": ("Z", "offset", "local marked Z"),
    "end": ("told", "minutes only"),
    "cancelled_without_time": ("no", "yes"),
    "deleted": ("404", "410"),
    "archived": ("entered-in-error", "deleted"),
    "version_ids": ("numbers", "dashed"),
    # Kinds of visits as HealthcareService; without them only appointments name any.
    "services": ("served", "absent"),
    "video_sign": ("none", "virtualService", "contained", "extension"),
    **FHIR_VARIANTS,
}
FAULTS: Mapping[str, str] = FHIR_FAULTS


def with_profile(chosen: Mapping[str, str]) -> dict[str, str]:
    """What the chosen profile says, with what is chosen besides over it."""
    return {**PROFILES.get(chosen.get("profile", "plain"), {}), **chosen}
