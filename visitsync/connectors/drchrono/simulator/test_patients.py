"""The pretend DrChrono's charts: 46 keys, insurance only when verbose, loose filters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from visitsync.connectors.drchrono.simulator.visitor import Visitor, visiting
from visitsync.simulator_kit.staging import a_booking, a_patient, the_practitioner

ONLY_VERBOSE = {
    *("primary_insurance", "secondary_insurance", "tertiary_insurance", "auto_accident_insurance"),
    *("workers_comp_insurance", "custom_demographics", "patient_flags", "patient_flags_attached", "referring_doctor"),
}


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with visiting() as visitor:
        yield visitor


def last_names(visitor: Visitor, **query: object) -> list[str]:
    return [row["last_name"] for row in visitor.rows("patients", **query)]


def test_insurance_is_shown_only_when_verbose(visitor: Visitor) -> None:
    patient = a_patient(visitor.clinic)
    plain = visitor.ask(f"patients/{patient.id}").json
    verbose = visitor.ask(f"patients/{patient.id}", query={"verbose": "true"}).json
    assert len(plain) == 46
    assert set(verbose) - set(plain) == ONLY_VERBOSE
    assert verbose["primary_insurance"]["insurance_payer_id"] == "HMH01"


def test_the_uninsured_have_an_insurance_full_of_nothing(visitor: Visitor) -> None:
    patient = a_patient(visitor.clinic, coverage=None)
    insurance = visitor.ask(f"patients/{patient.id}", query={"verbose": "true"}).json["primary_insurance"]
    assert insurance["insurance_company"] == insurance["insurance_payer_id"] == ""
    assert insurance["is_subscriber_the_patient"] is True
    assert (
        visitor.ask(f"patients/{a_patient(visitor.clinic, coverage=None, is_self_pay=True).id}").json[
            "patient_payment_profile"
        ]
        == "Cash"
    )


def test_two_patients_are_empty_in_two_ways(visitor: Visitor) -> None:
    pair = [a_patient(visitor.clinic, city="", state="", email="", birth_date=None).id for _ in range(2)]
    rows = [visitor.ask(f"patients/{number}").json for number in pair]
    assert {row["city"] for row in rows} == {None, ""}
    assert {row["email"] for row in rows} == {""}
    assert {row["date_of_birth"] for row in rows} == {None}


def test_a_chart_is_written_in_the_vendors_words(visitor: Visitor) -> None:
    patient = a_patient(
        visitor.clinic,
        status="deceased",
        guardian_email="ansel@example.net",
        birth_date=date(2011, 2, 3),
        address_2="Apt 4",
    )
    a_booking(visitor.clinic, patient=patient)
    row = visitor.ask(f"patients/{patient.id}").json
    assert row["patient_status"] == "D"
    assert row["responsible_party_email"] == "ansel@example.net"
    assert row["date_of_birth"] == "2011-02-03"
    assert row["address"].endswith("Row Apt 4")
    assert row["date_of_first_appointment"] == row["date_of_last_appointment"] == "2026-11-04"
    assert row["chart_id"] == f"VARG{patient.id:06d}"


def test_name_filters_are_loose(visitor: Visitor) -> None:
    for first, last in (("Ann", "Harrow"), ("Annabel", "Harrowgate"), ("Joann", "Marsh")):
        a_patient(visitor.clinic, first_name=first, last_name=last)
    assert last_names(visitor, first_name="Ann") == ["Harrow", "Harrowgate"]
    assert last_names(visitor, last_name="harrow") == ["Harrow", "Harrowgate"]
    with visiting(visitor.clinic, name_filter="contains") as other:
        assert last_names(other, first_name="ann") == ["Harrow", "Harrowgate", "Marsh"]


def test_other_filters_leave_what_they_name(visitor: Visitor) -> None:
    clinic = visitor.clinic
    a_patient(clinic, last_name="First", email="shared@example.org", birth_date=date(1990, 1, 1), sex="M")
    visitor.later(hours=1)
    a_patient(clinic, last_name="Second", email="Shared@example.org", birth_date=date(1991, 1, 1))
    visitor.later(days=1)
    a_patient(clinic, last_name="Third")
    assert last_names(visitor, email="shared@example.org") == ["First", "Second"]
    assert last_names(visitor, date_of_birth="1991-01-01") == ["Second"]
    assert last_names(visitor, gender="Male") == ["First"]
    assert last_names(visitor, since="2026-11-02T13:00:00") == ["Second", "Third"]
    assert last_names(visitor, created_at="2026-11-02") == ["First", "Second"]
    assert last_names(visitor, doctor=the_practitioner(clinic).id) == ["First", "Second", "Third"]
    assert last_names(visitor, chart_id="SECO040002") == ["Second"]


def test_a_merged_chart_is_gone(visitor: Visitor) -> None:
    kept, gone = a_patient(visitor.clinic), a_patient(visitor.clinic)
    visitor.clinic.merge_patients(kept=kept.id, gone=gone.id)
    assert visitor.ask(f"patients/{gone.id}").json == {"detail": "Not found."}
    assert [row["id"] for row in visitor.rows("patients")] == [kept.id]


def test_a_summary_has_no_e_mail(visitor: Visitor) -> None:
    a_patient(visitor.clinic)
    assert set(visitor.rows("patients_summary")[0]) == {"id", "first_name", "last_name", "age", "gender"}


def test_others_can_open_and_correct_charts(visitor: Visitor) -> None:
    doctor = the_practitioner(visitor.clinic).id
    assert visitor.ask("patients", method="POST", json={"first_name": "Ida"}).json["gender"] == [
        "This field is required."
    ]
    chart = {
        "first_name": "Ida",
        "last_name": "Quayle",
        "gender": "Female",
        "doctor": doctor,
        "date_of_birth": "1990-01-02",
    }
    made = visitor.ask("patients", method="POST", json=chart)
    assert made.status == 201
    assert "primary_insurance" in made.json
    again = visitor.ask("patients", method="POST", json=chart)
    assert (again.status, again.json) == (409, {"detail": "Potential duplicate patient(s) found."})
    assert visitor.ask("patients", method="POST", json={**chart, "allow_duplicates": True}).status == 201
    assert visitor.ask(f"patients/{made.json['id']}", method="PATCH", json={"email": "ida@example.org"}).status == 204
    assert visitor.ask(f"patients/{made.json['id']}").json["email"] == "ida@example.org"
