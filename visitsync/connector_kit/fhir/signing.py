"""Signs the assertions that prove who we are: JWS with RS384 or ES384 (RFC 7515, RFC 7518).

Done with the cryptography package: two algorithms and one compact form need no library of their own.
"""

import re
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_der_private_key

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
RS384, ES384 = "RS384", "ES384"
LEAST_RSA_BITS = 2048
_COORDINATE_BYTES = 48
_ARMOUR = re.compile(r"-----(BEGIN|END)[A-Z ]+-----|\\n|\s")


class UnusableKey(ValueError):
    """The text is no private key for RS384 (RSA, 2048 bits or more) or ES384 (EC on P-384)."""


def read_private_key(text: str) -> PrivateKey:
    """A key from PEM, from the base64 inside a PEM (line breaks may be lost), or from a JWK. Raises UnusableKey."""
    try:
        key = _from_jwk(text) if text.lstrip().startswith("{") else _from_pem(text)
    except Exception as error:  # noqa: BLE001 - the package raises many kinds, some of which quote what they read
        raise UnusableKey(f"the private key cannot be read ({type(error).__name__})") from None
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1):
        return key
    raise UnusableKey("the private key is neither RSA of 2048 bits or more nor EC on the curve P-384")


def algorithm_of(key: PrivateKey) -> str:
    """RS384 for RSA keys, ES384 for EC keys."""
    return RS384 if isinstance(key, rsa.RSAPrivateKey) else ES384


def signed(key: PrivateKey, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A JWT in its compact form; `alg` and `typ` are added to the header."""
    full = {"alg": algorithm_of(key), "typ": "JWT", **header}
    text = f"{_packed(msgspec.json.encode(full))}.{_packed(msgspec.json.encode(claims))}"
    return f"{text}.{_packed(_signature(key, text.encode()))}"


def public_jwk(key: PrivateKey, key_id: str) -> dict[str, str]:
    """The public half, as it is registered with the EMR or published."""
    head = {"kid": key_id, "alg": algorithm_of(key), "use": "sig"}
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return {"kty": "RSA", **head, "n": _packed(_bytes(numbers.n)), "e": _packed(_bytes(numbers.e))}
    point = key.public_key().public_numbers()
    x, y = (_packed(each.to_bytes(_COORDINATE_BYTES, "big")) for each in (point.x, point.y))
    return {"kty": "EC", **head, "crv": "P-384", "x": x, "y": y}


def _signature(key: PrivateKey, text: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text, padding.PKCS1v15(), SHA384())
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(SHA384())))
    return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")


def _from_pem(text: str) -> object:
    return load_der_private_key(b64decode(_ARMOUR.sub("", text), validate=True), password=None)


def _from_jwk(text: str) -> object:
    jwk = msgspec.json.decode(text, type=dict[str, Any])
    if jwk.get("kty") == "EC" and jwk.get("crv") == "P-384":
        return ec.derive_private_key(_number(jwk["d"]), ec.SECP384R1())
    if jwk.get("kty") == "RSA":
        p, q, d = (_number(jwk[name]) for name in ("p", "q", "d"))
        public = rsa.RSAPublicNumbers(_number(jwk.get("e", "AQAB")), _number(jwk["n"]))
        crt = (d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q))
        return rsa.RSAPrivateNumbers(p, q, d, *crt, public).private_key()
    raise UnusableKey("the JWK is of another kind")


def _number(text: str) -> int:
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
