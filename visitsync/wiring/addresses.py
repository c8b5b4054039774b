"""The addresses that we tell others: where an EMR's webhooks and messages reach us."""

from uuid import UUID

import msgspec

from visitsync.web.hook_token import hook_token
from visitsync.wiring.settings import Settings


def webhook_url(settings: Settings, emr: str, practice_id: UUID, connection_id: UUID) -> str:
    """The address for one connection's webhooks; it cannot be guessed."""
    origin = settings.public_url.rstrip("/") or f"http://{settings.web_host}:{settings.web_port}"
    return f"{origin}/hooks/{emr}/{hook_token(practice_id, connection_id)}"


class PushTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where messages are pushed to."""

    host: str
    """"" where nobody has said under which name the outside world reaches `listen`."""
    ports: tuple[int, ...]
    tls_ports: tuple[int, ...]


def push_target(settings: Settings) -> PushTarget:
    """As the settings of `listen` say."""
    return PushTarget(host=settings.listen_address, ports=settings.listen_ports, tls_ports=settings.listen_tls_ports)
