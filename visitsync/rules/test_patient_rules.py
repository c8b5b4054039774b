"""2, 3 and 5. The e-mail, who else has it, the state of the chart, the demographics."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from visitsync.domain.decision import Outcome
from visitsync.domain.patient import Address, Coverage, PatientStatus
from visitsync.domain.practice import Demographic
from visitsync.rules.rehearsal import ADDRESS, Rehearsal, a_patient, at


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("", "email-missing"),
        ("   ", "email-missing"),
        ("none@none.com", "email-placeholder"),
        ("NoEmail@gmail.com", "email-placeholder"),
        ("na@example.org", "email-placeholder"),
        ("n/a", "email-placeholder"),
        ("-", "email-placeholder"),
        ("patient declined", "email-placeholder"),
        ("a.varga@example.net, b.varga@example.net", "email-two-addresses"),
        ("a@example.net b@example.net", "email-two-addresses"),
        ("odalys @example.org", "email-invalid"),
        ("odalys@@example.org", "email-invalid"),
        ("odalys@example.org.", "email-invalid"),
        ("a@b.c", "email-invalid"),
        ("odalys@localhost", "email-invalid"),
        ("ｏdalys@example.org", "email-invalid"),
        ("Odalys Quenby <odalys@example.org>", "email-invalid"),
        ("odalys@gmial.com", "email-mistyped"),
        ("odalys@gmail.con", "email-mistyped"),
        ("odalys@clinic.con", "email-mistyped"),
    ],
)
def test_r4_without_a_usable_address_there_is_no_visit(email: str, code: str) -> None:
    clinic = Rehearsal()
    clinic.patient(email=email)
    decision = clinic.decide()
    assert decision.outcome is Outcome.NEEDS_FIX
    assert [finding.code for finding in decision.findings] == [code]


@pytest.mark.parametrize(
    "email", ["odalys@example.org", " odalys@example.org ", "o.quenby+visits@example.co.uk", "odalys@müller.example"]
)
def test_r4_a_valid_address_is_enough(email: str) -> None:
    clinic = Rehearsal()
    clinic.patient(email=email)
    assert clinic.decide().outcome is Outcome.READY


def test_a_mistyped_domain_says_what_was_meant_and_nothing_of_the_person() -> None:
    clinic = Rehearsal()
    clinic.patient(email="odalys@gmial.com")
    assert clinic.decide().findings[0].evidence == {"domain": "gmial.com", "suggestion": "gmail.com"}


def test_an_address_in_another_field_is_pointed_out() -> None:
    clinic = Rehearsal()
    clinic.patient(email="", other_emails=(("work", "none@none.com"), ("guarantor", "parent@example.org")))
    decision = clinic.decide()
    assert [finding.code for finding in decision.findings] == ["email-missing", "email-in-other-field"]
    assert decision.findings[1].evidence == {"slot": "guarantor"}


def test_r6_an_address_of_the_practices_staff_blocks() -> None:
    clinic = Rehearsal()
    clinic.patient(email="Boss@Example.org")
    clinic.settings["staff_emails"] = {"boss@example.org": "s9"}
    assert clinic.codes() == ["email-is-staff"]
    assert clinic.decide().outcome is Outcome.NEEDS_FIX


def test_r6_a_test_visit_may_use_a_staff_address_and_is_labelled() -> None:
    clinic = Rehearsal()
    clinic.patient(email="boss@example.org")
    clinic.patient("p2", email="boss@example.org")
    clinic.settings |= {"staff_emails": {"boss@example.org": "s9"}, "test_visit_ids": frozenset({"a1"})}
    decision = clinic.decide()
    assert decision.outcome is Outcome.READY
    assert decision.is_test
    assert [finding.code for finding in decision.findings] == ["test-visit"]


@pytest.mark.parametrize(("first", "last"), [("Test", "Patient"), ("TEST", "test"), ("Zztest", "Demo")])
def test_a_name_that_only_a_test_has_is_pointed_to_the_test_visit(first: str, last: str) -> None:
    clinic = Rehearsal()
    clinic.patient(first_name=first, last_name=last)
    assert clinic.codes() == ["test-patient"]


def test_a_chart_marked_as_test_is_pointed_to_the_test_visit() -> None:
    clinic = Rehearsal()
    clinic.patient(is_marked_as_test=True)
    assert clinic.codes() == ["test-patient"]
    assert clinic.decide().outcome is Outcome.READY
    clinic.settings["test_visit_ids"] = frozenset({"a1"})
    assert clinic.codes() == ["test-visit"]


def test_r5_two_patients_with_one_address_block_each_other_in_any_order_of_reading() -> None:
    for order in permutations(["p1", "p2", "p3"]):
        clinic = Rehearsal()
        clinic.patients = {id_: a_patient(id_, email="Family@example.org") for id_ in order}
        for patient_id in order:
            decision = clinic.decide(patient_id=patient_id)
            others = sorted({"p1", "p2", "p3"} - {patient_id})
            assert decision.outcome is Outcome.NEEDS_FIX
            assert decision.findings[0].code == "email-shared"
            assert decision.findings[0].evidence == {"other_chart": others[0], "and_more": " (and 1 more)"}


def test_r5_another_spelling_of_the_same_address_is_the_same_address() -> None:
    clinic = Rehearsal()
    clinic.patient(email="Odalys@Example.org")
    clinic.patient("p2", email="odalys@example.org ")
    assert clinic.codes(patient_id="p1") == clinic.codes(patient_id="p2") == ["email-shared"]


def test_r5_dots_and_plus_signs_make_another_address() -> None:
    clinic = Rehearsal()
    clinic.patient(email="o.quenby@example.org")
    clinic.patient("p2", email="oquenby@example.org")
    clinic.patient("p3", email="o.quenby+child@example.org")
    assert clinic.codes(patient_id="p1") == []


def test_r5_nothing_of_the_other_person_is_told_but_the_charts_number() -> None:
    clinic = Rehearsal()
    clinic.patient(email="family@example.org")
    clinic.patient("p2", email="family@example.org", first_name="Casimir", last_name="Lund")
    told = str(clinic.decide(patient_id="p1"))
    assert "p2" in told
    assert not any(word in told for word in ("Casimir", "Lund", "family@"))


def test_r5_a_household_lifts_the_block_for_its_members_only() -> None:
    clinic = Rehearsal()
    for patient_id in ("p1", "p2", "p3"):
        clinic.patient(patient_id, email="family@example.org")
    clinic.settings["households"] = {"p1": "h1", "p2": "h1"}
    assert clinic.decide(patient_id="p1").findings[0].evidence == {"other_chart": "p3", "and_more": ""}
    clinic.settings["households"] = {"p1": "h1", "p2": "h1", "p3": "h1"}
    assert clinic.decide(patient_id="p1").outcome is Outcome.READY
    clinic.settings["households"] = {"p1": "h1", "p2": "h2", "p3": "h2"}
    assert clinic.codes(patient_id="p1") == ["email-shared"]


def test_r5_a_chart_that_the_emr_has_retired_no_longer_blocks_its_survivor() -> None:
    clinic = Rehearsal()
    clinic.patient(email="family@example.org")
    clinic.patient("p2", email="family@example.org", status=PatientStatus.MERGED, merged_into_id="p1")
    assert clinic.decide(patient_id="p1").outcome is Outcome.READY


def test_twins_are_two_patients_who_share_an_address_and_no_duplicate() -> None:
    clinic = Rehearsal()
    for patient_id, name in (("p1", "Ada"), ("p2", "Ida")):
        clinic.patient(patient_id, first_name=name, email="family@example.org", date_of_birth=date(2012, 3, 4))
    assert clinic.codes(patient_id="p1")[0] == "email-shared"


def test_two_charts_of_seemingly_one_person_are_shown_and_never_merged() -> None:
    clinic = Rehearsal()
    clinic.settings["duplicate_charts"] = {"p1": ("p2",), "p2": ("p1",)}
    clinic.patient("p2", email="other@example.org")
    assert clinic.codes(patient_id="p1") == ["duplicate-chart"]
    assert clinic.decide(patient_id="p1").outcome is Outcome.READY
    clinic.patient("p2", email=clinic.patients["p1"].email)
    for patient_id, other in (("p1", "p2"), ("p2", "p1")):
        decision = clinic.decide(patient_id=patient_id)
        assert decision.outcome is Outcome.NEEDS_FIX
        assert decision.findings[0].code == "duplicate-chart-same-email"
        assert decision.findings[0].evidence["other_chart"] == other


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (PatientStatus.INACTIVE, "patient-inactive", Outcome.NEEDS_FIX),
        (PatientStatus.DECEASED, "patient-deceased", Outcome.ON_HOLD),
        (PatientStatus.MERGED, "chart-merged", Outcome.ON_HOLD),
        (PatientStatus.GONE, "chart-gone", Outcome.ON_HOLD),
        (PatientStatus.RESTRICTED, "chart-restricted", Outcome.ON_HOLD),
    ],
)
def test_the_state_of_a_chart_that_is_not_simply_active(status: PatientStatus, code: str, outcome: Outcome) -> None:
    clinic = Rehearsal()
    clinic.patient(status=status)
    decision = clinic.decide()
    assert decision.outcome is outcome
    assert [finding.code for finding in decision.findings] == [code]


def test_of_a_chart_that_we_may_not_read_only_that_is_said() -> None:
    clinic = Rehearsal()
    clinic.patients["p1"] = a_patient(
        "p1",
        status=PatientStatus.RESTRICTED,
        first_name="",
        last_name="",
        email="",
        address=Address(),
        date_of_birth=None,
    )
    assert clinic.codes() == ["chart-restricted"]


@pytest.mark.parametrize(
    ("born", "is_minor"),
    [
        (date(2008, 11, 24), False),
        (date(2008, 11, 25), True),
        (date(2020, 1, 1), True),
        (date(1950, 1, 1), False),
    ],
)
def test_a_minor_without_an_adult_is_pointed_out_by_the_age_on_the_day(born: date, is_minor: bool) -> None:
    clinic = Rehearsal()
    clinic.patient(date_of_birth=born)
    assert clinic.codes() == (["minor-without-adult"] if is_minor else [])
    assert clinic.decide().outcome is Outcome.READY
    clinic.patient(has_responsible_contact=True)
    assert clinic.codes() == []


def test_whoever_was_born_on_29_february_comes_of_age_on_1_march() -> None:
    clinic = Rehearsal()
    clinic.patient(date_of_birth=date(2008, 2, 29))
    clinic.now = at(2026, 2, 20).instant
    assert clinic.codes(start=at(2026, 2, 28), booked_at=None) == ["minor-without-adult"]
    assert clinic.codes(start=at(2026, 3, 2), booked_at=None) == []


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"first_name": ""}, "first name"),
        ({"last_name": " – "}, "last name"),
        ({"date_of_birth": None}, "date of birth"),
        ({"address": Address()}, "address"),
        ({"address": Address(line="12 Alder Court", state="NY")}, "city, ZIP code"),
        ({"first_name": ".", "date_of_birth": None}, "first name, date of birth"),
    ],
)
def test_r11_what_is_missing_is_listed(facts: dict[str, Any], fields: str) -> None:
    clinic = Rehearsal()
    clinic.patient(**facts)
    decision = clinic.decide()
    assert decision.outcome is Outcome.NEEDS_FIX
    (finding,) = decision.findings
    assert finding.code == "demographics-missing"
    assert finding.evidence == {"fields": fields}


def test_r11_each_emr_demands_only_its_own_fields() -> None:
    clinic = Rehearsal()
    clinic.connection["required_demographics"] = frozenset({Demographic.LAST_NAME})
    clinic.patient(first_name="", date_of_birth=None, address=Address(), coverages=())
    assert clinic.codes() == []


@pytest.mark.parametrize("name", ["Test", "Null", "O'Brien", "李", "Ngô", "X Æ A-12", "Nguyễn", "عمر"])
def test_r11_every_name_is_a_name(name: str) -> None:
    clinic = Rehearsal()
    clinic.patient(first_name=name)
    assert clinic.codes() == []
    clinic.patient(first_name="Odalys", last_name=name)
    assert clinic.codes() == []


def test_r11_insurance_or_self_pay_where_the_emr_wants_it() -> None:
    clinic = Rehearsal()
    clinic.patient(coverages=())
    assert clinic.codes() == ["insurance-missing"]
    assert clinic.codes(coverage_named=True) == []
    clinic.patient(is_self_pay=True)
    assert clinic.codes() == []


def test_r11_nothing_is_concluded_from_coverage_that_was_not_read() -> None:
    clinic = Rehearsal()
    clinic.patient(coverages=None)
    assert clinic.codes() == []


def test_r11_an_empty_policy_is_no_insurance() -> None:
    clinic = Rehearsal()
    clinic.patient(coverages=(Coverage(), Coverage(member_id="7")))
    assert clinic.codes() == ["insurance-missing"]


@pytest.mark.parametrize(
    ("facts", "code", "outcome"),
    [
        ({"date_of_birth": date(2984, 5, 17)}, "date-of-birth-unusable", Outcome.NEEDS_FIX),
        ({"date_of_birth": date(1884, 5, 17)}, "date-of-birth-unusable", Outcome.NEEDS_FIX),
        ({"date_of_birth": None, "date_of_birth_text": "unknwn"}, "date-of-birth-unusable", Outcome.NEEDS_FIX),
        ({"address": Address("1 Elm", "Millbrook", "New York", "12545")}, "address-unusable", Outcome.READY),
        ({"address": Address("1 Elm", "Millbrook", "NY", "125")}, "address-unusable", Outcome.READY),
        ({"phones": ("call mother",)}, "phone-unusable", Outcome.READY),
        ({"phones": ("555",)}, "phone-unusable", Outcome.READY),
        ({"coverages": (Coverage(payer_name="harbor mutal"),)}, "payer-not-from-list", Outcome.READY),
    ],
)
def test_r11_what_is_there_but_cannot_be_used(facts: dict[str, Any], code: str, outcome: Outcome) -> None:
    clinic = Rehearsal()
    clinic.patient(**facts)
    decision = clinic.decide()
    assert [finding.code for finding in decision.findings] == [code]
    assert decision.outcome is outcome


@pytest.mark.parametrize(
    "phone", ["(555) 555-0142", "555.555.0142 x12", "+1 555 555 0142", "5555550142 ext. 7", "", " "]
)
def test_ordinary_phone_numbers_are_fine(phone: str) -> None:
    clinic = Rehearsal()
    clinic.patient(phones=(phone,))
    assert clinic.codes() == []


def test_zip_plus_four_is_fine() -> None:
    clinic = Rehearsal()
    clinic.patient(address=Address(ADDRESS.line, ADDRESS.city, "ny", "12545-1234"))
    assert clinic.codes() == []


def test_r16_everything_that_is_wrong_is_shown_at_once_the_leading_one_first() -> None:
    clinic = Rehearsal()
    clinic.patient(email="odalys@gmial.com", date_of_birth=None, coverages=(), status=PatientStatus.INACTIVE)
    clinic.settings["practitioners"] = {}
    assert clinic.codes(type_text="Telemedicne Visit") == [
        "patient-inactive",
        "type-misspelt",
        "email-mistyped",
        "demographics-missing",
        "insurance-missing",
        "provider-unknown",
    ]


def test_a_patient_who_was_not_read_yet_is_waited_for() -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    decision = clinic.decide()
    assert decision.outcome is Outcome.WAITING
    assert [finding.code for finding in decision.findings] == ["patient-not-read-yet"]
    assert decision.expected_by is not None


def test_no_patient_at_all_needs_one_and_a_block_is_nothing() -> None:
    clinic = Rehearsal()
    assert clinic.codes(patient_id=None) == ["no-patient"]
    assert clinic.decide(patient_id=None).outcome is Outcome.NEEDS_FIX
    assert clinic.codes(patient_id=None, is_block=True) == ["held-slot"]
    assert clinic.decide(patient_id=None, is_block=True).outcome is Outcome.NOT_TELEMEDICINE
