"""What the other rooms rely on about an EMR that is reached by FHIR R4, whoever made it."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import CredentialField, Feed, KnownGap, Manifest, Setting
from visitsync.connectors.fhir_r4.fixes import FIXES
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

REQUESTS_PER_SECOND = 2

PACE = Limit(
    name="fhir-per-second", requests=REQUESTS_PER_SECOND, seconds=1, scope="connection", is_spaced=True
)  # the standard knows no limit; a server's own 429 is honoured besides


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: two requests a second, or what this server allows."""
    text = settings.get("requests_per_second", "").strip()
    granted = max(1, int(text)) if text.isascii() and text.isdigit() else REQUESTS_PER_SECOND
    return (msgspec.structs.replace(PACE, requests=granted),)


MANIFEST = Manifest(
    emr="fhir_r4",
    name="FHIR R4",
    default_base_url="",
    allowed_hosts=(),
    feed=Feed.POLL,
    usual_minutes=(3, 15),
    abnormal_minutes=30,
    poll_minutes=5,
    sweep_hours=6,
    marks=(MarkKind.TYPE, MarkKind.SERVICE, MarkKind.REASON, MarkKind.LOCATION, MarkKind.MODE, MarkKind.RESOURCE),
    is_matched_by_id=False,  # codes differ from server to server and many servers send only a text
    required_demographics=frozenset(Demographic),
    words={
        "type": "appointment type",
        "service": "service type",
        "reason": "reason",
        "location": "location",
        "mode": "sign of a video visit",
        "resource": "service or device",
        "provider": "practitioner",
        "patient": "patient",
        "note": "comment",
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="client_id",
            label="Client ID",
            help="What the FHIR server calls the application that was registered for backend services.",
            is_secret=False,
        ),
        CredentialField(
            name="private_key",
            label="Private key",
            help="Of the key pair whose public half was registered: RSA of 2048 bits or more (RS384) or EC on P-384 "
            "(ES384). PEM, also on one line, or a JWK.",
        ),
        CredentialField(
            name="key_id",
            label="Key ID (kid)",
            help="The kid under which the public key was registered.",
            is_secret=False,
            is_required=False,
        ),
    ),
    settings=(
        Setting(
            name="zone",
            values=("",),
            help="Time zone of all appointments, for instance America/Denver. Empty: the location's, where the server "
            "tells it, else the practice's.",
        ),
        Setting(
            name="z_means",
            values=("utc", "local"),
            help="What a time that ends with Z means. Some servers mark the practice's own time so: compare a known "
            "appointment with what the connection's check shows.",
        ),
        Setting(
            name="changes_by",
            values=("auto", "last updated", "history", "days"),
            help="How changes are read: by _lastUpdated, by the history of all appointments, or by reading the next "
            "days again. auto: the first of these that the server's CapabilityStatement offers.",
        ),
        Setting(
            name="overlap_minutes",
            values=("5", "15", "60", "180"),
            help="How far each reading of changes looks back behind the last one.",
        ),
        Setting(
            name="near_days",
            values=("14", "7", "30"),
            help="How many days ahead are read again where changes are read by days.",
        ),
        Setting(name="window_days", values=("7", "1", "30"), help="Days per search when the whole schedule is read."),
        Setting(
            name="window_by",
            values=("date", "practitioner", "location"),
            help="What a search for days must name besides the date; some servers refuse a date alone.",
        ),
        Setting(
            name="actors",
            values=("",),
            help="Ids of the practitioners or locations that window_by names, with commas between. Empty: all that "
            "the server lists.",
        ),
        Setting(name="page_size", values=("100", "50", "200"), help="Resources asked for per page."),
        Setting(
            name="patients_per_request",
            values=("20", "1", "50"),
            help="How many patients one search names; 1 where the server does not know lists of ids.",
        ),
        Setting(
            name="coverage_by",
            values=("beneficiary", "patient", "not read"),
            help="What insurance is searched by, or that the server has none.",
        ),
        Setting(
            name="type_list",
            values=("auto", "services", "appointments"),
            help="Where the list of appointment types comes from: the server's HealthcareServices, or what recent and "
            "coming appointments use. auto: services where the server has them.",
        ),
        Setting(
            name="mode_extensions",
            values=("",),
            help="Addresses of extensions that tell how people meet, with blanks between. Empty: those of UK Core "
            "and GP Connect.",
        ),
        Setting(
            name="display_only",
            values=("location", "practitioner"),
            help="What a participant is who is only named, without a reference or a type.",
        ),
        Setting(
            name="declined_patient",
            values=("kept", "cancelled"),
            help="What a booked appointment is whose patient has declined.",
        ),
        Setting(
            name="minutes_without_end",
            values=("",),
            help="Length of an appointment that says neither end nor duration. Empty: it cannot be read.",
        ),
        Setting(
            name="token_url",
            values=("",),
            help="Where tokens are given. Needed where that is another host than the FHIR server's.",
        ),
        Setting(
            name="scope_form",
            values=("auto", "v1", "v2"),
            help="How scopes are written: system/Appointment.read (v1) or system/Appointment.rs (v2).",
        ),
        Setting(
            name="scopes",
            values=("",),
            help="To ask for exactly these scopes, with blanks between; else what is needed.",
        ),
        Setting(name="requests_per_second", values=("",), help="Requests per second that the server allows. Empty: 2."),
    ),
    limits=(PACE,),
    known_gaps=(
        KnownGap(
            fact="Which search parameters a server honours: by the standard it may pass over the others.",
            assumed="What its self links show; a search that leaves out what was asked is not believed.",
            setting="changes_by",
        ),
        KnownGap(
            fact="Whether _lastUpdated moves with every edit that matters.",
            assumed="It may not; the sweep of all days finds the rest.",
            setting="overlap_minutes",
        ),
        KnownGap(
            fact="Whether deletions show: a search never shows them, a history does.",
            assumed="Sweeps notice what is missing, and the appointment is then asked for by its id.",
            setting="changes_by",
        ),
        KnownGap(
            fact="Whether Z means UTC on this server.",
            assumed="It does, as the standard says.",
            setting="z_means",
        ),
        KnownGap(
            fact="Which zone the practice's clocks show; R4 has no element for it.",
            assumed="The location's where an extension tells it, else the practice's.",
            setting="zone",
        ),
        KnownGap(
            fact="What a search for days must name besides the date.",
            assumed="Nothing.",
            setting="window_by",
        ),
        KnownGap(
            fact="What a participant is who is only named (seen for rooms and for practitioners).",
            assumed="A place.",
            setting="display_only",
        ),
        KnownGap(
            fact="Whether a patient who has declined still comes.",
            assumed="The appointment's own status counts.",
            setting="declined_patient",
        ),
        KnownGap(
            fact="Which appointment types there are; FHIR has no list of them.",
            assumed="Those of HealthcareService, else those in use.",
            setting="type_list",
        ),
        KnownGap(
            fact="Which form of scopes a server wants that announces none.",
            assumed="v1.",
            setting="scope_form",
        ),
        KnownGap(
            fact="Of several practitioners, who sees the patient.",
            assumed="The primary performer, else whoever is required, else the first.",
        ),
        KnownGap(
            fact="Whether a 404 means that an appointment is gone or that it may no longer be seen.",
            assumed="Gone, if a search for its id finds nothing either.",
        ),
        KnownGap(
            fact="Subscriptions and bulk export are not used.",
            assumed="Polling is quick enough; both would only be hints besides it.",
        ),
        KnownGap(
            fact="A place that is virtual by its physicalType in the server's list of locations.",
            assumed="Appointments there are marked as at a virtual place, once the list of locations was read.",
        ),
    ),
    reconnect_steps="Register the application again for SMART backend services with the FHIR server's operator (system "
    "scopes for Appointment, Patient, Coverage, Practitioner, PractitionerRole and Location), give them the public key "
    "and enter the client ID, private key and key ID on the connection's page here.",
)
