"""Reads patients one by one: demographics, policies where the site names a call for them, FHIR where there is one."""

from collections.abc import Iterator, Mapping, Sequence

from visitsync.connector_kit.errors import RecordGone, RequestRefused
from visitsync.connector_kit.fhir.people import AS_OF
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.greenway_prime_suite.asking import Asking
from visitsync.connectors.greenway_prime_suite.patients import DEMOGRAPHICS, FHIR, INSURANCE
from visitsync.connectors.greenway_prime_suite.people_by_fhir import PeopleByFhir
from visitsync.connectors.greenway_prime_suite.saved_files import JSON
from visitsync.connectors.greenway_prime_suite.translate import EMPTY, GONE, ID, NOBODY, STATUS


class PatientReading:
    """Reads the charts of one connection."""

    def __init__(
        self,
        asking: Asking,
        by_fhir: PeopleByFhir | None,
        *,
        demographics_method: str,
        insurance_method: str,
        is_empty_nobody: bool,
    ) -> None:
        """`insurance_method`: "" where the site names none. `is_empty_nobody`: the setting unknown_patient."""
        self._asking = asking
        self._by_fhir = by_fhir
        self._asked = {NOBODY: EMPTY} if is_empty_nobody else {}
        self._demographics_method = demographics_method
        self._insurance_method = insurance_method

    def read(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """A page for each, in the given order, with all answers about them; an unknown one is absent."""
        for patient_id in patient_ids:
            yield self._page(patient_id, urgency)

    def _page(self, patient_id: str, urgency: Urgency) -> FetchedPage:
        number = _number(patient_id)
        try:
            parts = {DEMOGRAPHICS: self._asking.ask(self._demographics_method, {"PatientID": number}, urgency=urgency)}
        except RecordGone:
            asked = {ID: patient_id, STATUS: GONE}
            return FetchedPage(kind=RecordKind.PATIENT, body=b"{}", media_type=JSON, asked=asked)
        if self._insurance_method:
            # Of this call clients write the name of the number otherwise.
            parts[INSURANCE] = self._asking.ask(self._insurance_method, {"PatientId": number}, urgency=urgency)
        asked = {**self._asked, ID: patient_id}
        more = self._by_fhir.page(patient_id, urgency=urgency) if self._by_fhir is not None else None
        if more is not None:
            parts[FHIR] = more.body
            asked |= {AS_OF: more.asked.get(AS_OF, "")}
        return FetchedPage(kind=RecordKind.PATIENT, body=joined(parts), media_type=JSON, asked=asked)


def joined(parts: Mapping[str, bytes]) -> bytes:
    """Several answers as they came, each under its name."""
    return b"{" + b",".join(b'"' + name.encode() + b'":' + body.strip() for name, body in parts.items()) + b"}"


def _number(patient_id: str) -> int:
    if not (patient_id.isascii() and patient_id.isdigit()):
        raise RequestRefused("Prime Suite knows its patients by numbers alone.")
    return int(patient_id)
