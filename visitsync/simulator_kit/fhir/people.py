"""A clinic's charts as Patient, Coverage and Organization resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.fhir.answers import Row, concept, stamp, without_nothing
from visitsync.simulator_kit.fhir.search import Collection
from visitsync.simulator_kit.records import Coverage, Patient

GENDER = {"F": "female", "M": "male", "X": "other", "": "unknown"}
GUARDIAN = ("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "GUARD", "guardian")
SELF_PAY = ("http://terminology.hl7.org/CodeSystem/coverage-selfpay", "pay", "pay")
PLAN = ("http://terminology.hl7.org/CodeSystem/coverage-class", "plan", "Plan")
MEDICAL_RECORD = ("http://terminology.hl7.org/CodeSystem/v2-0203", "MR", "")


class People:
    """The charts of one clinic."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._variants = variants

    def patients(self) -> Collection:
        """Everybody who has a chart."""
        return Collection(
            rows=lambda: [self.patient(each) for each in self._shown()],
            one=self._one_patient,
            params={
                "identifier": lambda row, value: row["id"] == value.rpartition("|")[2],
                "active": lambda row, value: str(row["active"]).lower() == value,
            },
            is_deleted=self._is_deleted,
        )

    def coverages(self) -> Collection:
        """What pays for whom."""
        return Collection(
            rows=lambda: [row for each in self._shown() for row in self.coverage(each)],
            one=self._one_coverage,
            params={
                "beneficiary": _is_about,
                "patient": _is_about,
                "status": lambda row, value: row["status"] == value,
            },
        )

    def organizations(self) -> Collection:
        """The payers."""
        return Collection(rows=self._payers, one=lambda identity: _first(self._payers(), identity))

    def patient(self, each: Patient) -> Row:
        """A Patient; a `rich` one also says what is no longer so."""
        row: Row = {
            "resourceType": "Patient",
            "id": str(each.id),
            "meta": {"versionId": "1", "lastUpdated": stamp(each.changed_at)},
            "identifier": [{"type": concept("", MEDICAL_RECORD), "system": "urn:example:mrn", "value": f"M{each.id}"}],
            "active": each.status != "inactive",
            "name": self._names(each),
            "telecom": self._telecom(each),
            "gender": GENDER.get(each.sex, "unknown"),
            "birthDate": each.birth_date.isoformat() if each.birth_date else "",
            "address": self._addresses(each),
            "contact": _guardian(each),
            "deceasedBoolean": True if each.status == "deceased" else None,
        }
        if each.merged_into is not None:
            row["link"] = [{"other": {"reference": f"Patient/{each.merged_into}"}, "type": "replaced-by"}]
        return without_nothing(row)

    def coverage(self, each: Patient) -> Iterator[Row]:
        """The patient's policies: one, none, or that the patient pays."""
        if each.is_self_pay:
            payer = {"reference": f"Patient/{each.id}"}
            yield self._coverage_row(each, "self", payer) | {"type": concept("Self-pay", SELF_PAY)}
        if each.coverage is not None:
            row = self._coverage_row(each, "1", self._payer(each.coverage))
            row["subscriberId"] = each.coverage.member_id
            row["order"] = 1
            if each.coverage.plan_name:
                row["class"] = [{"type": concept("", PLAN), "value": "P-1", "name": each.coverage.plan_name}]
            if self._variants["fhir_payor"] == "contained" and each.coverage.payer_id:
                row["contained"] = [{"resourceType": "Organization", "id": "payer", "name": each.coverage.company}]
            yield without_nothing(row)
            if self._variants["fhir_charts"] == "rich":
                former = self._coverage_row(each, "0", {"display": "Former Invented Plan"})
                yield former | {"period": {"start": "2019-01-01", "end": "2019-12-31"}, "order": 1}

    def _coverage_row(self, each: Patient, number: str, payer: Row) -> Row:
        payers = {"insurer": payer} if self._variants["fhir_payor"] == "R5" else {"payor": [payer]}
        return {
            "resourceType": "Coverage",
            "id": f"c-{each.id}-{number}",
            "meta": {"versionId": "1", "lastUpdated": stamp(each.changed_at)},
            "status": "active",
            "beneficiary": {"reference": f"Patient/{each.id}"},
            **payers,
        }

    def _payer(self, coverage: Coverage) -> Row:
        """Somebody who was only typed in has a name and nothing else."""
        if not coverage.payer_id:
            return {"display": coverage.company}
        if self._variants["fhir_payor"] == "contained":
            return {"reference": "#payer", "identifier": {"value": coverage.payer_id}, "display": coverage.company}
        return {"reference": f"Organization/{coverage.payer_id}", "display": coverage.company}

    def _names(self, each: Patient) -> list[Row]:
        given = [part for part in (each.first_name, each.middle_name) if part]
        names = [without_nothing({"use": "official", "family": each.last_name, "given": given})]
        if self._variants["fhir_charts"] == "rich":
            names.insert(0, {"use": "maiden", "family": "Formerly", "given": ["Somebody"]})
        if each.nick_name:
            names.append({"use": "nickname", "given": [each.nick_name]})
        return [name for name in names if len(name) > 1]

    def _telecom(self, each: Patient) -> list[Row]:
        points: list[Row] = [
            {"system": "email", "value": each.email, "use": "home", "rank": 1},
            {"system": "email", "value": each.work_email, "use": "work", "rank": 2},
            {"system": "phone", "value": each.mobile_phone, "use": "mobile"},
            {"system": "phone", "value": each.home_phone, "use": "home"},
            {"system": "phone", "value": each.work_phone, "use": "work"},
        ]
        if self._variants["fhir_charts"] == "rich":
            ended = {"start": "2015-01-01", "end": "2020-12-31"}
            points.insert(0, {"system": "email", "value": "long.ago@example.org", "use": "old", "rank": 1})
            points.insert(0, {"system": "email", "value": "ended@example.org", "rank": 1, "period": ended})
        return [point for point in points if point["value"]]

    def _addresses(self, each: Patient) -> list[Row]:
        lines = [line for line in (each.address, each.address_2) if line]
        row = without_nothing(
            {"use": "home", "line": lines, "city": each.city, "state": each.state, "postalCode": each.postal_code}
        )
        former: Row = {
            "use": "old",
            "line": ["1 Long Ago Rd"],
            "city": "Formerton",
            "state": "OH",
            "postalCode": "43000",
        }
        more = [former] if self._variants["fhir_charts"] == "rich" else []
        return [*more, *([row] if len(row) > 1 else [])]

    def _shown(self) -> list[Patient]:
        shown = self._clinic.patients.shown(self._clinic.clock(), self._clinic.list_lag)
        return sorted(shown.values(), key=lambda each: each.id)

    def _one_patient(self, identity: str) -> Row | None:
        found = self._record(identity)
        return self.patient(found) if found else None

    def _one_coverage(self, identity: str) -> Row | None:
        found = self._record(identity.split("-")[1] if identity.count("-") == 2 else "")
        return _first(self.coverage(found), identity) if found else None

    def _record(self, identity: str) -> Patient | None:
        if not identity.isdigit():
            return None
        return self._clinic.patients.shown_one(int(identity), self._clinic.clock(), timedelta(0))

    def _is_deleted(self, identity: str) -> bool:
        return identity.isdigit() and int(identity) in self._clinic.patients.removed

    def _payers(self) -> list[Row]:
        found = {each.coverage.payer_id: each.coverage.company for each in self._shown() if each.coverage}
        stamped = {"versionId": "1", "lastUpdated": "2020-01-01T00:00:00.000Z"}
        return [
            {"resourceType": "Organization", "id": identity, "meta": stamped, "name": name}
            for identity, name in found.items()
            if identity
        ]


def _guardian(each: Patient) -> list[Row]:
    telecom = [
        {"system": system, "value": value}
        for system, value in (("email", each.guardian_email), ("phone", each.guardian_phone))
        if value
    ]
    if not (telecom or each.guardian_name):
        return []
    return [
        without_nothing(
            {
                "relationship": [concept("guardian", GUARDIAN)],
                "name": {"text": each.guardian_name} if each.guardian_name else None,
                "telecom": telecom,
            }
        )
    ]


def _is_about(row: Row, value: str) -> bool:
    return str(row["beneficiary"]["reference"]) == (value if "/" in value else f"Patient/{value}")


def _first(rows: Iterator[Row] | list[Row], identity: str) -> Row | None:
    return next((row for row in rows if row["id"] == identity), None)
