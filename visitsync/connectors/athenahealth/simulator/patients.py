"""/patients: one by one, by search, with insurance packages; restricted and merged charts (section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from visitsync.connectors.athenahealth.simulator.gate import no_such_address, refused
from visitsync.connectors.athenahealth.simulator.lists import Lists
from visitsync.connectors.athenahealth.simulator.patient_row import PatientRows, is_yes
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.records import Patient

CRITERIA = ("firstname", "lastname", "dob", "departmentid")


class Patients:
    """The charts as the API shows them."""

    def __init__(
        self,
        clinic: Clinic,
        rows: PatientRows,
        lists: Lists,
        variants: Mapping[str, str],
        restricted: set[int],
        no_such_record: Callable[[], Response],
    ) -> None:
        self._clinic = clinic
        self._rows = rows
        self._lists = lists
        self._variants = variants
        self._restricted = restricted
        self._no_such_record = no_such_record

    def search(self, request: Request) -> Response:
        """GET of those who meet all criteria; without any it is refused."""
        wanted = {name: request.query[name] for name in CRITERIA if request.query.get(name)}
        if not wanted:
            return refused("Additional fields are required.", 400, missingfields=["lastname"], invalidfields=[])
        rows = [self._rows.patient(patient, request.query) for patient in self._clinic.patients]
        found = [row for row in rows if all(str(row.get(name, "")) == value for name, value in wanted.items())]
        return self._lists.page(request, "patients", found, lambda row: row)

    def one(self, request: Request, identity: str, what: str = "") -> Response:
        """GET of one chart, a list of one; or of its insurance packages, which is an envelope."""
        number = int(identity) if identity.isdigit() and len(identity) < 12 else 0
        patient = self._clinic.patients.shown_one(number, self._clinic.clock())
        if patient is not None and patient.merged_into is not None:
            patient = self._survivor(patient)
        if patient is None:
            return self._no_such_record()
        if number in self._restricted and not is_yes(request.query, "ignorerestrictions"):
            if self._variants["restricted_patient"] == "404":
                return self._no_such_record()
            return refused("The patient's record is restricted.", 403)
        if what == "insurances":
            packages = self._rows.packages(patient)
            return as_json({"insurances": packages, "totalcount": len(packages)})
        return no_such_address() if what else as_json([self._rows.patient(patient, request.query)])

    def _survivor(self, patient: Patient) -> Patient | None:
        if self._variants["merged_patient"] == "404":
            return None
        return self._clinic.patients.get(patient.merged_into or 0)
