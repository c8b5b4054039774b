"""What the web process is given when it starts: the database, the vault, the clock."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from visitsync.storage.database import Database
from visitsync.storage.vault import Vault


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that views need from the installation."""

    database: Database
    vault: Vault
    clock: Callable[[], datetime]


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
