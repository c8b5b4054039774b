"""GetPatient, GetPatients and GetAllPatients: charts, insurance under their cases (kareo reference, section 5.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time
from itertools import islice
from typing import Any

from visitsync.connectors.kareo.simulator.account import PRACTICE_ID, Account
from visitsync.connectors.kareo.simulator.filters import stamp_test, wall_time
from visitsync.connectors.kareo.simulator.reader import Record
from visitsync.connectors.kareo.simulator.schedule import resource_name
from visitsync.connectors.kareo.simulator.times import age, us_text
from visitsync.simulator_kit.records import Coverage, Patient

MAX_BATCH = 1000
Row = dict[str, Any]
_GENDER = {"F": "Female", "M": "Male"}


def list_patients(account: Account, criteria: Record) -> Iterator[Row]:
    """GetPatients: the charts that a filter chooses, by id. Raises Refused."""
    account.require_practice_name(criteria)
    if not account.is_ours(criteria):
        return
    tests = list(_tests(account, criteria))
    for patient in charts(account):
        if all(test(patient) for test in tests):
            yield chart_row(account, patient)


def batch_of_patients(account: Account, criteria: Record, *, limit: int) -> tuple[list[Row], int]:
    """GetAllPatients: a batch of flat rows after StartKey, and the key that continues it; 0 when there is no more."""
    size = max(1, min(criteria.get("BatchSize") or MAX_BATCH, MAX_BATCH, limit))
    after = criteria.get("StartKey") or 0
    if not account.is_ours(criteria):
        return [], 0
    found = list(islice((patient for patient in charts(account) if patient.id > after), size + 1))
    rows = [_flat_row(account, patient) for patient in found[:size]]
    return rows, found[size - 1].id if len(found) > size else 0


def find_chart(account: Account, patient_id: int) -> Patient | None:
    """The chart of that id; a chart merged into another is gone."""
    patient = account.clinic.patients.shown_one(patient_id, account.now)
    return None if patient is None or patient.merged_into is not None else patient


def charts(account: Account) -> Iterator[Patient]:
    """Every chart that lists show, by id."""
    shown = account.clinic.patients.shown(account.now)
    return (shown[key] for key in sorted(shown) if shown[key].merged_into is None)


def full_name(patient: Patient, order: str) -> str:
    """The whole name, "first_last" or "last_first": `Doe, John`."""
    given = " ".join(word for word in (patient.first_name, patient.middle_name) if word)
    if order == "last_first":
        return ", ".join(word for word in (patient.last_name, given) if word)
    return " ".join(word for word in (given, patient.last_name) if word)


def payer_scenario(patient: Patient) -> str | None:
    """What the chart's case says about who pays; None without a case."""
    if patient.coverage is not None:
        return "Commercial"
    return "Self Pay" if patient.is_self_pay else None


def case_id(patient: Patient) -> int:
    """The id of the patient's only case."""
    return patient.id + 500_000


def chart_row(account: Account, patient: Patient) -> Row:
    """One PatientData: the chart, and its cases with their policies."""
    row = _row(account, patient)
    if (scenario := payer_scenario(patient)) is not None:
        row["Cases"] = [_case(account, patient, scenario)]
    return row


def _flat_row(account: Account, patient: Patient) -> Row:
    """One PatientBatchData: the chart with its case flattened."""
    row = _row(account, patient)
    if (scenario := payer_scenario(patient)) is not None:
        row["DefaultCaseID"] = str(case_id(patient))
        row["DefaultCaseName"] = "General"
        row["DefaultCasePayerScenario"] = scenario
    return row


def _row(account: Account, patient: Patient) -> Row:
    stamps = account.stamp_times({})
    today = account.clinic.wall_time().date()
    born = patient.birth_date
    row: Row = {
        "Active": str(patient.status == "active"),
        "AddressLine1": patient.address,
        "AddressLine2": patient.address_2,
        "Age": str(age(born, today)) if born else None,
        "City": patient.city,
        "CreatedDate": stamps.write(patient.created_at),
        "DOB": born.isoformat() if born else None,
        "EmailAddress": patient.email,
        "FirstName": patient.first_name,
        "Gender": _GENDER.get(patient.sex, "Unknown"),
        "GuarantorDifferentThanPatient": str(bool(patient.guardian_name)),
        "HomePhone": patient.home_phone,
        "ID": str(patient.id),
        "LastModifiedDate": stamps.write(patient.changed_at),
        "LastName": patient.last_name,
        "MiddleName": patient.middle_name,
        "MobilePhone": patient.mobile_phone,
        "PatientFullName": full_name(patient, account.variants["name_order"]),
        "PracticeId": str(PRACTICE_ID),
        "PracticeName": account.clinic.name,
        "State": patient.state,
        "WorkPhone": patient.work_phone,
        "ZipCode": patient.postal_code,
    }
    row |= _guarantor(patient) | _rendering_provider(account, patient) | _default_location(account, patient)
    if patient.coverage is not None:
        row |= {f"PrimaryInsurancePolicy{name}": text for name, text in _policy(patient, patient.coverage).items()}
    return {name: text for name, text in row.items() if text}


def _guarantor(patient: Patient) -> Row:
    first, _, last = patient.guardian_name.partition(" ")
    return {"GuarantorFirstName": first, "GuarantorLastName": last}


def _rendering_provider(account: Account, patient: Patient) -> Row:
    found = account.clinic.practitioners.get(patient.practitioner_id or 0)
    if found is None:
        return {}
    return {"DefaultRenderingProviderFullName": resource_name(found), "DefaultRenderingProviderId": str(found.id)}


def _default_location(account: Account, patient: Patient) -> Row:
    found = next((account.clinic.locations.get(number) for number in patient.location_ids), None)
    if found is None:
        return {}
    return {"DefaultServiceLocationId": str(found.id), "DefaultServiceLocationName": found.name}


def _case(account: Account, patient: Patient, scenario: str) -> Row:
    policies = []
    if patient.coverage is not None:
        policy = _policy(patient, patient.coverage) | {
            "Authorizations": [],
            "InsurancePolicyID": str(patient.id + 900_000),
            "PatientCaseID": str(case_id(patient)),
            "EffectiveStartDate": us_text(datetime(2026, 1, 1)),  # noqa: DTZ001 - a calendar day
            "SyncWithEHR": True,
        }
        policies = [{name: value for name, value in policy.items() if value != ""}]
    return {
        "InsurancePolicies": policies,
        "IsPrimaryCase": True,
        "Name": "General",
        "PatientCaseID": str(case_id(patient)),
        "PayerScenario": scenario,
        "SendPatientStatements": "True",
    }


def _policy(patient: Patient, coverage: Coverage) -> Row:
    """The members that a case's policy and the chart's flat ones share. No company id: it was typed, not picked."""
    return {
        "CompanyID": coverage.payer_id,
        "CompanyName": coverage.company,
        "GroupNumber": coverage.group_number,
        "InsuredFullName": full_name(patient, "first_last"),
        "Number": coverage.member_id,
        "PatientRelationshipToInsured": "S",
        "PlanName": coverage.plan_name,
    }


def _tests(account: Account, criteria: Record) -> Iterator[Callable[[Patient], bool]]:
    is_within = stamp_test(account, criteria, account.stamp_times({}))
    yield lambda patient: is_within(patient.created_at, patient.changed_at)
    born_from, born_before = wall_time(criteria, "FromDateOfBirth"), wall_time(criteria, "ToDateOfBirth")
    if born_from or born_before:
        yield lambda patient: _is_born_between(patient, born_from, born_before)
    for name, get_text in _TEXTS.items():
        if wanted := criteria.get(name):
            yield _equal(get_text, wanted)


def _is_born_between(patient: Patient, first: datetime | None, before: datetime | None) -> bool:
    """ToDateOfBirth itself is not in the range."""
    if patient.birth_date is None:
        return False
    born = datetime.combine(patient.birth_date, time())
    return (first is None or born >= first) and (before is None or born < before)


def _equal(get_text: Callable[[Patient], str], wanted: str) -> Callable[[Patient], bool]:
    return lambda patient: get_text(patient).casefold() == wanted.strip().casefold()


_TEXTS: dict[str, Callable[[Patient], str]] = {
    "DefaultCasePayerScenario": lambda patient: payer_scenario(patient) or "",
    "FirstName": lambda patient: patient.first_name,
    "FullName": lambda patient: full_name(patient, "first_last"),
    "Gender": lambda patient: _GENDER.get(patient.sex, "Unknown"),
    "IsActive": lambda patient: str(patient.status == "active"),
    "LastName": lambda patient: patient.last_name,
    "MiddleName": lambda patient: patient.middle_name,
    "PrimaryInsurancePolicyCompanyName": lambda patient: patient.coverage.company if patient.coverage else "",
    "PrimaryInsurancePolicyPlanName": lambda patient: patient.coverage.plan_name if patient.coverage else "",
}
