"""How a practice admin signs the connection in: CareCloud's consent page, and the code it brings back (section 1)."""

from collections.abc import Mapping

from visitsync.connector_kit import oauth
from visitsync.connector_kit.connector import Clock, ConnectionConfig
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.carecloud.asking import api_url, origin_of
from visitsync.connectors.carecloud.manifest import MANIFEST, limits

PLATFORM = "https://platform.carecloud.com"
"""Where people sign in; programs ask another host."""
API = "https://api.carecloud.com"


def authorization_url(base_url: str, *, client_id: str, redirect_uri: str, state: str) -> str:
    """Where the admin's browser goes; it comes back to `redirect_uri` with `code`, or with an error.

    For a base URL that is not CareCloud's own, a proxy or a simulator, the page is on the same host as the API.
    """
    origin = origin_of(base_url)
    return oauth.authorization_url(
        f"{PLATFORM if origin == API else origin}/oauth2/authorize",
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope="",
        state=state,
    )


def exchange_code(
    config: ConnectionConfig,
    budget: Budget,
    clock: Clock,
    *,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    code: str,
) -> dict[str, str]:
    """The credentials to save. How long a code lives is not documented: call at once.

    Raises NeedsReconnect, TryAgainLater.
    """
    client = PoliteClient(
        api_url(config.base_url),
        budget=budget,
        clock=clock,
        allowed_hosts=MANIFEST.allowed_hosts,
        limits=limits(config.settings),
        allows_loopback=config.allows_loopback,
    )
    return oauth.exchange_code(
        client,
        token_url(config),
        clock,
        client_id=client_id,
        client_secret=client_secret,
        redirect_uri=redirect_uri,
        code=code,
        habits=habits(config.settings),
    )


def token_url(config: ConnectionConfig) -> str:
    """Where tokens are given: by a setting, else beside the API."""
    return config.settings.get("token_url") or f"{origin_of(config.base_url)}/oauth2/access_token"


def habits(settings: Mapping[str, str]) -> oauth.Habits:
    """CareCloud wants the secret in a Basic header, and documents neither refusals nor lifetimes."""
    stated = settings.get("token_seconds", "").strip()
    seconds = float(stated) if stated.isascii() and stated.isdigit() else 3600.0
    return oauth.Habits(has_secret_in_header=True, refuses_in_own_words=True, default_seconds=seconds)
