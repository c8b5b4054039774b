"""Whom a reference means, in every form that servers write it (fhir reference, sections 6 and 12)."""

import re
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from visitsync.connector_kit.fhir.shapes import Reference

_ADDRESS = re.compile(
    r"(?P<base>https?://[^\s?#]+?/|/)?(?P<type>[A-Z][A-Za-z]{2,63})/(?P<id>[A-Za-z0-9\-._~:@+]{1,128})(/_history/[^/\s]+)?"
    r"/?",
    re.ASCII,
)


_SEARCHED = re.compile(r"/?(?P<type>[A-Z][A-Za-z]{2,63})\?identifier=(?P<number>[^&]+)", re.ASCII)


class Target(msgspec.Struct, frozen=True, gc=False):
    """What a reference points at."""

    type: str
    """The resource's type; "" where the reference does not say."""
    id: str
    """The resource's id; "" where there is only a name or a number."""
    base: str = ""
    """The base URL of an absolute reference, without its last slash."""
    is_contained: bool = False
    """`id` is the name of a resource inside the one that refers."""


NOBODY = Target("", "")
PATIENT = "Patient/"
_PLAIN_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)


def target_of(reference: Reference) -> Target:
    """Type and id of what is referred to; NOBODY where there is neither. `urn:` names are ids of unknown type."""
    text = reference.reference
    if text:
        if text.startswith(PATIENT) and _PLAIN_ID.fullmatch(identity := text[len(PATIENT) :]):
            return Target("Patient", identity)  # another one each time, so there is no use in remembering it
        found = _read(text)
        if not found.type and reference.type:
            identity = found.id or (text if _PLAIN_ID.fullmatch(text) else "")
            return msgspec.structs.replace(found, type=reference.type, id=identity)
        return found
    if reference.id:
        return Target(reference.resource_type or reference.type or "", reference.id)
    return Target(reference.type or reference.resource_type or "", "")


def number_of(reference: Reference) -> str:
    """The number that stands for an id, as `system|value`; "" where there is none.

    It is the reference's own identifier, or that of a search in its place: `Patient?identifier=urn:mrn|77`.
    """
    if reference.identifier is not None and reference.identifier.value:
        return f"{reference.identifier.system or ''}|{reference.identifier.value}"
    searched = _SEARCHED.fullmatch(reference.reference or "")
    number = unquote(searched["number"]) if searched else ""
    return number if "|" in number or not number else f"|{number}"


@lru_cache(maxsize=65_536)
def _read(text: str) -> Target:
    if text.startswith("#"):
        return Target("", text[1:], is_contained=True)
    if text.startswith(("urn:uuid:", "urn:oid:")):
        return Target("", text)
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        searched = _SEARCHED.fullmatch(text)
        return Target(searched["type"], "") if searched else NOBODY
    return Target(found["type"], found["id"], (found["base"] or "").rstrip("/"))
