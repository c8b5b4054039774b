"""Patients with their coverage, read from a pretend FHIR server."""

from datetime import date

import pytest

from visitsync.connector_kit.errors import NeedsPermission
from visitsync.connector_kit.fhir.on_trial import trying
from visitsync.domain.patient import Coverage, PatientStatus
from visitsync.simulator_kit.staging import a_patient

PAYORS: tuple[dict[str, str], ...] = ({}, {"fhir_payor": "contained"}, {"fhir_payor": "R5"})


@pytest.mark.parametrize("variants", PAYORS)
@pytest.mark.parametrize("charts", ["plain", "rich"])
@pytest.mark.parametrize("at_once", [1, 20])
def test_a_chart_is_read_with_its_coverage(variants: dict[str, str], charts: str, at_once: int) -> None:
    with trying({**variants, "fhir_charts": charts}) as trial:
        charts_ = [a_patient(trial.app.clinic) for _ in range(3)]
        found = trial.read(*[each.id for each in charts_], at_once=at_once)
        for chart in charts_:
            read = found[str(chart.id)]
            assert (read.first_name, read.last_name) == (chart.first_name, chart.last_name)
            assert read.email == chart.email
            assert read.date_of_birth == chart.birth_date
            assert read.address.line == chart.address
            assert chart.coverage is not None
            policy = Coverage(chart.coverage.company, chart.coverage.payer_id, chart.coverage.member_id)
            assert read.coverages == (policy,)
            assert read.changed_at == chart.changed_at


def test_who_is_uninsured_or_pays_himself_has_no_policy_but_that_is_known() -> None:
    with trying() as trial:
        uninsured = a_patient(trial.app.clinic, coverage=None)
        payer = a_patient(trial.app.clinic, coverage=None, is_self_pay=True)
        found = trial.read(uninsured.id, payer.id)
    assert found[str(uninsured.id)].coverages == ()
    assert not found[str(uninsured.id)].is_self_pay
    assert found[str(payer.id)].is_self_pay


def test_without_coverage_nothing_is_known_of_it() -> None:
    with trying() as trial:
        one, other = a_patient(trial.app.clinic), a_patient(trial.app.clinic)
        assert all(each.coverages is None for each in trial.read(one.id, other.id, reads_coverage=False).values())
        assert trial.read(one.id, reads_coverage=False)[str(one.id)].coverages is None


def test_gone_merged_deceased_and_inactive_charts_are_told_apart() -> None:
    with trying() as trial:
        clinic = trial.app.clinic
        gone, kept, merged, dead, inactive = (a_patient(clinic) for _ in range(5))
        clinic.delete_patient(gone.id)
        clinic.merge_patients(kept=kept.id, gone=merged.id)
        clinic.change_patient(dead.id, status="deceased")
        clinic.change_patient(inactive.id, status="inactive")
        found = trial.read(gone.id, kept.id, merged.id, dead.id, inactive.id, "never-was", "urn:uuid:1")
    statuses = {int(key): each.status for key, each in found.items() if key.isdigit()}
    assert statuses == {
        gone.id: PatientStatus.GONE,
        kept.id: PatientStatus.ACTIVE,
        merged.id: PatientStatus.MERGED,
        dead.id: PatientStatus.DECEASED,
        inactive.id: PatientStatus.INACTIVE,
    }
    assert found[str(merged.id)].merged_into_id == str(kept.id)
    assert found["never-was"].status is found["urn:uuid:1"].status is PatientStatus.GONE


def test_a_guardian_counts_as_responsible_contact_with_an_address_of_its_own() -> None:
    with trying() as trial:
        child = a_patient(
            trial.app.clinic, birth_date=date(2016, 1, 5), email="", guardian_name="Ines Varga",
            guardian_email="ines.varga@example.org",
        )  # fmt: skip
        read = trial.read(child.id)[str(child.id)]
    assert read.email == ""
    assert read.has_responsible_contact
    assert read.other_emails == (("guardian", "ines.varga@example.org"),)


def test_a_withheld_chart_is_restricted_and_a_missing_right_is_an_error() -> None:
    with trying() as trial:
        one = a_patient(trial.app.clinic)
        refused = '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden"}]}'
        trial.app.faults.switch_on("forbidden", match=f"GET /fhir/r4/Patient/{one.id}", body=refused)
        assert trial.read(one.id)[str(one.id)].status is PatientStatus.RESTRICTED
        trial.app.faults.switch_on("forbidden", times=None, match="GET /fhir/r4/Patient", body=refused)
        with pytest.raises(NeedsPermission):
            trial.read(one.id)


def test_a_patient_who_is_named_by_a_number_is_found_by_it() -> None:
    with trying() as trial:
        patient = a_patient(trial.app.clinic)
        number = f"urn:example:mrn|{patient.id}"
        found = trial.read(number, "urn:example:mrn|77", "https://other.example.org/fhir/Patient/1")
    assert found[number].email == patient.email
    assert found[number].coverages
    assert found["urn:example:mrn|77"].status is PatientStatus.GONE
    assert found["https://other.example.org/fhir/Patient/1"].status is PatientStatus.GONE
