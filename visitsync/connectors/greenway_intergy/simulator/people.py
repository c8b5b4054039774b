"""Greenway's FHIR patients: ids of their own, and the patient number as an identifier (greenway reference, 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.fhir.answers import Row
from visitsync.simulator_kit.fhir.people import People
from visitsync.simulator_kit.fhir.search import Collection
from visitsync.simulator_kit.records import Patient

INTERNAL_FROM = 900_000
NUMBER_SYSTEM = "urn:example:intergy:patient-number"


class IntergyPeople:
    """The charts of one practice under FHIR's own ids."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._people = People(clinic, variants)
        self._is_internal = variants["fhir_patient_id"] == "internal"

    def patients(self) -> Collection:
        """Everybody who has a chart."""
        return Collection(
            rows=self._patients,
            one=lambda identity: next((row for row in self._patients() if row["id"] == identity), None),
            params={"identifier": _is_numbered},
        )

    def coverages(self) -> Collection:
        """What pays for whom."""
        return Collection(
            rows=self._coverages,
            one=lambda identity: next((row for row in self._coverages() if row["id"] == identity), None),
            params={"beneficiary": _is_about, "patient": _is_about},
        )

    def organizations(self) -> Collection:
        """The payers."""
        return self._people.organizations()

    def _patients(self) -> list[Row]:
        return [self._patient(each) for each in self._clinic.patients]

    def _patient(self, each: Patient) -> Row:
        row = self._people.patient(each)
        row["id"] = self._id(each.id)
        row["identifier"] = [{"system": NUMBER_SYSTEM, "value": str(each.id)}]
        if each.merged_into is not None:
            other = {"reference": f"Patient/{self._id(each.merged_into)}"}
            row["link"] = [{"other": other, "type": "replaced-by"}]
        return row

    def _coverages(self) -> Iterator[Row]:
        for each in self._clinic.patients:
            for row in self._people.coverage(each):
                yield {**row, "beneficiary": {"reference": f"Patient/{self._id(each.id)}"}}

    def _id(self, number: int) -> str:
        return str(number + INTERNAL_FROM) if self._is_internal else str(number)


def _is_numbered(row: Row, value: str) -> bool:
    system, bar, number = value.rpartition("|")
    return any(each["value"] == number and (not bar or each["system"] == system) for each in row["identifier"])


def _is_about(row: Row, value: str) -> bool:
    return bool(row["beneficiary"]["reference"] == (value if "/" in value else f"Patient/{value}"))
