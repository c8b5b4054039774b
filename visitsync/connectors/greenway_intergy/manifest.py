"""What the other rooms rely on about Greenway Intergy: HL7 v2 pushed to us, patients and coverage by FHIR R4."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.hl7v2.intergy import INTERGY
from visitsync.connector_kit.hl7v2.settings import SHARED_GAPS, sender_settings
from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import CredentialField, Feed, KnownGap, Manifest, Setting
from visitsync.connectors.greenway_intergy.fixes import FIXES
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

PROFILE = "intergy"
FHIR_HOST = "fhir-api.fhirprod.aws.greenwayhealth.com"
PACE = Limit(name="greenway-fhir-per-second", requests=2, seconds=1, scope="connection", is_spaced=True)
"""No limit is documented; the terms reserve the right to one (greenway reference, section 3)."""


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: two requests a second, or what Greenway grants this practice."""
    text = settings.get("requests_per_second", "").strip()
    granted = max(1, int(text)) if text.isascii() and text.isdigit() else PACE.requests
    return (msgspec.structs.replace(PACE, requests=granted),)


BY_FHIR, BY_MESSAGES = "fhir", "messages"

MANIFEST = Manifest(
    emr="greenway_intergy",
    name="Greenway Intergy",
    default_base_url="",
    allowed_hosts=(),
    feed=Feed.PUSH,
    usual_minutes=(15, 30),
    abnormal_minutes=60,
    poll_minutes=15,
    is_listed=False,
    reads_single=False,
    reads_patients=True,
    marks=(MarkKind.TYPE, MarkKind.SERVICE, MarkKind.LOCATION, MarkKind.MODE, MarkKind.ROOM, MarkKind.RESOURCE),
    is_matched_by_id=True,  # a reason code is at most six characters; its description is free text
    required_demographics=frozenset(Demographic),
    words={
        "type": "reason code",
        "reason": "reason code",
        "service": "appointment class",
        "location": "service center",
        "mode": "telehealth visit",
        "room": "room",
        "resource": "room",
        "provider": "staff member",
        "patient": "patient",
        "note": "appointment note",
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="client_id",
            label="Client ID",
            help="Of the application registered with Greenway for backend services. Empty where patients come by "
            "messages only.",
            is_secret=False,
            is_required=False,
        ),
        CredentialField(
            name="private_key",
            label="Private key",
            help="Of the application's key pair: EC on the curve P-384 (ES384), as PEM or JWK.",
            is_required=False,
        ),
        CredentialField(
            name="key_id",
            label="Key ID (kid)",
            help="The kid of the public key in the application's key set.",
            is_secret=False,
            is_required=False,
        ),
    ),
    settings=(
        Setting(
            name="patients_by",
            values=(BY_FHIR, BY_MESSAGES),
            help="Where patients and their insurance come from: Greenway's FHIR server (base URL and credentials are "
            "needed), or only the HL7 messages.",
        ),
        Setting(
            name="patient_search",
            values=("identifier", "id"),
            help="How the patient number of the messages (PID-3) is found in FHIR: as an identifier, or as the id "
            "itself.",
        ),
        Setting(
            name="patient_number_system",
            values=("",),
            help="The system of the patient number in FHIR identifiers, if the number alone finds other people too.",
        ),
        Setting(
            name="requests_per_second",
            values=("",),
            help="Requests per second that Greenway's FHIR server allows. Empty: 2.",
        ),
        Setting(
            name="token_url",
            values=("",),
            help="Where tokens are given. Empty: Greenway's production address for Greenway's own hosts.",
        ),
        Setting(
            name="scope_form",
            values=("v1", "v2"),
            help="How scopes are written: system/Patient.read (v1) or system/Patient.rs (v2).",
        ),
        *sender_settings((PROFILE,), INTERGY),
    ),
    limits=(PACE,),
    known_gaps=(
        KnownGap(
            fact="What Intergy's HL7 interface sends: no specification is public.",
            assumed="Version 2.3, events S12 to S15 and S26, A04, A08, A31 and A40; local times to the minute.",
            setting="profile",
        ),
        KnownGap(
            fact="Where the reason code stands.",
            assumed="In SCH-7, padded or not, in any case; the appointment class in SCH-8.",
            setting="type_places",
        ),
        KnownGap(
            fact="Where the practice's number stands.",
            assumed="In the second part of MSH-4, else MSH-4 itself; an appointment is named by practice, service "
            "center and number.",
            setting="namespace",
        ),
        KnownGap(
            fact="Where the service center stands, and whether every message names it.",
            assumed="In AIL-3.1 or AIL-3.4, else PV1-3. A message without it means the patient's appointment of that "
            "number; where there are several at different service centers, it is set aside for a person.",
            setting="location_places",
        ),
        KnownGap(
            fact="How a reschedule is told: S13 with a new number, S15 and S12, or S12 with the old number.",
            assumed="Any of the three; SCH-24 or SCH-23 names the appointment that is replaced.",
            setting="parent_means",
        ),
        KnownGap(
            fact="Whether the field TelehealthVisit of the appointment is sent, and where.",
            assumed="It is not; the reason code marks video visits.",
            setting="mode_places",
        ),
        KnownGap(
            fact="Several edits between two runs of the interface come as one message with the last state.",
            assumed="So a cancellation may come for an appointment that was never announced.",
        ),
        KnownGap(
            fact="Which number of a patient the messages carry.",
            assumed="The patient number, which is an identifier of the FHIR patient and not its id.",
            setting="patient_search",
        ),
        KnownGap(
            fact="Greenway's FHIR server has no appointments, schedules or slots.",
            assumed="It is asked for patients and coverage only; a scope for appointments would refuse the whole "
            "token.",
        ),
        KnownGap(
            fact="Intergy's own session protocol (GAPI) is not spoken: the name of its appointment call is not public.",
            assumed="HL7 messages and FHIR are enough. Nothing is written back.",
        ),
        KnownGap(
            fact="FHIR's bulk export is not used; without _since it would give one day only.",
            assumed="Patients are searched for one by one.",
        ),
        *SHARED_GAPS,
    ),
    reconnect_steps="For patients: check with Greenway that the application is still enabled for this site, and "
    "connect again here with its client ID and key. For appointments nothing signs in: if no message comes, ask "
    "whoever runs the interface to look at its queue and to start it again.",
)
