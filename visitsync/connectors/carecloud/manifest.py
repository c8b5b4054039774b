"""What the other rooms rely on about CareCloud (Central, public API v2)."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import CredentialField, Feed, Manifest
from visitsync.connectors.carecloud.fixes import FIXES
from visitsync.connectors.carecloud.uncertain import KNOWN_GAPS, SETTINGS
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

REQUESTS_PER_SECOND = 3
"""No limit is published; two to five are gentle (reference, section 2)."""

BURST = Limit(name="carecloud-per-second", requests=REQUESTS_PER_SECOND, seconds=1, scope="credential", is_spaced=True)


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: ours by default, or what CareCloud told this application."""
    stated = settings.get("requests_per_second", "").strip()
    granted = max(1, int(stated)) if stated.isascii() and stated.isdigit() else REQUESTS_PER_SECOND
    return (msgspec.structs.replace(BURST, requests=granted),)


MANIFEST = Manifest(
    emr="carecloud",
    name="CareCloud",
    default_base_url="https://api.carecloud.com/v2",
    allowed_hosts=("api.carecloud.com", "platform.carecloud.com"),
    feed=Feed.POLL,
    usual_minutes=(3, 15),
    abnormal_minutes=30,
    poll_minutes=5,
    sweep_hours=1,  # changes are found by comparing alone, and a filter may hide what was cancelled
    tells_patient_changes=False,
    marks=(MarkKind.TYPE, MarkKind.LOCATION, MarkKind.RESOURCE),
    is_matched_by_id=False,
    required_demographics=frozenset(Demographic),
    words={
        "type": "visit reason",
        "location": "location",
        "resource": "resource",
        "provider": "provider",
        "patient": "patient",
        "note": "chief complaint or comments",
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="client_id",
            label="Client ID",
            help="Given by CareCloud for the application made for Visitsync.",
            is_secret=False,
        ),
        CredentialField(name="client_secret", label="Client secret", help="Given together with it."),
        CredentialField(
            name="redirect_uri",
            label="Redirect URI",
            help="Exactly as registered with CareCloud for the application.",
            is_secret=False,
            is_required=False,
        ),
        CredentialField(
            name="refresh_token",
            label="Refresh token",
            help="Leave empty to sign in with CareCloud; or paste one got by an earlier sign-in of this application.",
            is_required=False,
        ),
    ),
    settings=SETTINGS,
    limits=(BURST,),
    known_gaps=KNOWN_GAPS,
    reconnect_steps="As an administrator of the practice, sign in to CareCloud from the connection's page here, choose "
    "the practice, and accept the access that Visitsync asks for. If CareCloud says that the application is unknown, "
    "ask its support whether the application is still registered.",
)
