"""What can be chosen about the pretend Intergy: how its interface sends, how its FHIR server answers."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.fhir.keys import a_private_key
from visitsync.simulator_kit.fhir.server import FHIR_FAULTS, FHIR_VARIANTS
from visitsync.simulator_kit.hl7v2.habits import HABITS
from visitsync.simulator_kit.hl7v2.sender import SENDER_FAULTS

PATH = "/fhir/R4/2.16.840.1.113883.3.441.77"
KEY_ID = "key-1"

VARIANTS: Mapping[str, tuple[str, ...]] = {
    **HABITS,
    "minutes_only": ("yes", "no"),
    "blocks": ("write-in", "not sent"),
    "location_place": ("AIL", "PV1"),
    # Codes of at most six characters: blank-padded, in small letters …
    "code_padding": ("none", "padded", "small letters"),
    "staff": ("one", "several"),
    "telehealth_flag": ("not sent", "ZAP-2"),
    # Does FHIR call patients by a number of its own, or by the patient number?
    "fhir_patient_id": ("internal", "patient number"),
    **FHIR_VARIANTS,
    "fhir_algorithms": ("ES384", "both", "RS384"),
}
FAULTS: Mapping[str, str] = {**FHIR_FAULTS, **SENDER_FAULTS}
CREDENTIALS: Mapping[str, str] = {
    "client_id": "pretend-client",
    "private_key": a_private_key("Greenway's pretend client"),
    "key_id": KEY_ID,
}
