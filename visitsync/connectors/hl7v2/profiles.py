"""Ready profiles: the habits of senders that were met, by the name that the setting `profile` takes."""

from collections.abc import Mapping

from visitsync.connector_kit.hl7v2.intergy import INTERGY
from visitsync.connector_kit.hl7v2.places import places
from visitsync.connector_kit.hl7v2.profile import GENERIC, SenderProfile

STANDARD = "standard"

PROFILES: Mapping[str, SenderProfile] = {
    STANDARD: GENERIC,
    # Code and text in SCH-8, the text alone in SCH-7; the user name of the provider in AIG-3, id and name in PV1-7.
    "athenahealth": SenderProfile(
        type_places=places("SCH-8, SCH-7"),
        provider_places=places("PV1-7, AIG-3, AIP-3"),
    ),
    # The department in AIL-3.1 or PV1-3; many roles in AIP.
    "epic": SenderProfile(
        type_places=places("SCH-8, AIS-3, SCH-7"),
        provider_places=places("AIP-3, PV1-7, AIG-3, PV1-17"),
        email_places=places("PID-13, PID-14, PID-40, Z"),
    ),
    # Placer only or both; free text in SCH-7; the location's name in AIL-3.10.
    "webchart": SenderProfile(
        type_places=places("SCH-8"),
        appointment_key="placer",
        location_name_places=places("AIL-3.10, AIL-3.9"),
    ),
    # The same code in SCH-7 and SCH-8; a provider's text in AIG-3, the id in AIP-3; the place in AIL-3.9.
    "allscripts": SenderProfile(
        type_places=places("SCH-8, SCH-7"),
        location_places=places("AIL-3.9, AIL-3.1, AIL-3.4, PV1-3.1"),
    ),
    "nextgen": SenderProfile(email_places=places("PID-13.4, PID-13, PID-14")),
    # Durations in seconds without a unit; people and rooms both in AIG.
    "samedi": SenderProfile(provider_places=places("AIG-3, AIP-3, PV1-7"), no_insurance_means="unknown"),
    "nhs tie": SenderProfile(provider_places=places("AIG-3, AIP-3, PV1-7, PV1-9")),
    # Filler id only; the location with subcomponents.
    "greenway intergy": INTERGY,
    "french his": SenderProfile(location_places=places("AIL-3.1, AIL-3.2, PV1-3.1, PV1-3.2")),
}
