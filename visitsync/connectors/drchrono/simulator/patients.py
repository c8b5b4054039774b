"""/api/patients: loose name filters, insurance only when verbose, merged charts gone (reference, section 5.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visitsync.connectors.drchrono.simulator.input import (
    BadInput,
    a_day,
    a_number,
    a_time,
    demand,
    is_true,
    written,
)
from visitsync.connectors.drchrono.simulator.lists import Listing, Lists
from visitsync.connectors.drchrono.simulator.patient_row import GENDER, PATIENT_STATUS, PatientRows, chart_id
from visitsync.connectors.drchrono.simulator.stamps import Row, Stamps
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.records import Patient

Test = Callable[[Patient], bool]
GENDER_BACK = {shown: sex for sex, shown in GENDER.items()}
STATUS_BACK = {shown: status for status, shown in PATIENT_STATUS.items()}
WRITABLE = {
    "first_name": "first_name",
    "middle_name": "middle_name",
    "last_name": "last_name",
    "nick_name": "nick_name",
    "email": "email",
    "home_phone": "home_phone",
    "cell_phone": "mobile_phone",
    "office_phone": "work_phone",
    "address": "address",
    "city": "city",
    "state": "state",
    "zip_code": "postal_code",
    "responsible_party_name": "guardian_name",
    "responsible_party_email": "guardian_email",
    "responsible_party_phone": "guardian_phone",
}


class Patients:
    """The charts as the API shows them and lets others change them."""

    def __init__(
        self,
        clinic: Clinic,
        rows: PatientRows,
        stamps: Stamps,
        lists: Lists,
        variants: Mapping[str, str],
        is_shared: Callable[[int | None], bool],
    ) -> None:
        self._clinic = clinic
        self._rows = rows
        self._stamps = stamps
        self._lists = lists
        self._variants = variants
        self._is_shared = is_shared

    def page(self, request: Request) -> Response:
        """GET of the list. Raises BadInput."""
        verbose = is_true(request.query.get("verbose"))
        listing = Listing(
            items=self.found(request.query),
            key=lambda patient: f"{patient.id:012d}",
            row=lambda patient: self._rows.patient(patient, verbose=verbose),
            largest_page=int(self._variants["verbose_patients_page_size" if verbose else "page_size"]),
        )
        return self._lists.page(request, listing)

    def summaries(self, request: Request) -> Response:
        """GET of /api/patients_summary: name, age and gender, no e-mail."""
        return self._lists.whole(request, [self._summary(p) for p in self.found({})], int(self._variants["page_size"]))

    def one(self, request: Request, patient_id: str) -> Response:
        """GET of one; 404 when missing or merged away. Raises BadInput."""
        verbose = is_true(request.query.get("verbose"))
        return as_json(self._rows.patient(self.known(patient_id), verbose=verbose))

    def create(self, request: Request) -> Response:
        """POST; 409 for a likely duplicate unless allowed. Raises BadInput."""
        fields = written(request)
        demand(fields, ("gender", "doctor"))
        changes = self._read(fields)
        chart = {"first_name": "", "last_name": "", **changes}
        same = [p for p in self._clinic.patients if all(getattr(p, key) == chart.get(key) for key in _SAME_PERSON)]
        if same and not is_true(fields.get("allow_duplicates") or request.query.get("allow_duplicates")):
            raise BadInput({"detail": "Potential duplicate patient(s) found."}, 409)
        return as_json(self._rows.patient(self._clinic.add_patient(**chart), verbose=True), 201)

    def change(self, request: Request, patient_id: str) -> Response:
        """PUT demands gender and doctor, PATCH nothing. Raises BadInput."""
        patient, fields = self.known(patient_id), written(request)
        if request.method == "PUT":
            demand(fields, ("gender", "doctor"))
        if changes := self._read(fields):
            self._clinic.change_patient(patient.id, **changes)
        return Response(status=204, content_type="text/html; charset=utf-8")

    def known(self, patient_id: str) -> Patient:
        """The chart shown by this id now. Raises BadInput (404)."""
        now = self._clinic.clock()
        patient = self._clinic.patients.shown_one(int(patient_id), now) if patient_id.isdigit() else None
        if patient is None or patient.merged_into or not self._is_shared(patient.practitioner_id):
            raise BadInput({"detail": "Not found."}, 404)
        return patient

    def found(self, query: Mapping[str, str]) -> list[Patient]:
        """All charts a list with these filters holds, by id. Raises BadInput."""
        tests = self._tests(query)
        shown = self._clinic.patients.shown(self._clinic.clock(), self._clinic.list_lag).values()
        return sorted(
            (
                p
                for p in shown
                if not p.merged_into and self._is_shared(p.practitioner_id) and all(test(p) for test in tests)
            ),
            key=lambda p: p.id,
        )

    def _tests(self, query: Mapping[str, str]) -> list[Test]:
        readers: Mapping[str, Callable[[str], Test]] = {
            "first_name": lambda text: self._name_test("first_name", text),
            "last_name": lambda text: self._name_test("last_name", text),
            "date_of_birth": lambda text: _is("birth_date", a_day(text, "date_of_birth")),
            "gender": lambda text: _is("sex", GENDER_BACK.get(text, "?")),
            "email": lambda text: lambda p: p.email.casefold() == text.casefold(),
            "chart_id": lambda text: lambda p: chart_id(p) == text,
            "doctor": lambda text: _is("practitioner_id", a_number(text, "doctor")),
            "since": self._changed_since,
            "created_at": self._created_on,
        }
        return [reader(query[name]) for name, reader in readers.items() if query.get(name)]

    def _name_test(self, attribute: str, text: str) -> Test:
        wanted = text.casefold()
        if self._variants["name_filter"] == "contains":
            return lambda p: wanted in str(getattr(p, attribute)).casefold()
        return lambda p: str(getattr(p, attribute)).casefold().startswith(wanted)

    def _changed_since(self, text: str) -> Test:
        wall = a_time(text, "since")
        since = {p.id: self._stamps.since(wall, p.id) for p in self._clinic.practitioners}
        anyway = self._stamps.since(wall, None)
        return lambda p: p.changed_at >= since.get(p.practitioner_id or 0, anyway)

    def _created_on(self, text: str) -> Test:
        day = a_day(text, "created_at").isoformat()
        return lambda p: self._stamps.local(p.created_at, p.practitioner_id).startswith(day)

    def _summary(self, patient: Patient) -> Row:
        return {
            "id": patient.id,
            "first_name": patient.first_name,
            "last_name": patient.last_name,
            "age": self._clinic.age_of(patient),
            "gender": GENDER.get(patient.sex, "UNK"),
        }

    def _read(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The clinic's words for what a client wrote. Raises BadInput."""
        changes: dict[str, Any] = {ours: str(fields[name] or "") for name, ours in WRITABLE.items() if name in fields}
        if "date_of_birth" in fields:
            born = fields["date_of_birth"]
            changes["birth_date"] = a_day(born, "date_of_birth") if born else None
        if "gender" in fields:
            changes["sex"] = GENDER_BACK.get(fields["gender"], "")
        if "patient_status" in fields:
            changes["status"] = STATUS_BACK.get(fields["patient_status"], "active")
        if "doctor" in fields:
            changes["practitioner_id"] = a_number(fields["doctor"], "doctor")
            if changes["practitioner_id"] not in self._clinic.practitioners:
                raise BadInput({"doctor": ["Invalid pk - object does not exist."]})
        return changes


_SAME_PERSON = ("first_name", "last_name", "birth_date")


def _is(attribute: str, value: object) -> Test:
    return lambda patient: bool(getattr(patient, attribute) == value)
