"""What somebody typed, carried in addresses so that Back leads to it again: sealed, for it may name a patient."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from django.http import HttpRequest

from visitsync.storage.vault import KeyMissing, SealBroken, Vault, place
from visitsync.sync.question import LONGEST_QUERY
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer

MOST_CHARACTERS = 4 * LONGEST_QUERY
"""Nobody types more; more is not even looked at."""


def typed_in(request: HttpRequest, viewer: Viewer) -> str:
    """What is asked: as typed, or as sealed by us before; "" for nothing and for what does not open."""
    if request.method == "POST":
        return _clean(request.POST.get("q", ""))
    if sealed := request.GET.get("s", ""):
        return _opened(parts().vault, viewer, sealed)
    return _clean(request.GET.get("q", ""))


def sealed(viewer: Viewer, typed: str) -> str:
    """For an address; opens at this practice only."""
    value = parts().vault.seal(typed.encode("utf-8", "replace"), _place(viewer))
    return urlsafe_b64encode(value).decode().rstrip("=")


def _opened(vault: Vault, viewer: Viewer, text: str) -> str:
    try:
        value = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        return vault.open(value, _place(viewer)).decode()
    except (Error, ValueError, SealBroken, KeyMissing):
        return ""


def _place(viewer: Viewer) -> bytes:
    return place("typed into find", viewer.practice_id)


def _clean(text: str) -> str:
    return " ".join(text[:MOST_CHARACTERS].replace("\0", " ").split())[:LONGEST_QUERY]
