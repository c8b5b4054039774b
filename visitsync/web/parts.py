"""What the web process is given when it starts."""

from datetime import datetime

import msgspec

from visitsync.storage.database import Database
from visitsync.storage.vault import Vault
from visitsync.sync.engine import Engine
from visitsync.sync.office import OfficeCache


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """Where senders of messages reach us, for what we tell admins to enter in their EMRs."""

    host: str = ""
    """"" where nobody has said under which name the outside world reaches the listener."""
    ports: tuple[int, ...] = ()
    """Plain, for networks that nobody else can listen in on."""
    tls_ports: tuple[int, ...] = ()


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that views need from the installation."""

    engine: Engine
    offices: OfficeCache = msgspec.field(default_factory=OfficeCache)
    public_url: str = ""
    """Where people reach us, for links in mail and for EMRs that send a browser back; no slash at the end."""
    listening: Listening = Listening()
    support_address: str = ""
    """Who gets requests for help by mail; "" keeps them in the app only."""

    @property
    def database(self) -> Database:
        return self.engine.database

    @property
    def vault(self) -> Vault:
        return self.engine.vault

    def clock(self) -> datetime:
        """Now (aware, UTC)."""
        return self.engine.clock()


class NotGivenYet(RuntimeError):
    """The process serves before it was given its parts; wiring must call `give` first."""


_given: list[Parts] = []


def give(parts: Parts) -> None:
    """Hands the parts to the views; called once, by wiring."""
    _given[:] = [parts]


def parts() -> Parts:
    """The parts of this process. Raises NotGivenYet."""
    if not _given:
        raise NotGivenYet
    return _given[0]
