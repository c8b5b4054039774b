"""Takes social security numbers out of resources before they are kept."""

from typing import Any

import msgspec

SYSTEMS = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"})
TYPES = frozenset({"SS", "SB"})
"""Codes of Identifier.type (v2 table 0203)."""
_SIGNS = (b"us-ssn", b"2.16.840.1.113883.4.1", b'"SS"', b'"SB"')


def without_social_security(body: bytes) -> bytes:
    """The same resource or Bundle with the value of every such identifier emptied; untouched where there is none."""
    if not any(sign in body for sign in _SIGNS):
        return body
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body
    return msgspec.json.encode(whole) if _emptied(whole) else body


def _emptied(value: Any) -> bool:
    """Whether anything below was emptied."""
    if isinstance(value, list):
        return sum(_emptied(each) for each in value) > 0
    if not isinstance(value, dict):
        return False
    found = "value" in value and _is_social_security(value)
    if found:
        value["value"] = ""
    return sum(_emptied(each) for each in value.values()) > 0 or found


def _is_social_security(identifier: dict[str, Any]) -> bool:
    if identifier.get("system") in SYSTEMS:
        return True
    kind = identifier.get("type")
    codings = kind.get("coding") if isinstance(kind, dict) else None
    return isinstance(codings, list) and any(
        isinstance(coding, dict) and coding.get("code") in TYPES for coding in codings
    )
