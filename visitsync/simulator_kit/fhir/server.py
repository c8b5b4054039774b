"""One tenant of a pretend FHIR server: metadata, sign-in, reads and searches under one path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime

from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.fhir.answers import FHIR_JSON, Row, as_resource, outcome
from visitsync.simulator_kit.fhir.assertions import Client
from visitsync.simulator_kit.fhir.search import Collection, Search
from visitsync.simulator_kit.fhir.sign_in import SignIn

FHIR_VARIANTS: Mapping[str, tuple[str, ...]] = {
    "fhir_scope_form": ("v1", "v2"),
    "fhir_discovery": ("full", "bare"),
    "fhir_algorithms": ("both", "ES384", "RS384"),
    "fhir_narrows_scope": ("", "Appointment", "Patient", "Coverage"),
    "fhir_tells_scope": ("yes", "no"),
    "fhir_token_seconds": ("300", "60", "3600"),
    "fhir_page_size": ("100", "50", "20"),
    "fhir_handling": ("lenient", "strict"),
    "fhir_sort": ("honoured", "ignored"),
    "fhir_self_link": ("true", "absent"),
    "fhir_next": ("absolute", "relative"),
    "fhir_includes": ("as asked", "unasked"),
    "fhir_outcome_entries": ("no", "yes"),
    "fhir_media_type": ("fhir+json", "json"),
    "fhir_clock_drift_seconds": ("0", "90", "600", "-400"),
    "fhir_charts": ("plain", "rich"),
    "fhir_payor": ("Organization", "contained", "R5"),
    "fhir_location_zone": ("absent", "extension"),
    "fhir_version": ("4.0.1", "4.3.0", "5.0.0", "3.0.2", "1.0.2"),
}
"""Uncertain facts of any FHIR server; a simulator adds them to its own. Numbers may be any number."""

FHIR_FAULTS: Mapping[str, str] = {
    "duplicate_rows": "Entries of a Bundle come twice; share=0.3",
    "dropped_page": "A search leaves a whole page out",
    "empty_list": "A search finds nothing",
    "shrunk_page": "A page suddenly holds fewer entries; rows=1",
    "field_renamed": "An element of every resource has another name; field=, to=",
    "next_is_same_page": "A search's next page is the page itself",
    "next_elsewhere": "A search's next page is said to be on another host",
    "page_expired": "The token of a next page no longer works (410)",
    "unreadable_record": "One entry of a Bundle makes no sense; row=index",
    "error_in_200": "An OperationOutcome told with status 200; code=",
    "throttled": "429 with an OperationOutcome; retry_after=",
    "not_acceptable": "406 for FHIR's own media type",
    "token_expires": "The access token stops working now",
    "refresh_fails": "The token endpoint refuses every assertion",
}
"""Faults that this server carries out; a simulator adds them to its own."""


class FhirTenant:
    """Serves some collections of resources to one registered client."""

    def __init__(
        self,
        path: str,
        collections: Mapping[str, Collection],
        client: Client,
        *,
        clock: Clock,
        faults: Faults,
        variants: Mapping[str, str],
    ) -> None:
        """`path`: what follows the host in the base URL, such as /fhir/r4. `variants` hold all of FHIR_VARIANTS."""
        self.path = path
        self.collections = dict(collections)
        self.sign_in = SignIn(client, tuple(collections), clock, faults, variants)
        self._clock = clock
        self._faults = faults
        self._variants = variants
        self._search = Search(clock, faults, variants)

    def answer(self, request: Request) -> Response | None:
        """The answer, with the server's own time on it; None for an address that is not below the path."""
        if request.path != self.path and not request.path.startswith(f"{self.path}/"):
            return None
        response = self._answer(request, f"http://{request.host}{self.path}")
        drift = timedelta(seconds=int(self._variants["fhir_clock_drift_seconds"]))
        if not drift:
            return response
        date = ("Date", format_datetime(self._clock() + drift, usegmt=True))
        return response.but(headers=(*response.headers, date))

    def statement(self) -> Row:
        """The CapabilityStatement."""
        return {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "fhirVersion": self._variants["fhir_version"],
            "format": ["application/fhir+json"],
            "software": {"name": "Pretend FHIR server", "version": "1"},
            "rest": [{"mode": "server", "resource": [_offered(*each) for each in self.collections.items()]}],
        }

    def _answer(self, request: Request, base: str) -> Response:
        rest = request.path.removeprefix(self.path).strip("/")
        if rest == "metadata":
            return as_resource(self.statement())
        if rest == ".well-known/smart-configuration":
            return as_json(self.sign_in.configuration(base))
        if rest == "oauth2/token" and request.method == "POST":
            return self.sign_in.token(request, base)
        refusal = self._refusal(request, rest)
        return refusal or self._read(request, rest, base)

    def _refusal(self, request: Request, rest: str) -> Response | None:
        if fault := self._faults.take("throttled", request):
            return outcome("throttled", status=429, wait=str(fault.options.get("retry_after", "")))
        if request.headers.get("accept") == FHIR_JSON and self._faults.take("not_acceptable", request):
            return outcome("not-supported", status=406)
        readable = self.sign_in.resources_of(request)
        if readable is None:
            return outcome("login", status=401)
        resource = rest.partition("/")[0]
        if resource and resource in self.collections and resource not in readable:
            return outcome("forbidden", status=403)
        if fault := self._faults.take("error_in_200", request):
            return outcome(str(fault.options.get("code", "exception")), status=200)
        return None

    def _read(self, request: Request, rest: str, base: str) -> Response:
        if not rest:
            return self._search.following(request, base, self.collections)
        resource, _, identity = rest.partition("/")
        collection = self.collections.get(resource)
        if collection is None or request.method != "GET":
            return outcome("not-supported", status=404, text="Unknown resource type")
        if not identity:
            return self._search.first(request, resource, collection, base)
        if identity == "_history":
            return self._search.history(request, resource, collection, base)
        return self._one(collection, identity)

    def _one(self, collection: Collection, identity: str) -> Response:
        row = collection.one(identity)
        if row is None:
            is_deleted = collection.is_deleted(identity)
            return outcome("deleted" if is_deleted else "not-found", status=410 if is_deleted else 404)
        return as_resource(row, headers=(("ETag", f'W/"{row["meta"]["versionId"]}"'),))


def _offered(resource: str, collection: Collection) -> Row:
    interactions = ["read", "search-type"] + (["history-type"] if collection.history else [])
    params = [name for name in ("_id", "_lastUpdated", *collection.params) if name not in collection.hidden]
    return {
        "type": resource,
        "interaction": [{"code": code} for code in interactions],
        "searchParam": [{"name": name, "type": "special"} for name in params],
    }
