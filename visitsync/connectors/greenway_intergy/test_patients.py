"""Trials of reading Intergy's patients by FHIR: numbers and ids, coverage, who is gone or withheld, signing in."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from visitsync.connector_kit.conformance.instead import Instead
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.errors import ForbiddenAddress, NeedsReconnect, TryAgainLater
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import UnreadableRecord
from visitsync.connectors.greenway_intergy.asking import TOKEN_URL, _sign_in_settings
from visitsync.connectors.greenway_intergy.simulator import PATH
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.exchange import Response
from visitsync.simulator_kit.staging import a_patient


@contextmanager
def trying(variants: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None) -> Iterator[Trial]:
    """A trial of the pretend Intergy's FHIR server."""
    with Trial("greenway_intergy", path=PATH, variants=variants or {}, settings=settings or {}) as trial:
        yield trial


@pytest.mark.parametrize(
    ("variants", "settings"),
    [
        ({}, {}),
        ({}, {"patient_number_system": "urn:example:intergy:patient-number"}),
        ({"fhir_patient_id": "patient number"}, {"patient_search": "id"}),
        ({"fhir_scope_form": "v2"}, {"scope_form": "v2"}),
        ({"fhir_payor": "contained", "fhir_media_type": "json", "fhir_charts": "rich"}, {}),
    ],
)
def test_a_patient_is_found_by_the_number_that_messages_have(
    variants: dict[str, str], settings: dict[str, str]
) -> None:
    with trying(variants, settings) as trial:
        patient = a_patient(trial.clinic)
        found = trial.read_patients([f"1/{patient.id}"])[f"1/{patient.id}"]
        assert found.id == f"1/{patient.id}"
        assert (found.first_name, found.email) == (patient.first_name, patient.email)
        assert found.coverages
        assert found.coverages[0].payer_name == "Harbor Mutual Health"


def test_an_uninsured_patient_has_no_coverage_and_who_pays_alone_is_told() -> None:
    with trying() as trial:
        none, alone = a_patient(trial.clinic, coverage=None), a_patient(trial.clinic, coverage=None, is_self_pay=True)
        found = trial.read_patients([f"1/{none.id}", f"1/{alone.id}"])
        assert found[f"1/{none.id}"].coverages == ()
        assert found[f"1/{alone.id}"].is_self_pay


def test_who_is_not_there_is_told_apart_from_an_error() -> None:
    with trying() as trial:
        kept = a_patient(trial.clinic)
        found = trial.read_patients(["1/999", f"1/{kept.id}"])
        assert found["1/999"].status is PatientStatus.GONE
        assert found[f"1/{kept.id}"].status is PatientStatus.ACTIVE
        trial.app.faults.switch_on("outage", match="Patient")
        with pytest.raises(TryAgainLater):
            trial.read_patients([f"1/{kept.id}"])


def test_a_chart_that_is_inactive_or_merged_is_told() -> None:
    with trying() as trial:
        kept, gone = a_patient(trial.clinic), a_patient(trial.clinic)
        inactive = a_patient(trial.clinic, status="inactive")
        trial.clinic.merge_patients(kept=kept.id, gone=gone.id)
        found = trial.read_patients([f"1/{gone.id}", f"1/{inactive.id}"])
        assert found[f"1/{gone.id}"].status is PatientStatus.MERGED
        assert found[f"1/{inactive.id}"].status is PatientStatus.INACTIVE


def test_a_number_that_several_people_have_finds_nobody() -> None:
    with trying() as trial:
        patient = a_patient(trial.clinic)
        trial.app.faults.switch_on("duplicate_rows", times=None, match="Patient", share=1.0)
        assert len(trial.read_patients([f"1/{patient.id}"])) == 1
        trial.app.faults.clear()
        two = [{"resource": {"resourceType": "Patient", "id": each}} for each in ("7", "8")]
        body = json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": two}).encode()
        answer = Response(body=body, content_type="application/fhir+json")
        trial.server.app = Instead(trial.app, r"/Patient\?identifier", answer)
        pages = list(trial.connector().read_patients([f"1/{patient.id}"], urgency=Urgency.SOON))
        (record,) = trial.module.TRANSLATOR.split(pages[0])
        assert isinstance(record, UnreadableRecord)
        assert "patient_number_system" in record.reason


def test_only_patients_and_coverage_are_asked_for() -> None:
    """A scope for appointments would refuse the whole token."""
    with trying() as trial:
        assert trial.connector().check().is_working
        asked = {request.line.split("?")[0].rsplit("/", 1)[-1] for request in list(trial.server.requests)}
        assert asked <= {"smart-configuration", "token", "Patient", "Coverage", "metadata"}
        assert "Appointment" not in trial.credentials.read()["scope"]


def test_a_revoked_client_needs_a_new_connection() -> None:
    with trying() as trial:
        a_patient(trial.clinic)
        trial.app.faults.switch_on("refresh_fails", times=None)
        with pytest.raises(NeedsReconnect):
            trial.connector().check()


def test_a_withheld_resource_is_named_by_the_check() -> None:
    with trying({"fhir_narrows_scope": "Coverage"}) as trial:
        check = trial.connector().check()
        assert not check.is_working
        assert "Coverage" in " ".join(check.problems)


def test_without_an_address_the_check_says_what_to_enter() -> None:
    with trying() as trial:
        check = trial.connector(base_url="").check()
        assert not check.is_working
        assert "patients_by" in check.problems[0]


def test_patients_may_come_by_messages_only() -> None:
    with trying(settings={"patients_by": "messages"}) as trial:
        connector = trial.connector(base_url="")
        assert connector.check().is_working
        assert list(connector.read_patients(["1/5"], urgency=Urgency.SOON)) == []


def test_what_is_pushed_cannot_be_asked_for() -> None:
    with trying() as trial:
        connector = trial.connector()
        assert list(connector.read_window(*trial.window, None)) == []
        assert list(connector.read_changes(None)) == []
        assert list(connector.read_appointment("1/11/5", urgency=Urgency.SOON)) == []
        assert list(connector.read_catalog()) == []


def test_wrong_settings_are_named_by_the_check() -> None:
    with trying(settings={"type_places": "the reason", "location_zones": "11=Nowhere/City"}) as trial:
        problems = " ".join(trial.connector().check().problems)
        assert "type_places" in problems
        assert "location_zones" in problems


def test_tokens_come_from_greenways_own_address_unless_told_otherwise() -> None:
    with trying() as trial:
        real = "https://fhir-api.fhirprod.aws.greenwayhealth.com/fhir/R4/2.16.840.1.113883.3.441.1"
        config = trial.config
        assert "token_url" not in _sign_in_settings(config)
        told = _sign_in_settings(type(config)(connection_id="x", base_url=real, practice_zone="America/Denver"))
        assert told == {"scope_form": "v1", "token_url": TOKEN_URL}
        with pytest.raises(ForbiddenAddress):
            trial.connector(base_url="https://10.0.0.8/fhir", allows_loopback=False).read_patients(
                ["1/1"], urgency=Urgency.SOON
            ).__next__()
