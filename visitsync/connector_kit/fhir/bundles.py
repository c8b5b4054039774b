"""Takes Bundles apart entry by entry, so that one broken entry hides no other (fhir reference, section 6)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.fhir.outcomes import what_it_says
from visitsync.connector_kit.fhir.shapes import KINDS, Meta, Shape, Text
from visitsync.connector_kit.json_rows import JsonRow, mended, read_listing, read_members, without_byte_order_mark

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
MATCH, INCLUDE, OUTCOME = "match", "include", "outcome"
"""Why an entry is in an answer: it was searched for, it is referred to, or it is a remark of the server."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One resource of an answer, as raw bytes, with what stood beside it."""

    body: bytes
    """b"" where there is none, as for something deleted."""
    full_url: str = ""
    mode: str = ""
    method: str = ""
    """In a history: POST, PUT or DELETE."""
    address: str = ""
    """In a history: what was posted, put or deleted, such as Appointment/a-1."""
    trouble: str = ""
    """Why it is no JSON object; "" where it is one."""

    def __repr__(self) -> str:
        return f"Entry({len(self.body)} bytes)"


class Answered(NamedTuple):
    """A Bundle, taken apart."""

    type: str
    entries: list[Entry]
    links: Mapping[str, str]
    last_updated: str
    """When the server put it together, by its own clock; "" where it does not say."""


class _Search(Shape, frozen=True, gc=False):
    mode: Text = None


class _Request(Shape, frozen=True, gc=False):
    method: Text = None
    url: Text = None


class _Entry(Shape, frozen=True, gc=False):
    full_url: Text = None
    resource: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    search: _Search | None = None
    request: _Request | None = None


class _Link(Shape, frozen=True, gc=False):
    relation: Text = None
    url: Text = None


class _Bundle(Shape, frozen=True, gc=False):
    resource_type: str
    type: Text = None
    meta: Meta | None = None
    link: list[_Link] | None = None
    entry: list[_Entry] | None = None


_bundles = msgspec.json.Decoder(_Bundle)
_envelopes = msgspec.json.Decoder(_Bundle)
_entries = msgspec.json.Decoder(_Entry)
_NO_SEARCH, _NO_REQUEST = _Search(), _Request()


def read_bundle(body: bytes) -> Answered:
    """Raises AnswerUnreadable unless this is surely a whole Bundle."""
    text = without_byte_order_mark(body)
    if text.count(b'"entry"') > 1:
        return _read_with_care(text)
    try:
        found = _bundles.decode(text)
    except BROKEN:
        return _read_with_care(text)
    _refuse_other_resources(found.resource_type, text)
    return _answered(found, [_entry(each) for each in found.entry or ()])


def resource_type_of(body: bytes) -> str:
    """What a resource says it is; "" where it says nothing, or is no JSON object."""
    try:
        return KINDS.decode(without_byte_order_mark(body)).resource_type
    except BROKEN:
        return ""


def bundle_of(entries: Iterator[bytes] | list[bytes]) -> bytes:
    """A Bundle of these resources, byte for byte: how records that need others beside them are kept."""
    inside = b",".join(b'{"resource":%b}' % each for each in entries)
    return b'{"resourceType":"Bundle","type":"collection","entry":[%b]}' % inside


def _answered(found: _Bundle, entries: list[Entry]) -> Answered:
    links = {link.relation or "": link.url or "" for link in found.link or ()}
    stamp = (found.meta.last_updated if found.meta else None) or ""
    return Answered(found.type or "", entries, links, stamp)


def _entry(each: _Entry) -> Entry:
    request = each.request or _NO_REQUEST
    return Entry(
        b"" if each.resource is msgspec.UNSET or bytes(each.resource) == b"null" else bytes(each.resource),
        each.full_url or "",
        (each.search or _NO_SEARCH).mode or "",
        (request.method or "").upper(),
        request.url or "",
    )


def _read_with_care(text: bytes) -> Answered:
    """Where the whole cannot be decoded at once: the envelope by itself, then entry by entry."""
    members = read_members(text)
    rows = read_listing(members["entry"], ()).rows if members.get("entry", b"null") != b"null" else []
    rest = b",".join(b'"%b":%b' % (name.encode(), value) for name, value in members.items() if name != "entry")
    try:
        found = _envelopes.decode(b"{%b}" % rest)
    except BROKEN:
        raise AnswerUnreadable("The answer is no Bundle that makes sense.") from None
    _refuse_other_resources(found.resource_type, text)
    return _answered(found, [_careful_entry(row) for row in rows])


def _careful_entry(row: JsonRow) -> Entry:
    if row.trouble:
        return Entry(row.body, trouble=row.trouble)
    try:
        return _entry(_entries.decode(mended(row.body)))
    except BROKEN as error:
        return Entry(row.body, trouble=f"the entry of the Bundle makes no sense: {error}")


def _refuse_other_resources(resource_type: str, text: bytes) -> None:
    if resource_type == "OperationOutcome":
        raise AnswerUnreadable(f"This is an error message of the FHIR server: {what_it_says(text)}.")
    if resource_type != "Bundle":
        raise AnswerUnreadable("The answer is another resource than a Bundle.")
