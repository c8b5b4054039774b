"""Judges client assertions as SMART's asymmetric client authentication demands it of a server."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

from visitsync.simulator_kit.fhir.keys import PublicKey

LONGEST_LIFE = timedelta(minutes=5)
COORDINATE_BYTES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An application that a practice has registered."""

    id: str
    keys: Mapping[str, PublicKey]
    """Public keys by their kid."""


class Assertions:
    """Remembers every jti, so that no assertion works twice."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._used: dict[str, datetime] = {}

    def trouble(self, assertion: str, *, audience: str, algorithms: tuple[str, ...], now: datetime) -> str:
        """Why the assertion is refused; "" where it is accepted. `now`: by the server's clock."""
        parts = assertion.split(".")
        if len(parts) != 3:
            return "no JWT"
        try:
            header, claims = (msgspec.json.decode(_unpacked(part), type=dict[str, Any]) for part in parts[:2])
            signature = _unpacked(parts[2])
        except (ValueError, msgspec.DecodeError):
            return "no readable JWT"
        key = self.client.keys.get(str(header.get("kid")))
        if header.get("alg") not in algorithms or header.get("typ") != "JWT":
            return "alg or typ"
        if key is None or not _is_signed(key, str(header["alg"]), f"{parts[0]}.{parts[1]}".encode(), signature):
            return "kid or signature"
        return self._trouble_of_claims(claims, audience, now)

    def _trouble_of_claims(self, claims: Mapping[str, Any], audience: str, now: datetime) -> str:
        if claims.get("iss") != self.client.id or claims.get("sub") != self.client.id:
            return "iss or sub"
        if claims.get("aud") != audience:
            return "aud"
        expires = claims.get("exp")
        left = timedelta(seconds=expires - now.timestamp()) if isinstance(expires, int) else timedelta(0)
        if not timedelta(0) < left <= LONGEST_LIFE:
            return "exp"
        if any(isinstance(claims.get(name), int) and claims[name] > now.timestamp() for name in ("iat", "nbf")):
            return "iat or nbf in the future"
        return self._trouble_of_jti(str(claims.get("jti", "")), now)

    def _trouble_of_jti(self, jti: str, now: datetime) -> str:
        self._used = {each: until for each, until in self._used.items() if until > now}
        if not jti or jti in self._used:
            return "jti"
        self._used[jti] = now + LONGEST_LIFE
        return ""


def _is_signed(key: PublicKey, algorithm: str, text: bytes, signature: bytes) -> bool:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            if algorithm != "ES384" or len(signature) != 2 * COORDINATE_BYTES:
                return False
            r, s = (
                int.from_bytes(half, "big") for half in (signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:])
            )
            key.verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA384()))
        else:
            if algorithm != "RS384":
                return False
            key.verify(signature, text, padding.PKCS1v15(), SHA384())
    except InvalidSignature:
        return False
    return True


def _unpacked(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
