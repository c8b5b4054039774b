"""The folder where an installation keeps its own state: the embedded database, the keyring, generated passwords."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def prepare_home(folder: Path) -> None:
    """Makes the folder if it is missing, closed to other users; one that exists keeps its mode.

    Made by root it may be passed through, but not listed: the embedded database inside belongs to another user.
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o711)


def database_folder(home: Path) -> Path:
    """Where the embedded database lives."""
    return home / "database"


def keyring_file(home: Path) -> Path:
    """Where the keyring of an embedded installation lives."""
    return home / "keyring"


def app_password(home: Path) -> str:
    """The random password of the application's database role, made when first asked for (mode 0600)."""
    file = home / "app-password"
    if not file.exists():
        _make_secret(file)
    return file.read_text(encoding="ascii").strip()


def _make_secret(file: Path) -> None:
    """Whole or not at all; if several processes make it at once, they all read the one that was first."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(32) + "\n")
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
