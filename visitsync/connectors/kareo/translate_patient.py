"""What a patient's record means: identity, contact, address and coverage. Source: kareo reference, section 5.3."""

from collections.abc import Sequence

from visitsync.connectors.kareo.members import Members, parts, text
from visitsync.connectors.kareo.texts import birth_date, is_yes, stamp
from visitsync.domain.patient import Address, Coverage, Patient, PatientStatus

SELF_PAY = "selfpay"
"""The payer scenario of a case that no insurer pays, without case, spaces and hyphens."""
PHONES = ("MobilePhone", "HomePhone", "WorkPhone")


def patient_of(members: Members, patient_id: str, zone: str, *, is_whole: bool) -> Patient:
    """A patient; stamps of patients are read as wall times of the zone. Raises RecordUnreadable.

    `is_whole`: the answer of GetPatient, which leaves out cases only where there are none. Lists may not carry them.
    """
    born = text(members, "DOB")
    date_of_birth = birth_date(born)
    cases = _cases(members, is_whole=is_whole)
    return Patient(
        id=patient_id,
        first_name=text(members, "FirstName"),
        last_name=text(members, "LastName"),
        date_of_birth=date_of_birth,
        date_of_birth_text="" if date_of_birth else born,
        email=text(members, "EmailAddress"),
        phones=tuple(phone for name in PHONES if (phone := text(members, name))),
        address=_address(members),
        coverages=_coverages(members, cases),
        is_self_pay=any(_joined(text(case, "PayerScenario")) == SELF_PAY for case in cases or ()),
        has_responsible_contact=_has_responsible_contact(members),
        status=PatientStatus.ACTIVE if is_yes(text(members, "Active") or "True") else PatientStatus.INACTIVE,
        changed_at=stamp(text(members, "LastModifiedDate"), zone),
    )


def _address(members: Members) -> Address:
    lines = [line for name in ("AddressLine1", "AddressLine2") if (line := text(members, name))]
    return Address(
        line=", ".join(lines),
        city=text(members, "City"),
        state=text(members, "State"),
        postal_code=text(members, "ZipCode"),
    )


def _cases(members: Members, *, is_whole: bool) -> Sequence[Members] | None:
    """The primary case, or all where none is marked so; None where the answer says nothing of cases."""
    if "Cases" not in members and not is_whole:
        return None
    cases = parts(members, "Cases")
    return [case for case in cases if is_yes(text(case, "IsPrimaryCase"))] or cases


def _coverages(members: Members, cases: Sequence[Members] | None) -> tuple[Coverage, ...] | None:
    """The policies of the primary case, else those written flat on the patient; None where neither was read."""
    policies = [policy for case in cases or () for policy in parts(case, "InsurancePolicies")]
    found = [_coverage(policy, "") for policy in policies]
    found = found or [_coverage(members, slot) for slot in ("PrimaryInsurancePolicy", "SecondaryInsurancePolicy")]
    named = tuple(dict.fromkeys(each for each in found if each.payer_name or each.payer_id))
    return None if cases is None and not named else named


def _coverage(members: Members, prefix: str) -> Coverage:
    company_id = text(members, f"{prefix}CompanyID")
    return Coverage(
        payer_name=text(members, f"{prefix}CompanyName") or text(members, f"{prefix}PlanName"),
        payer_id="" if company_id == "0" else company_id,
        member_id=text(members, f"{prefix}Number") or text(members, f"{prefix}InsuredIDNumber"),
    )


def _has_responsible_contact(members: Members) -> bool:
    """A guarantor other than the patient who can be reached by the chart's phone, or an emergency contact with one."""
    is_other = is_yes(text(members, "GuarantorDifferentThanPatient")) and text(members, "GuarantorLastName")
    has_phone = any(text(members, name) for name in PHONES)
    emergency = text(members, "EmergencyName") and text(members, "EmergencyPhone")
    return bool((is_other and has_phone) or emergency)


def _joined(words: str) -> str:
    return words.lower().replace(" ", "").replace("-", "")
