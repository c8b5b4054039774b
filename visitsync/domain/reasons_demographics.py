"""C. Reasons about what must stand on a patient's record besides the e-mail."""

from visitsync.domain.decision import Outcome
from visitsync.domain.patient_wording import CHECK_WITH_PRACTICE, NOTHING_TO_DO
from visitsync.domain.reason import Owner, Precedence, Reason, Severity

_RANK = Precedence.DEMOGRAPHICS

DEMOGRAPHICS: tuple[Reason, ...] = (
    Reason(
        code="demographics-missing",
        cause="C1",
        section=5,
        rank=_RANK + 1,
        title="The record is incomplete",
        sentence="Missing on the {word.patient}'s record: {fields}.",
        fix="Fill in: {fields}.",
        fix_by_emr={
            "drchrono": "Open the demographics of the patient chart and fill in: {fields}.",
            "kareo": "Open the patient record and fill in: {fields}.",
        },
        owner=Owner.FRONT_DESK,
        patient_sentence=CHECK_WITH_PRACTICE,
    ),
    Reason(
        code="date-of-birth-unusable",
        cause="C3",
        section=5,
        rank=_RANK + 2,
        title="The date of birth cannot be right",
        sentence="The date of birth on the {word.patient}'s record cannot be right: {problem}.",
        fix="Correct the date of birth.",
        owner=Owner.FRONT_DESK,
        patient_sentence=CHECK_WITH_PRACTICE,
    ),
    Reason(
        code="insurance-missing",
        cause="C2",
        section=5,
        rank=_RANK + 3,
        title="No insurance, and not self-pay",
        sentence="{emr} wants insurance on the {word.patient}'s record, or self-pay; there is neither.",
        fix="Enter the insurance, or choose self-pay if there is none.",
        fix_by_emr={
            "drchrono": "Enter the primary insurance on the patient chart, or set its payment profile to Cash.",
            "kareo": "Add the insurance policy to the patient's primary case, or set the case to Self Pay.",
        },
        owner=Owner.FRONT_DESK,
        patient_sentence=CHECK_WITH_PRACTICE,
    ),
    Reason(
        code="address-unusable",
        cause="C3",
        section=5,
        rank=_RANK + 20,
        title="The address looks wrong",
        sentence="In the address on the {word.patient}'s record, {problem}.",
        fix="Correct the address: two letters for the state, five (or nine) digits for the ZIP code.",
        owner=Owner.FRONT_DESK,
        severity=Severity.WARNS,
        outcome=Outcome.READY,
        patient_sentence=NOTHING_TO_DO,
    ),
    Reason(
        code="phone-unusable",
        cause="C3",
        section=5,
        rank=_RANK + 21,
        title="A phone number looks wrong",
        sentence="A phone number on the {word.patient}'s record cannot be dialled: {problem}.",
        fix="Correct the phone number.",
        owner=Owner.FRONT_DESK,
        severity=Severity.WARNS,
        outcome=Outcome.READY,
        patient_sentence=NOTHING_TO_DO,
    ),
    Reason(
        code="provider-npi-missing",
        cause="C5",
        section=5,
        rank=_RANK + 22,
        title="The {word.provider} has no NPI",
        sentence="No NPI is on file for {provider}, so insurance cannot be checked ahead of the visit.",
        fix="Add the NPI of {provider} in {emr}.",
        owner=Owner.PRACTICE_ADMIN,
        severity=Severity.WARNS,
        outcome=Outcome.READY,
        patient_sentence=NOTHING_TO_DO,
    ),
    Reason(
        code="payer-not-from-list",
        cause="C4",
        section=5,
        rank=_RANK + 30,
        title="The payer was typed, not picked",
        sentence="The payer “{payer}” was typed in and not chosen from the list, so insurance cannot be checked.",
        fix="Choose the payer from the list.",
        fix_by_emr={
            "drchrono": "Choose the payer from DrChrono's search in the insurance part of the patient chart, so that "
            "its payer ID is filled in.",
            "kareo": "Choose the insurance company from Kareo's list in the policy of the patient's case.",
        },
        owner=Owner.FRONT_DESK,
        severity=Severity.INFORMS,
        outcome=Outcome.READY,
        patient_sentence=NOTHING_TO_DO,
    ),
)
