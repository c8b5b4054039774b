"""Greenway's FHIR server beside Prime Suite: it fills gaps in address and coverage, and never lends somebody else's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import pytest

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connectors.greenway_prime_suite.on_trial import trying
from visitsync.connectors.greenway_prime_suite.simulator.settings import FHIR_PATH
from visitsync.domain.patient import Patient
from visitsync.simulator_kit.staging import a_booking, a_patient

WITHOUT_GAPI = {"insurance_method": "", "state_codes": ""}


@contextmanager
def with_fhir(
    settings: Mapping[str, str] = WITHOUT_GAPI, *, variants: Mapping[str, str] | None = None
) -> Iterator[Trial]:
    with trying(settings=settings, variants=variants) as trial:
        trial.settings["fhir_base_url"] = trial.server.url + FHIR_PATH
        yield trial


def read(trial: Trial, patient_id: int) -> Patient:
    return trial.read_patients([str(patient_id)])[str(patient_id)]


@pytest.mark.parametrize("by", ["identifier", "id"])
def test_coverage_and_state_come_from_fhir_where_prime_suite_leaves_them_open(by: str) -> None:
    with with_fhir({**WITHOUT_GAPI, "fhir_patient_by": by}) as trial:
        found = read(trial, a_patient(trial.clinic).id)
        assert found.address.state == "PA"
        assert found.coverages is not None
        assert [one.payer_name for one in found.coverages] == ["Harbor Mutual Health"]
        uninsured = read(trial, a_patient(trial.clinic, coverage=None).id)
        assert uninsured.coverages == ()


def test_what_prime_suite_says_itself_wins() -> None:
    with with_fhir({}) as trial:
        patient = a_patient(trial.clinic, work_email="second@example.org")
        found = read(trial, patient.id)
        assert found.email == patient.email
        assert found.other_emails == (("second e-mail", "second@example.org"),)
        assert found.coverages is not None
        assert found.coverages[0].payer_id == "Harbor Mutual Health"


def test_somebody_elses_chart_of_the_same_number_is_never_used() -> None:
    with with_fhir() as trial:
        patient = a_patient(trial.clinic)
        people = trial.app._tenant.collections["Patient"]  # type: ignore[attr-defined]
        shown = people.rows()[0]
        for change in ({"birthDate": date(1950, 1, 2).isoformat()}, {"name": [{"family": "Else", "given": ["Some"]}]}):
            trial.app._tenant.collections["Patient"] = type(people)(  # type: ignore[attr-defined]
                rows=lambda change=change: [shown | change],
                one=lambda identity, change=change: shown | change,
                params=people.params,
            )
            trial.known.unreadable.clear()
            assert trial.read_patients([str(patient.id)]) == {}
            assert "another person's" in trial.known.unreadable[0].reason


def test_a_chart_that_fhir_does_not_have_is_read_without() -> None:
    with with_fhir({"insurance_method": "", "fhir_patient_by": "identifier"}) as trial:
        patient = a_patient(trial.clinic)
        trial.app.faults.switch_on("empty_list", times=None, match="Patient")
        assert read(trial, patient.id).coverages is None


def test_an_outage_of_fhir_is_waited_out() -> None:
    with with_fhir() as trial:
        patient = a_patient(trial.clinic)
        trial.app.faults.switch_on("outage", times=None, match="/fhir/")
        with pytest.raises(TryAgainLater):
            read(trial, patient.id)
        trial.app.faults.clear()
        assert read(trial, patient.id).coverages


def test_the_check_tells_what_is_in_the_way_of_fhir() -> None:
    with with_fhir() as trial:
        a_booking(trial.clinic, in_days=1)
        assert trial.connector().check().is_working
        trial.credentials.renew(lambda known: {**known, "private_key": "wrong", "access_token": ""})
        check = trial.connector().check()
        assert not check.is_working
        assert "fhir_base_url" in check.problems[0]


@pytest.mark.parametrize("variant", [{"fhir_charts": "rich"}, {"fhir_payor": "contained"}, {"fhir_discovery": "bare"}])
def test_fhir_answers_of_other_habits_are_understood(variant: dict[str, str]) -> None:
    with with_fhir(variants=variant) as trial:
        assert read(trial, a_patient(trial.clinic).id).coverages


def test_no_appointment_is_ever_asked_of_fhir() -> None:
    with with_fhir() as trial:
        booked = a_booking(trial.clinic)
        trial.sweep()
        read(trial, booked.patient_id or 0)
        assert not trial.server.requests_matching("/Appointment")
