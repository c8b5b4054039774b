"""Seals what must not be readable in the database, and gives equal values an equal index that tells nothing else."""

import hmac
from collections.abc import Callable
from os import urandom
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from visitsync.storage.keyring import Keyring

FORMAT = 1
NONCE_BYTES = 12
HEADER_BYTES = 3
"""One byte for the format, two for the number of the data key."""
INDEX_BYTES = 16
_NONCE_END = HEADER_BYTES + NONCE_BYTES


class KeyMissing(Exception):
    """A value was sealed with a data key that the keyring does not have; add that key again."""


class SealBroken(Exception):
    """A stored value was changed, cut, or moved from another row; nothing of it can be believed."""


class Vault:
    """AES-256-GCM with a random 96-bit nonce per value; safe to share between threads and across a fork.

    Sealed: format (1 byte), number of the data key (2), nonce (12), ciphertext, tag (16). The header is authenticated,
    and so is `aad`, the place where the value belongs (see `place`): a value moved to another row does not open there.
    One data key is good for 2^32 values (NIST SP 800-38D, section 8.3); rotate before.
    """

    def __init__(self, keyring: Keyring, *, reread: Callable[[], Keyring] | None = None) -> None:
        """`reread` gives the keyring as it is now, when a value names a key that was added since."""
        self._reread = reread
        self._use(keyring)

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Encrypts; takes about a microsecond."""
        header, cipher = self._sealing
        nonce = urandom(NONCE_BYTES)
        return header + nonce + cipher.encrypt(nonce, plaintext, header + aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Decrypts what `seal` made for the same place. Raises KeyMissing, SealBroken."""
        header = sealed[:HEADER_BYTES]
        cipher = self._opening.get(header) or self._learned(header)
        try:
            return cipher.decrypt(sealed[HEADER_BYTES:_NONCE_END], sealed[_NONCE_END:], header + aad)
        except (InvalidTag, ValueError):
            raise SealBroken("A stored value does not open in its place.") from None

    def reseal(self, sealed: bytes, aad: bytes) -> bytes | None:
        """The value under the newest data key, or None where it is already. Raises KeyMissing, SealBroken."""
        if sealed.startswith(self._sealing[0]):
            return None
        return self.seal(self.open(sealed, aad), aad)

    @property
    def newest_header(self) -> bytes:
        """With which everything begins that is sealed from now on."""
        return self._sealing[0]

    def blind_index(self, practice_id: UUID, value: str, *, kind: str = "e-mail") -> bytes:
        """16 bytes, the same for equal values of one kind in one practice, and unlike those of any other practice.

        Bring the value to its canonical form first. Made with a key of its own: rotating data keys leaves it as it is.
        """
        message = b"%b\0%b%b" % (kind.encode(), practice_id.bytes, value.encode("utf-8", "surrogatepass"))
        return hmac.digest(self._index_key, message, "sha256")[:INDEX_BYTES]

    def derive(self, purpose: str) -> bytes:
        """32 bytes, always the same for this keyring and purpose; telling them tells nothing of any other key.

        Made from the key that is never rotated. For what needs a secret of its own: a chain of hashes, a signature.
        """
        return HKDF(SHA256(), length=32, salt=None, info=b"visitsync derived 1\0" + purpose.encode()).derive(self._root)

    def _use(self, keyring: Keyring) -> None:
        self._root = keyring.index_key
        self._opening = {_header(key_id): AESGCM(key) for key_id, key in keyring.data_keys.items()}
        newest = _header(keyring.sealing_key_id)
        self._sealing = (newest, self._opening[newest])
        self._index_key = HKDF(SHA256(), length=32, salt=None, info=b"visitsync blind index 1").derive(
            keyring.index_key
        )

    def _learned(self, header: bytes) -> AESGCM:
        if len(header) < HEADER_BYTES or header[0] != FORMAT:
            raise SealBroken("A stored value is not in the form of a sealed one.")
        if self._reread is not None:
            self._use(self._reread())
        if header not in self._opening:
            raise KeyMissing(f"The keyring lacks data key {int.from_bytes(header[1:])}.")
        return self._opening[header]


def place(purpose: str, practice_id: UUID, *ids: UUID | str) -> bytes:
    """Where a sealed value belongs: table and column, practice, and the rest of the row's key, unmistakably joined."""
    parts = [
        identity.bytes if isinstance(identity, UUID) else identity.encode("utf-8", "surrogatepass") for identity in ids
    ]
    return b"".join([purpose.encode(), b"\0", practice_id.bytes, *(len(part).to_bytes(4) + part for part in parts)])


def _header(key_id: int) -> bytes:
    return FORMAT.to_bytes(1) + key_id.to_bytes(2)
