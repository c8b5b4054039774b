"""What the other rooms rely on about athenahealth (athenaOne REST v1)."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import CredentialField, Feed, Manifest
from visitsync.connectors.athenahealth.fixes import FIXES
from visitsync.connectors.athenahealth.uncertain import KNOWN_GAPS, SETTINGS
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import Demographic

TOKEN_OPERATION = "token"  # noqa: S105 - the name of a request

PER_SECOND = Limit(name="athenahealth-per-second", requests=5, seconds=1, scope="application", is_spaced=True)
PER_DAY = Limit(
    name="athenahealth-per-day",
    requests=50_000,
    seconds=86_400,
    scope="application",  # counted per key, whichever practices it serves; the day ends at midnight GMT
)
TOKENS = Limit(
    name="athenahealth-tokens-per-minute", requests=5, seconds=60, scope="application", operation=TOKEN_OPERATION
)
"""Section 2: 50 a minute in production, 5 in preview; one token lasts an hour, so that 5 are plenty for both."""

_BY_SETTING = {"requests_per_second": PER_SECOND, "requests_per_day": PER_DAY, "tokens_per_minute": TOKENS}


def limits(settings: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits of one connection: cautious defaults, or what the developer portal shows for this key."""
    return tuple(_granted(limit, settings.get(name, "").strip()) for name, limit in _BY_SETTING.items())


def _granted(limit: Limit, text: str) -> Limit:
    requests = max(1, int(text)) if text.isascii() and text.isdigit() else limit.requests
    return msgspec.structs.replace(limit, requests=requests)


MANIFEST = Manifest(
    emr="athenahealth",
    name="athenahealth",
    default_base_url="https://api.platform.athenahealth.com",
    allowed_hosts=(),
    feed=Feed.POLL,
    usual_minutes=(3, 15),
    abnormal_minutes=60,
    poll_minutes=5,
    sweep_hours=6,
    marks=(MarkKind.TYPE, MarkKind.LOCATION),
    is_matched_by_id=True,  # names repeat, are cut to 30 characters and differ by a blank for patients
    required_demographics=frozenset(Demographic),
    words={
        "type": "appointment type ID",
        "location": "department",
        "provider": "provider",
        "patient": "patient",
        "note": "appointment note",
    },
    fixes=FIXES,
    credentials=(
        CredentialField(
            name="practice_id",
            label="Practice ID",
            help="The number of the practice in athenaOne, for instance 195900 (no context letters).",
            is_secret=False,
        ),
        CredentialField(
            name="client_id",
            label="Client ID",
            help="Of the app made for Visitsync in athenahealth's developer portal; production and preview differ.",
            is_secret=False,
        ),
        CredentialField(
            name="client_secret", label="Client secret", help="Shown once in the developer portal, with the client ID."
        ),
    ),
    settings=SETTINGS,
    limits=limits({}),
    known_gaps=KNOWN_GAPS,
    reconnect_steps="In athenahealth's developer portal, see that the app is still approved for this practice and "
    "make a new secret if the old one has expired; then enter practice ID, client ID and secret here again. If the "
    "practice has withdrawn its consent, an athenaOne administrator gives it again (Admin > Marketplace, or a case "
    "with the CSC).",
)
