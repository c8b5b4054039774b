"""Keys of pretend clients: the same on every machine and in every process, so that none need be kept anywhere."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode

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
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def a_private_key(words: str) -> str:
    """A private key on P-384 that follows from these words, as base64 on one line. It protects nothing."""
    digest = hashlib.shake_256(words.encode()).digest(64)
    number = int.from_bytes(digest, "big") % (_ORDER_OF_P384 - 1) + 1
    return one_line(ec.derive_private_key(number, ec.SECP384R1()))


def one_line(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    """A key as base64 on one line: what stands between the first and the last line of a PEM file."""
    return b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def public_half(private_key: str) -> PublicKey:
    """What a client registers with the vendor."""
    key = load_der_private_key(b64decode(private_key), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError("a pretend client has an EC or RSA key")
    return key.public_key()
