"""The addresses that we tell others: where an EMR's webhooks reach us."""

from uuid import UUID

from visitsync.web.hook_token import hook_token
from visitsync.wiring.settings import Settings


def webhook_url(settings: Settings, emr: str, practice_id: UUID, connection_id: UUID) -> str:
    """The address for one connection's webhooks; it cannot be guessed."""
    origin = settings.public_url.rstrip("/") or f"http://{settings.web_host}:{settings.web_port}"
    return f"{origin}/hooks/{emr}/{hook_token(practice_id, connection_id)}"
