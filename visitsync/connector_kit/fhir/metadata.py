"""What a FHIR server says that it can do: its CapabilityStatement (fhir reference, section 1)."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.fhir.shapes import Shape, Text
from visitsync.connector_kit.json_rows import without_byte_order_mark

STATEMENTS = frozenset({"CapabilityStatement", "Conformance"})
"""DSTU2 calls it Conformance."""
SEARCH, READ, HISTORY = "search-type", "read", "history-type"


class _Code(Shape, frozen=True, gc=False):
    code: Text = None


class _Param(Shape, frozen=True, gc=False):
    name: Text = None


class _Resource(Shape, frozen=True, gc=False):
    type: Text = None
    interaction: list[_Code] | None = None
    search_param: list[_Param] | None = None


class _Rest(Shape, frozen=True, gc=False):
    mode: Text = None
    resource: list[_Resource] | None = None
    search_param: list[_Param] | None = None


class _Software(Shape, frozen=True, gc=False):
    name: Text = None
    version: Text = None


class _Statement(Shape, frozen=True, gc=False):
    resource_type: str
    fhir_version: Text = None
    software: _Software | None = None
    rest: list[_Rest] | None = None


class Capability(msgspec.Struct, frozen=True):
    """What a server offers for one type of resource."""

    interactions: frozenset[str] = frozenset()
    params: frozenset[str] = frozenset()


class Capabilities(msgspec.Struct, frozen=True):
    """What a server offers, as far as it matters here; small enough to be kept in a bookmark."""

    version: str = ""
    software: str = ""
    resources: Mapping[str, Capability] = {}

    def has(self, resource: str) -> bool:
        """Whether there is such a resource at all."""
        return resource in self.resources

    def can(self, resource: str, interaction: str) -> bool:
        """Whether the server lists this interaction; one that lists none at all may know it nevertheless."""
        found = self.resources.get(resource)
        return found is not None and (not found.interactions or interaction in found.interactions)

    def knows(self, resource: str, param: str) -> bool:
        """Whether the server lists this search parameter for the resource."""
        found = self.resources.get(resource)
        return found is not None and param in found.params


_statements = msgspec.json.Decoder(_Statement)


def read_capabilities(body: bytes) -> Capabilities:
    """Raises AnswerUnreadable unless this is a CapabilityStatement."""
    try:
        found = _statements.decode(without_byte_order_mark(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise AnswerUnreadable("metadata: the answer is no CapabilityStatement.") from None
    if found.resource_type not in STATEMENTS:
        raise AnswerUnreadable("metadata: the answer is another resource than a CapabilityStatement.")
    rest = next((each for each in found.rest or () if each.mode in ("server", None)), _Rest())
    shared = {param.name or "" for param in rest.search_param or ()}
    software = f"{found.software.name or ''} {found.software.version or ''}".strip() if found.software else ""
    return Capabilities(
        found.fhir_version or "",
        software,
        {each.type or "": _capability(each, shared) for each in rest.resource or ()},
    )


def _capability(found: _Resource, shared: set[str]) -> Capability:
    return Capability(
        frozenset(each.code or "" for each in found.interaction or ()),
        frozenset({param.name or "" for param in found.search_param or ()} | shared),
    )
