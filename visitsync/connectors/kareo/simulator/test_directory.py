"""Charts, providers, locations, practices and reasons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from visitsync.connectors.kareo.simulator.by_hand import ByHand, Row, kareo
from visitsync.connectors.kareo.simulator.namespaces import K7, K
from visitsync.simulator_kit.records import Coverage
from visitsync.simulator_kit.staging import a_patient


def charts(client: ByHand, **criteria: str) -> list[str | None]:
    return [row["ID"] for row in client.listed("GetPatients", criteria).rows("PatientData")]


def chart(client: ByHand, patient_id: int) -> Row:
    (row,) = client.call("GetPatient", f"<Filter><PatientID>{patient_id}</PatientID></Filter>").rows("Patient")
    return row


# --- charts -------------------------------------------------------------------------------------------------------


def test_a_chart_has_its_address_and_its_insurance_under_its_case() -> None:
    with kareo() as client:
        patient = a_patient(client.clinic, coverage=Coverage(company="Blue Heron Plan", payer_id="BHP22"))
        reply = client.call("GetPatient", f"<Filter><PatientID>{patient.id}</PatientID></Filter>")
        row = chart(client, patient.id)
        assert (row["DOB"], row["EmailAddress"], row["ZipCode"]) == ("1984-05-17", patient.email, "19001")
        assert (row["MobilePhone"], row["Gender"], row["Active"]) == (patient.mobile_phone, "Female", "True")
        assert row["PrimaryInsurancePolicyCompanyName"] == "Blue Heron Plan"
        (case,) = reply.rows("PatientCaseData")
        assert (case["IsPrimaryCase"], case["PayerScenario"]) == ("true", "Commercial")
        (policy,) = reply.rows("PatientInsurancePolicyData")
        assert (policy["CompanyID"], policy["CompanyName"]) == ("BHP22", "Blue Heron Plan")


def test_self_pay_is_a_case_without_policy_and_nothing_is_no_case() -> None:
    with kareo() as client:
        paying = a_patient(client.clinic, coverage=None, is_self_pay=True)
        uninsured = a_patient(client.clinic, coverage=None)
        reply = client.call("GetPatient", f"<Filter><PatientID>{paying.id}</PatientID></Filter>")
        assert [case["PayerScenario"] for case in reply.rows("PatientCaseData")] == ["Self Pay"]
        assert reply.rows("PatientInsurancePolicyData") == []
        assert "Cases" not in chart(client, uninsured.id)


def test_a_payer_that_was_typed_has_no_company_id() -> None:
    with kareo() as client:
        patient = a_patient(client.clinic, coverage=Coverage(company="heron blue?"))
        row = chart(client, patient.id)
        assert row["PrimaryInsurancePolicyCompanyName"] == "heron blue?"
        assert "PrimaryInsurancePolicyCompanyID" not in row


def test_a_merged_chart_is_gone() -> None:
    with kareo() as client:
        kept, gone = a_patient(client.clinic), a_patient(client.clinic)
        client.clinic.merge_patients(kept=kept.id, gone=gone.id)
        reply = client.call("GetPatient", f"<Filter><PatientID>{gone.id}</PatientID></Filter>")
        assert reply.text("IsError") == "true"
        assert charts(client) == [str(kept.id)]


def test_corrected_charts_are_found_by_both_ends_of_a_modification_range() -> None:
    with kareo(stamp_times="practice") as client:
        first, second = a_patient(client.clinic), a_patient(client.clinic)
        client.pass_time(timedelta(hours=2))
        client.clinic.change_patient(second.id, email="new@example.net")
        since = {"FromLastModifiedDate": "11/2/2026 1:00:00 PM", "ToLastModifiedDate": "11/2/2026 11:59:59 PM"}
        assert charts(client, **since) == [str(second.id)]
        assert charts(client, ToLastModifiedDate="11/2/2026 1:00:00 PM") == [str(first.id)]


def test_the_upper_end_of_birth_dates_does_not_belong_to_the_range() -> None:
    with kareo() as client:
        on_the_17th = a_patient(client.clinic, birth_date=date(1984, 5, 17))
        a_patient(client.clinic, birth_date=None)
        assert charts(client, FromDateOfBirth="1984-05-17", ToDateOfBirth="1984-05-17") == []
        assert charts(client, FromDateOfBirth="5/17/1984", ToDateOfBirth="5/18/1984") == [str(on_the_17th.id)]


@pytest.mark.parametrize(
    "criteria",
    [
        {"FirstName": "solveig"},
        {"FullName": "Solveig Lund"},
        {"LastName": "LUND"},
        {"Gender": "Male"},
        {"IsActive": "False"},
        {"PrimaryInsurancePolicyCompanyName": "Prairie Care Trust"},
    ],
)
def test_charts_are_found_by_what_they_say(criteria: dict[str, str]) -> None:
    with kareo() as client:
        a_patient(client.clinic)
        wanted = a_patient(
            client.clinic,
            first_name="Solveig",
            last_name="Lund",
            sex="M",
            status="inactive",
            coverage=Coverage(company="Prairie Care Trust"),
        )
        assert charts(client, **criteria) == [str(wanted.id)]


def test_there_is_no_filter_by_e_mail() -> None:
    with kareo() as client:
        a_patient(client.clinic)
        assert len(charts(client, EmailAddress="nobody@example.net")) == 1


def test_all_charts_come_in_batches_that_continue_with_a_key() -> None:
    with kareo() as client:
        expected = [str(a_patient(client.clinic).id) for _ in range(7)]
        assert [len(batch) for batch in batches(client, size=3)] == [3, 3, 1]
        assert [row["ID"] for batch in batches(client, size=3) for row in batch] == expected
        assert [len(batch) for batch in batches(client, size=7)] == [7]
        (row,) = (row for batch in batches(client, size=1) for row in batch if row["ID"] == expected[0])
        assert (row["DefaultCaseName"], row["DefaultCasePayerScenario"]) == ("General", "Commercial")


def batches(client: ByHand, size: int) -> list[list[Row]]:
    found, key = [], "0"
    while True:
        criteria = f"<BatchSize>{size}</BatchSize><StartKey>{key}</StartKey>"
        reply = client.call("GetAllPatients", f"<Fields/><Filter>{criteria}</Filter>")
        found.append(reply.rows("PatientBatchData"))
        key = reply.text("nextStartKey") or "0"
        if key == "0" or len(found) > 20:
            return found


def test_a_toggle_of_a_case_shows_the_cases() -> None:
    with kareo() as client:
        a_patient(client.clinic)
        fields = "<DefaultCaseName>true</DefaultCaseName><ID>true</ID>"
        (row,) = client.listed("GetPatients", fields=fields).rows("PatientData")
        assert set(row) == {"Cases", "ID"}


# --- the practice -------------------------------------------------------------------------------------------------


def test_providers_come_with_suspended_ones_and_referring_physicians() -> None:
    with kareo() as client:
        client.clinic.add_practitioner("Imara", "Osei", npi="1000000004")
        client.clinic.add_practitioner("Cormac", "Adeyemi", is_enabled=False)
        client.clinic.add_practitioner("Front Desk", "2", is_provider=False)
        rows = client.listed("GetProviders").rows("ProviderData")
        normal = {row["FullName"]: row["Active"] for row in rows if row["Type"] == "Normal Provider"}
        assert normal == {"Imara Osei, MD": "True", "Cormac Adeyemi, MD": "False"}
        assert {row["Active"] for row in rows if row["Type"] == "Referring Provider"} == {"True"}
        assert "NationalProviderIdentifier" not in next(row for row in rows if row["LastName"] == "Adeyemi")
        only = client.listed("GetProviders", {"Type": "Referring Provider"}).rows("ProviderData")
        assert len(only) == len(rows) - 2


def test_service_locations_live_in_the_other_namespace() -> None:
    with kareo() as client:
        client.clinic.add_location("Main Street")
        virtual = client.clinic.add_location("Virtual Care")
        reply = client.listed("GetServiceLocations")
        locations = reply.root.findall(f".//{{{K7}}}ServiceLocationData")
        assert [each.findtext(f"{{{K7}}}PlaceOfService") for each in locations] == ["11", "02"]
        assert reply.root.find(f".//{{{K}}}ErrorResponse") is not None
        assert reply.rows("ServiceLocationData")[0]["ModifiedDate"] == "11/2/2026 5:00:00 PM"
        (only,) = client.listed("GetServiceLocations", {"ID": str(virtual.id)}).rows("ServiceLocationData")
        assert only["Name"] == "Virtual Care"
        wrong = client.call("GetServiceLocations", "<Fields/><Filter/>")
        assert "Expecting element 'Fields'" in wrong.fault


def test_practices_may_be_closed() -> None:
    with kareo() as client:
        rows = client.listed("GetPractices").rows("PracticeData")
        assert [row["Active"] for row in rows] == ["True", "False"]
        (ours,) = client.listed("GetPractices", {"PracticeName": client.clinic.name}).rows("PracticeData")
        assert (ours["ID"], ours["kFaxNumber"]) == ("14", "(555) 555-0109")


def test_reasons_belong_to_one_practice_and_retired_ones_are_gone() -> None:
    with kareo() as client:
        video = client.clinic.add_type("Video Consult", minutes=20)
        gone = client.clinic.add_type("Phone Consult")
        client.clinic.change_type(gone.id, is_active=False)
        rows = client.call("GetAppointmentReasons", "<PracticeId>14</PracticeId>").rows("AppointmentReasonData")
        assert [row["Name"] for row in rows] == ["Video Consult", "Lab Review", "Paperwork"]
        assert (rows[0]["AppointmentReasonId"], rows[0]["DefaultDurationMinutes"]) == (str(video.id), "20")
        other = client.call("GetAppointmentReasons", "<PracticeId>15</PracticeId>")
        assert other.rows("AppointmentReasonData") == []
        assert "PracticeId" in client.call("GetAppointmentReasons").fault
