"""How to ask about Greenway Intergy: patients by FHIR. Appointments are pushed and cannot be asked for."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from visitsync.connector_kit.connector import Clock, ConnectionCheck, ConnectionConfig, CredentialStore
from visitsync.connector_kit.errors import ForbiddenAddress, NeedsPermission, NeedsReconnect, RequestRefused
from visitsync.connector_kit.hl7v2.not_asked import PushOnlyConnector
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connector_kit.pages import FetchedPage
from visitsync.connectors.greenway_intergy.asking import NEEDED, Asking
from visitsync.connectors.greenway_intergy.manifest import BY_MESSAGES, MANIFEST
from visitsync.connectors.greenway_intergy.patients import PatientReading

NO_ADDRESS = (
    "Enter the base URL of the site's FHIR server (https://fhir-api.fhirprod.aws.greenwayhealth.com/fhir/R4/ and the "
    "tenant's OID), or set patients_by to messages."
)


class IntergyConnector(PushOnlyConnector):
    """One practice's Intergy."""

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        by_fhir = config.settings.get("patients_by") != BY_MESSAGES
        super().__init__(MANIFEST if by_fhir else replace(MANIFEST, reads_patients=False), config)
        self._asking = Asking(config, credentials, budget, clock) if by_fhir and config.base_url else None
        self._patients = PatientReading(self._asking, config, clock) if self._asking is not None else None
        self._wants_address = by_fhir and not config.base_url

    def check(self) -> ConnectionCheck:
        """Looks at the settings and, where patients come by FHIR, signs in and reads one. Raises NeedsReconnect,
        TryAgainLater."""
        told = super().check()
        problems = [*told.problems, *([NO_ADDRESS] if self._wants_address else [])]
        if self._asking is not None:
            problems += _problems_of(self._asking)
        return ConnectionCheck(is_working=not problems, problems=tuple(problems), facts=told.facts)

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """These patients with their coverage; nothing where they come by messages only."""
        return iter(()) if self._patients is None else self._patients.read(patient_ids, urgency=urgency)


def _problems_of(asking: Asking) -> list[str]:
    """What is in the way of reading patients and coverage."""
    problems = []
    try:
        asking.sign_in.token(urgency=Urgency.PERSON_WAITS)
    except (NeedsPermission, RequestRefused, ForbiddenAddress) as error:
        return [str(error)]
    for resource in NEEDED:
        try:
            asking.server.get(f"/{resource}?_count=1", operation=resource, urgency=Urgency.PERSON_WAITS)
        except NeedsReconnect:
            raise
        except (NeedsPermission, RequestRefused) as error:
            problems.append(str(error))
    return problems
