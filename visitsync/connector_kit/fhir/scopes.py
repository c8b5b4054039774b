"""Which scopes to ask for, in the form that a server announces, and what granted ones allow (fhir reference, 2)."""

from collections.abc import Callable, Collection, Sequence

import msgspec

from visitsync.connector_kit.fhir.shapes import Text

Offers = Callable[[], Collection[str]]
"""Tells which types of resources a server has."""


class SmartConfiguration(msgspec.Struct, frozen=True):
    """What a server says about signing in. Often half of it is missing."""

    token_endpoint: Text = None
    capabilities: list[str] | None = None
    scopes_supported: list[str] | None = None
    grant_types_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None
    token_endpoint_auth_signing_alg_values_supported: list[str] | None = None


def scopes(
    told: SmartConfiguration, needed: Sequence[str], optional: Sequence[str], *, form: str, offers: Offers | None
) -> list[str]:
    """What is asked for: all that is needed, and what is optional as far as it is offered. `form`: v1, v2 or ""."""
    ending = ".rs" if _form(told, form) == "v2" else ".read"
    supported = frozenset(told.scopes_supported or ())
    more = [name for name in optional if _is_offered(name, ending, supported, offers)]
    return [f"system/{name}{ending}" for name in (*needed, *more)]


def allows(scopes: Sequence[str], resource: str) -> bool:
    """Whether one of these scopes lets us read and search this type of resource."""
    return any(_allows(scope, resource) for scope in scopes)


def _allows(scope: str, resource: str) -> bool:
    """`system/Patient.read`, `system/*.*`, `system/Patient.cruds`, `system/Patient.rs?status=booked` …"""
    whose, _, what = scope.partition("/")
    name, _, right = what.partition("?")[0].partition(".")
    if whose not in ("system", "user") or name not in (resource, "*"):
        return False
    return right in ("read", "*") or ("r" in right and "s" in right and set(right) <= set("cruds"))


def _form(told: SmartConfiguration, chosen: str) -> str:
    if chosen in ("v1", "v2"):
        return chosen
    capabilities, supported = told.capabilities or (), told.scopes_supported or ()
    if "permission-v2" in capabilities or any(scope.endswith(".rs") for scope in supported):
        return "v2"
    return "v1"


def _is_offered(name: str, ending: str, supported: frozenset[str], offers: Offers | None) -> bool:
    if f"system/*{ending}" in supported:
        return True
    if any(scope.startswith("system/") for scope in supported):
        return f"system/{name}{ending}" in supported
    return offers is None or name in offers()
