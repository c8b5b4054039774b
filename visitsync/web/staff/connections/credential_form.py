"""The form in which an EMR's credentials are given: secrets go in and never come out again."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from django.http import HttpRequest

from visitsync.connector_kit.errors import NeedsReconnect
from visitsync.connector_kit.manifest import CredentialField, Manifest
from visitsync.sync.admin.connecting import WEBHOOK_SECRET, credential_fields
from visitsync.sync.admin.sign_in import has_sign_in_page
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer

LONGEST = 20_000
REDIRECT = "redirect_uri"
TOKENS = frozenset({"refresh_token", "access_token", "expires_at"})
"""What an EMR's sign-in page gives; a new sign-in replaces them."""
OF_SEVERAL_LINES = frozenset({"private_key"})


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field as the page shows it."""

    name: str
    label: str
    help: str
    is_secret: bool
    is_required: bool
    is_long: bool
    is_kept: bool
    """A secret that is there already; left empty it stays."""
    value: str
    """Never a secret's."""
    error: str = ""

    def __repr__(self) -> str:
        return f"Field({self.name})"


def stored_credentials(viewer: Viewer, connection_id: UUID) -> dict[str, str]:
    """What is sealed for this connection; nothing where nothing was given yet. For merging only, never for showing."""
    try:
        return dict(parts().engine.credentials(viewer.practice_id, connection_id).read())
    except NeedsReconnect:
        return {}


def given_in(request: HttpRequest, manifest: Manifest) -> dict[str, str]:
    """What the form holds, by the names of the credentials."""
    fields = credential_fields(manifest)
    return {one.name: request.POST.get(f"credential-{one.name}", "").strip()[:LONGEST] for one in fields}


def merged(manifest: Manifest, stored: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What is to be tried: as given; a secret that was left empty stays, but for the tokens of an earlier sign-in."""
    signs_in_there = has_sign_in_page(manifest.emr)

    def chosen(field: CredentialField) -> str:
        stays = field.is_secret and not (signs_in_there and field.name in TOKENS)
        return given.get(field.name, "") or (stored.get(field.name, "") if stays else "")

    found = {field.name: chosen(field) for field in credential_fields(manifest)}
    if signs_in_there and not found.get(REDIRECT):
        found[REDIRECT] = came_back_at(manifest.emr)
    return {name: value for name, value in found.items() if value}


def came_back_at(emr: str) -> str:
    """Where an EMR's sign-in page sends the browser back to: the same for all practices of this installation."""
    return f"{parts().public_url}/connected/{emr}"


def fields_of(
    manifest: Manifest, stored: Mapping[str, str], given: Mapping[str, str] | None, missing: list[CredentialField]
) -> list[Field]:
    """What the page shows; `given` and `missing` are of a form that is to be completed."""
    return [_field(one, manifest, stored, given, is_missing=one in missing) for one in credential_fields(manifest)]


def _field(
    one: CredentialField,
    manifest: Manifest,
    stored: Mapping[str, str],
    given: Mapping[str, str] | None,
    *,
    is_missing: bool,
) -> Field:
    value = (stored if given is None else given).get(one.name, "")
    if one.name == REDIRECT and not value:
        value = came_back_at(manifest.emr)
    is_token = one.name in TOKENS and has_sign_in_page(manifest.emr)
    return Field(
        name=one.name,
        label=one.label,
        help=one.help,
        is_secret=one.is_secret,
        is_required=one.is_required and one.name != WEBHOOK_SECRET,
        is_long=one.name in OF_SEVERAL_LINES,
        is_kept=one.is_secret and bool(stored.get(one.name)) and not is_token,
        value="" if one.is_secret else value,
        error=f"{one.label} is needed." if is_missing else "",
    )
