"""How a practice admin signs the connection in: DrChrono's consent page, and the code it brings back (section 2)."""

from visitsync.connector_kit import oauth
from visitsync.connector_kit.connector import Clock, ConnectionConfig
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.drchrono.asking import TOKEN_PATH
from visitsync.connectors.drchrono.manifest import MANIFEST, SCOPES, limits


def authorization_url(base_url: str, *, client_id: str, redirect_uri: str, state: str) -> str:
    """Where the admin's browser goes; it comes back to `redirect_uri` with `code`, or with error=access_denied."""
    return oauth.authorization_url(
        f"{base_url.rstrip('/')}/o/authorize/",
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope=SCOPES,
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
    """The credentials to save. The code "expires extremely quickly": call at once.

    Signing in again ends the tokens that the same user gave earlier. Raises NeedsReconnect, TryAgainLater.
    """
    client = PoliteClient(
        config.base_url,
        budget=budget,
        clock=clock,
        allowed_hosts=MANIFEST.allowed_hosts,
        limits=limits(config.settings),
        allows_loopback=config.allows_loopback,
    )
    return oauth.exchange_code(
        client,
        TOKEN_PATH,
        clock,
        client_id=client_id,
        client_secret=client_secret,
        redirect_uri=redirect_uri,
        code=code,
    )
