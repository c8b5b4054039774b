"""What the other rooms rely on about DrChrono (API v4, "Hunt Valley")."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import CredentialField, Feed, KnownGap, Manifest, Setting
from visitsync.connectors.drchrono.fixes import FIXES
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

REQUESTS_PER_HOUR = 500
REQUESTS_PER_SECOND = 8
"""Ten within one second are throttled; even spacing leaves room for clocks that differ."""

SCOPES = "user:read calendar:read clinical:read patients:read settings:read"

HOURLY = Limit(
    name="drchrono-per-hour",
    requests=REQUESTS_PER_HOUR,
    seconds=3600,
    scope="application",  # all practices share one application's quota; the window starts at the top of the hour
)
BURST = Limit(name="drchrono-per-second", requests=REQUESTS_PER_SECOND, seconds=1, scope="application", is_spaced=True)


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: the vendor's defaults, or what it granted this application."""
    return (
        msgspec.structs.replace(HOURLY, requests=_granted(settings, "requests_per_hour", REQUESTS_PER_HOUR)),
        msgspec.structs.replace(BURST, requests=_granted(settings, "requests_per_second", REQUESTS_PER_SECOND)),
    )


def _granted(settings: Mapping[str, str], name: str, default: int) -> int:
    text = settings.get(name, "").strip()
    return max(1, int(text)) if text.isascii() and text.isdigit() else default


MANIFEST = Manifest(
    emr="drchrono",
    name="DrChrono",
    default_base_url="https://app.drchrono.com",
    allowed_hosts=(),
    feed=Feed.POLL_AND_HINTS,
    usual_minutes=(3, 15),
    abnormal_minutes=30,
    poll_minutes=5,
    sweep_hours=6,
    marks=(MarkKind.TYPE, MarkKind.REASON, MarkKind.LOCATION, MarkKind.ROOM, MarkKind.MODE),
    is_matched_by_id=False,  # a profile has another id for every doctor, so its name is what a practice approves
    is_type_owned=True,
    required_demographics=frozenset(Demographic),
    words={
        "type": "appointment profile",
        "reason": "reason",
        "location": "office",
        "room": "exam room",
        "mode": "telehealth visit",
        "provider": "provider",
        "patient": "patient",
        "note": "appointment notes",
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="client_id",
            label="Client ID",
            help="Account > API in DrChrono, on the page of the application made for Visitsync.",
            is_secret=False,
        ),
        CredentialField(
            name="client_secret", label="Client secret", help="On the same page; shown to the user who made it."
        ),
        CredentialField(
            name="redirect_uri",
            label="Redirect URI",
            help="Exactly one of those entered on the same page, for instance http://localhost/connected/drchrono.",
            is_secret=False,
            is_required=False,
        ),
        CredentialField(
            name="refresh_token",
            label="Refresh token",
            help="Leave empty to sign in with DrChrono; or paste one got by an earlier sign-in of this application.",
            is_required=False,
        ),
    ),
    settings=(
        Setting(
            name="zone",
            values=("",),
            help="Time zone of all times of this practice, for instance America/Denver. "
            "Empty: each doctor's own time zone in DrChrono.",
        ),
        Setting(
            name="doctor_zones",
            values=("",),
            help="Time zones of single doctors, over everything else: 300101=America/Denver, 300102=US/Pacific.",
        ),
        Setting(
            name="stamp_zone",
            values=("doctor", "practice"),
            help="Whose clock the times of booking and of the last change show: the doctor's, as appointments do, or "
            "the practice's.",
        ),
        Setting(
            name="since_overlap_minutes",
            values=("75", "90", "120", "180", "360"),
            help="How far each reading of changes looks back behind the last one. 75 covers the repeated hour in "
            "autumn and the lag of DrChrono's lists.",
        ),
        Setting(
            name="window_days",
            values=("90", "30", "14", "7"),
            help="Days per request when the whole schedule is read. Less, if DrChrono refuses wide ranges.",
        ),
        Setting(
            name="page_size",
            values=("250", "100", "20"),
            help="Rows asked for per page; DrChrono may send fewer without saying so.",
        ),
        Setting(
            name="patient_reading",
            values=("cheapest", "single", "list"),
            help="Patients one by one, by reading the list, or whichever costs fewer requests.",
        ),
        Setting(
            name="telehealth_rows",
            values=("ignored", "read"),
            help="Whether each appointment's row in DrChrono's own telehealth feature is read (one request each).",
        ),
        Setting(
            name="webhook_signature",
            values=("secret", "secret or hmac"),
            help="What a webhook's signature may be: the secret token itself, as documented, or also a digest.",
        ),
        Setting(
            name="requests_per_hour",
            values=("",),
            help="Requests per hour that DrChrono granted this application, over all practices. Empty: 500.",
        ),
        Setting(
            name="requests_per_second",
            values=("",),
            help="Requests per second that DrChrono granted this application. Empty: 8 (ten are throttled).",
        ),
    ),
    limits=(HOURLY, BURST),
    known_gaps=(
        KnownGap(
            fact="Which zone the naive times of a practice with doctors in several zones are in.",
            assumed="The zone of the appointment's doctor; where the doctor has none, the practice's.",
            setting="zone",
        ),
        KnownGap(
            fact="Whose clock the times of booking and of the last change show, where doctors are in several zones.",
            assumed="The same doctor's as the appointment's own time.",
            setting="stamp_zone",
        ),
        KnownGap(
            fact="Which zone `since` is read in.",
            assumed="Some doctor's zone; the earliest wall time of all doctors' zones is sent.",
            setting="since_overlap_minutes",
        ),
        KnownGap(
            fact="How many rows a page of appointments holds (20, 25, 100 and 250 are reported).",
            assumed="Whatever comes; only `next` tells whether there is more.",
            setting="page_size",
        ),
        KnownGap(
            fact="How wide a date range may be (190 days documented, 90 seen).",
            assumed="90 days.",
            setting="window_days",
        ),
        KnownGap(
            fact="Whether reading changes surely shows deleted appointments.",
            assumed="It may not; the sweep of the whole window finds them.",
        ),
        KnownGap(
            fact="What an occurrence of a series is called before somebody touches it, and whether that id survives.",
            assumed="A text with the series' id behind an underscore; a new id once it is touched.",
        ),
        KnownGap(
            fact="Whether `cloned_from` marks the successor of a rescheduled appointment.",
            assumed="It names the appointment that this one was made from, which may live on.",
        ),
        KnownGap(
            fact="Whether webhooks are sent for deletions.",
            assumed="They may not be; hints only make things quicker.",
            setting="webhook_signature",
        ),
        KnownGap(
            fact="What the body of a refusal for lack of permission looks like.",
            assumed="Anything; only the status 403 counts.",
        ),
        KnownGap(fact="The asynchronous bulk lists are not used.", assumed="Ordinary lists are quick enough."),
    ),
    reconnect_steps="As a user with the Settings permission, sign in to DrChrono from the connection's page here and "
    "allow the access that it asks for. (Signing in again ends the access of every earlier sign-in of the same user. "
    "In DrChrono, Account > App Directory shows whether the access was withdrawn there.)",
)
