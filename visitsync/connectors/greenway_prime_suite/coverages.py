"""What Prime Suite's list of policies means (greenway reference, section 4.11). Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connectors.greenway_prime_suite.codes import read_names
from visitsync.connectors.greenway_prime_suite.members import Members, objects_in
from visitsync.domain.patient import Coverage

_LISTS = frozenset({"insurance", "insurances", "patientinsurance", "patientinsurances", "insurancepolicies"})
_PLAN_IDS = ("PayerID", "InsurancePlanID", "InsuranceID", "PlanID")
_WORD = re.compile(r"\w+")


class Policies(msgspec.Struct, frozen=True):
    """The policies of a patient, and who holds them."""

    coverages: tuple[Coverage, ...] | None = None
    """None: not read."""
    is_self_pay: bool = False
    holders: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Policies()"

    def is_held_by_another(self, first_name: str, last_name: str) -> bool:
        """Whether somebody else than the patient holds one: for a child, a parent."""
        patient = {*_words(first_name), *_words(last_name)}
        return bool(patient) and any(_words(holder) and not patient <= _words(holder) for holder in self.holders)


def policies_in(answer: Any, demographics: Any, settings: Mapping[str, str]) -> Policies:
    """Those in the answer of the insurance call, or else in the demographics. Raises RecordUnreadable."""
    listed = _list_in(answer) if answer is not None else _list_in(demographics)
    if listed is None:
        return Policies()
    rows = listed[0]
    if rows is None:
        return Policies(coverages=()) if settings.get("null_list") == "empty" else Policies()
    return _policies(rows, read_names(settings.get("self_pay_plans") or SELF_PAY_PLANS))


SELF_PAY_PLANS = "Self Pay, Self-Pay"


def _list_in(answer: Any) -> tuple[list[Any] | None] | None:
    """The list of policies, perhaps null, in a tuple; None where there is no such member. Raises RecordUnreadable."""
    for found in objects_in(answer):
        for name, value in found.items():
            if name.casefold() not in _LISTS or isinstance(value, dict):
                continue
            if value is not None and not isinstance(value, list):
                raise RecordUnreadable(f"{name}: expected a list of policies")
            return (value,)
    return None


def _policies(rows: list[Any], self_pay: frozenset[str]) -> Policies:
    coverages, holders, pays_alone = [], [], False
    for policy in _objects(rows):
        coverage = _coverage(policy)
        if coverage.payer_name.strip().casefold() in self_pay:
            pays_alone = True
        elif coverage.payer_name.strip() or coverage.member_id.strip():
            coverages.append(coverage)
            holders.append(_holder(policy))
    return Policies(
        coverages=tuple(coverages), is_self_pay=pays_alone, holders=tuple(holder for holder in holders if holder)
    )


def _objects(rows: list[Any]) -> Iterator[Members]:
    for row in rows:
        if not isinstance(row, dict):
            raise RecordUnreadable("Insurance: expected a list of objects")
        yield Members(row)


def _coverage(policy: Members) -> Coverage:
    """A plan is picked from the site's list. Where no number of it is told, its name in that list stands for it."""
    plan = policy.inner("InsurancePlan") or policy
    name = plan.text("InsuranceName", "PlanName", "CompanyName", "Name")
    return Coverage(
        payer_name=name,
        payer_id=plan.text(*_PLAN_IDS).strip() or name.strip(),
        member_id=policy.text("PolicyNumber", "MemberID"),
    )


def _holder(policy: Members) -> str:
    holder = policy.inner("PolicyHolder")
    if holder is None:
        return ""
    return holder.text("FullName") or f"{holder.text('Firstname')} {holder.text('LastName')}".strip()


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.casefold()))
