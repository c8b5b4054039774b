"""What the other rooms rely on about ExampleCharts."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import CredentialField, Feed, KnownGap, Manifest, Setting
from visitsync.connectors.examplecharts.fixes import FIXES
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

REQUESTS_PER_MINUTE = 600
PER_MINUTE = Limit(name="examplecharts-per-minute", requests=REQUESTS_PER_MINUTE, seconds=60, scope="credential")


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: the vendor's default, or what it granted this practice."""
    text = settings.get("requests_per_minute", "").strip()
    granted = int(text) if text.isascii() and text.isdigit() else REQUESTS_PER_MINUTE
    return (msgspec.structs.replace(PER_MINUTE, requests=max(1, granted)),)


MANIFEST = Manifest(
    emr="examplecharts",
    name="ExampleCharts",
    default_base_url="https://api.examplecharts.example",
    allowed_hosts=(),
    feed=Feed.POLL,
    usual_minutes=(5, 15),
    abnormal_minutes=30,
    poll_minutes=5,
    sweep_hours=6,
    marks=(MarkKind.TYPE, MarkKind.LOCATION),
    is_matched_by_id=False,
    required_demographics=frozenset(Demographic),
    words={
        "type": "visit type",
        "location": "location",
        "provider": "provider",
        "patient": "patient",
        "note": "appointment note",
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="api_key",
            label="API key",
            help="Administration > Integrations > API keys in ExampleCharts; shown once, when it is made.",
        ),
    ),
    settings=(
        Setting(
            name="times",
            values=("location", "practice"),
            help="Whose clock appointment times show: that of the appointment's location, or the practice's.",
        ),
        Setting(
            name="requests_per_minute",
            values=("",),
            help="Requests per minute that ExampleCharts granted this API key. Empty: 600.",
        ),
    ),
    limits=(PER_MINUTE,),
    known_gaps=(
        KnownGap(
            fact="Whose clock appointment times show in a practice with locations in several time zones.",
            assumed="That of the appointment's location.",
            setting="times",
        ),
        KnownGap(
            fact="Whether an appointment that was deleted for good shows among changes.",
            assumed="It does not; the sweep of the whole window finds that it is gone.",
        ),
    ),
    reconnect_steps="In ExampleCharts open Administration > Integrations > API keys, make a new key, and "
    "connect again here with it. (A key ends when the user who made it is deactivated.)",
)
