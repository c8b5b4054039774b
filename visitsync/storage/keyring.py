"""The keys that seal what is stored, read from a file that only its owner may read, or from an environment value."""

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec

KEY_BYTES = 32
HIGHEST_KEY_ID = 0xFFFF

_HEADING = """\
# The keys of this installation's stored credentials and patient data. Whoever has this file and a copy of the
# database can read them; whoever loses it cannot. Keep a copy apart from the database's backups.
"""


class KeyringUnusable(Exception):
    """The keyring cannot be trusted or understood; the message says what to mend. Never quotes its content."""


class Keyring(msgspec.Struct, frozen=True, kw_only=True):
    """One index key for good, and numbered data keys: all of them open, `sealing_key_id` seals.

    As text, one key per line (or several with ";" between): `index <key>` and `data <number> <key>`, each key 32 bytes
    in base64. The data key with the highest number seals; `standby <number> <key>` opens only, so that every process
    can learn a key before the first one seals with it.
    """

    index_key: bytes
    data_keys: Mapping[int, bytes]
    sealing_key_id: int

    def __repr__(self) -> str:
        return f"Keyring(data keys {sorted(self.data_keys)}, sealing with {self.sealing_key_id})"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Reads the form above; lines that begin with "#" are comments. Raises KeyringUnusable."""
        index_keys: list[bytes] = []
        data_keys: dict[int, bytes] = {}
        sealing_key_ids: list[int] = []
        for entry in _entries(text):
            match entry:
                case ["index", key] if not index_keys:
                    index_keys.append(_decoded(key))
                case ["data" | "standby" as kind, number, key] if _key_id(number) not in data_keys:
                    data_keys[_key_id(number)] = _decoded(key)
                    sealing_key_ids += [_key_id(number)] if kind == "data" else []
                case _:
                    raise KeyringUnusable("The keyring has an entry that is no key, or a key number twice.")
        if not index_keys or not sealing_key_ids:
            raise KeyringUnusable("The keyring needs one `index` key and at least one `data` key.")
        return cls(index_key=index_keys[0], data_keys=data_keys, sealing_key_id=max(sealing_key_ids))

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Reads a file that only its owner may read. Raises KeyringUnusable, FileNotFoundError."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
                raise KeyringUnusable(f"{path} can be read or changed by other users: run `chmod 600` on it.")
            return cls.from_text(file.read())

    @classmethod
    def create_file(cls, path: Path) -> Self:
        """Makes a new keyring (mode 0600) unless the file exists, whoever made it, and reads it."""
        if not path.exists():
            _place(path, f"{_HEADING}index {_new_key()}\ndata 1 {_new_key()}\n", replaces=False)
        return cls.from_file(path)

    @classmethod
    def add_data_key(cls, path: Path) -> Self:
        """Adds a data key to the file; from now on it seals, and the older ones still open. Never removes any."""
        keyring = cls.from_file(path)
        text = path.read_text(encoding="ascii").rstrip("\n")
        _place(path, f"{text}\ndata {max(keyring.data_keys) + 1} {_new_key()}\n", replaces=True)
        return cls.from_file(path)


def _entries(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [entry.split() for line in lines for entry in line.split(";") if entry.strip()]


def _place(path: Path, text: str, *, replaces: bool) -> None:
    """Writes beside the file and moves it there complete, so that nobody ever reads half a keyring."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        if replaces:
            draft.replace(path)
        else:
            _link_unless_there(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _link_unless_there(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first; its keyring is the one


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _key_id(number: str) -> int:
    if not number.isdecimal() or not 1 <= int(number) <= HIGHEST_KEY_ID:
        raise KeyringUnusable(f"Data keys are numbered from 1 to {HIGHEST_KEY_ID}.")
    return int(number)


def _decoded(key: str) -> bytes:
    try:
        decoded = base64.b64decode(key, validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) != KEY_BYTES:
        raise KeyringUnusable(f"A key of the keyring is not {KEY_BYTES} bytes in base64.")
    return decoded
