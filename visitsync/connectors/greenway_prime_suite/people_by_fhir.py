"""Greenway's FHIR server, where the practice has it: the same charts, with address and coverage (section 3)."""

from urllib.parse import urlsplit

import msgspec

from visitsync.connector_kit.connector import Clock, ConnectionConfig, CredentialStore
from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.fhir.asking import FhirServer
from visitsync.connector_kit.fhir.bundles import resource_type_of
from visitsync.connector_kit.fhir.people import STATUS, PeopleReader
from visitsync.connector_kit.fhir.searching import Searches
from visitsync.connector_kit.fhir.smart import BackendSignIn
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Limit, Urgency
from visitsync.connector_kit.pages import FetchedPage

TOKEN_URL = "https://auth-api.login.greenwayhealth.com/oauth2/as/token.oauth2"  # noqa: S105 - an address
"""The same for every tenant."""
NEEDED = ("Patient", "Coverage")
"""Never Appointment: that scope does not exist there, and asking for it refuses the whole token (section 8)."""
PACE = Limit(name="greenway-prime-suite-fhir", requests=2, seconds=1, scope="connection", is_spaced=True)
"""No figure is published; the terms reserve the right to one."""
_GREENWAY = ".greenwayhealth.com"


class _Named(msgspec.Struct, frozen=True):
    id: str = ""


class PeopleByFhir:
    """Reads single patients of one connection's FHIR tenant."""

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for an address that requests must not go to."""
        base_url, loopback = config.settings["fhir_base_url"], config.allows_loopback
        host = urlsplit(base_url).hostname or ""
        client = PoliteClient(base_url, budget=budget, clock=clock, limits=(PACE,), allows_loopback=loopback)
        self._sign_in = BackendSignIn(
            base_url,
            credentials,
            budget,
            clock,
            resources=NEEDED,
            settings={"scope_form": "v1"} | ({"token_url": TOKEN_URL} if host.endswith(_GREENWAY) else {}),
            limits=(PACE,),
            allows_loopback=loopback,
        )
        self._server = FhirServer(client, self._sign_in, clock, name="Greenway's FHIR server")
        self._searches = Searches(self._server, base_url, allows_loopback=loopback)
        self._people = PeopleReader(self._server, self._searches, clock, at_once=1)
        self._by_identifier = config.settings.get("fhir_patient_by") != "id"
        self._system = config.settings.get("fhir_identifier_system", "")

    def try_it(self) -> None:
        """Signs in and looks at each kind of resource. Raises the errors of errors.py."""
        self._sign_in.token(urgency=Urgency.PERSON_WAITS)
        for resource in NEEDED:
            self._server.get(f"/{resource}?_count=1", operation=resource, urgency=Urgency.PERSON_WAITS)

    def page(self, patient_id: str, *, urgency: Urgency) -> FetchedPage | None:
        """The chart with its coverage; None where FHIR has none, or several, of that number."""
        fhir_id = self._fhir_id(patient_id, urgency) if self._by_identifier else patient_id
        if fhir_id is None:
            return None
        (page,) = self._people.read([fhir_id], urgency=urgency)
        return None if STATUS in page.asked else page

    def _fhir_id(self, patient_id: str, urgency: Urgency) -> str | None:
        """FHIR may call a chart by a number of its own; Prime Suite's stands there as an identifier."""
        named = f"{self._system}|{patient_id}" if self._system else patient_id
        found = {
            _id_of(entry.body)
            for page in self._searches.pages(
                "Patient", [("identifier", named)], urgency=urgency, must_honour=("identifier",), is_strict=False
            )
            for entry in page.bundle.entries
            if resource_type_of(entry.body) == "Patient"
        }
        return found.pop() if len(found) == 1 else None


def _id_of(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Named).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerUnreadable("Patient: an entry of the search has no id.") from None
