"""Keys of pretend clients: the same on every machine and in every process, so that none need be kept anywhere."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

_ORDER_OF_P384 = int(
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16
)
_COORDINATE_BYTES = 48
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def a_private_key(words: str) -> str:
    """A private key on P-384 that follows from these words, as a short JWK on one line. It protects nothing."""
    digest = hashlib.shake_256(words.encode()).digest(64)
    number = int.from_bytes(digest, "big") % (_ORDER_OF_P384 - 1) + 1
    packed = urlsafe_b64encode(number.to_bytes(_COORDINATE_BYTES, "big")).decode()
    return f'{{"kty":"EC","crv":"P-384","d":"{packed}"}}'


def one_line(key: PrivateKey) -> str:
    """A key as base64 on one line: what stands between the first and the last line of a PEM file."""
    return b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def public_half(private_key: str) -> PublicKey:
    """What a client registers with the vendor, from either form."""
    if private_key.startswith("{"):
        packed = str(msgspec.json.decode(private_key)["d"])
        return ec.derive_private_key(int.from_bytes(urlsafe_b64decode(packed), "big"), ec.SECP384R1()).public_key()
    key = load_der_private_key(b64decode(private_key), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError("a pretend client has an EC or RSA key")
    return key.public_key()
