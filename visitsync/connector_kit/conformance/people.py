"""Trials of patients: names as they are, charts that are gone, and nothing of them where it does not belong."""

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.conformance.vendor import Vendor
from visitsync.connector_kit.errors import ConnectorError
from visitsync.connector_kit.pages import FetchedPage, RawRecord
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.staging import a_booking, a_patient

ODD_NAMES = (
    "O'Brien",
    "null",
    "None",
    "Test",
    "NaN",
    "Ludmila-Maria de la Concepción y Ortega-Villanueva " * 6,
    "李小龙",
    "محمد عبد الله",
    "שרה בת-אל",
    "Ñandú Œuvre ß",
    "Zoe\u0308",
    "Zo\u00eb",
    "👩🏽‍⚕️ Emoji",
    '<b>bold</b> & "quoted"',
    "]]> --> */ '; drop",
    "back\\slash \\u0041",
    "two  spaces",
    "a",
)
CANARY = "Zyxcanary"
WIRE_TROUBLE = ("outage", "html_as_data", "short_body", "truncated_body", "empty_body", "wrong_content_type")


class People(Vendor):
    """What must hold of patients and of everything secret."""

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_a_name_comes_through_as_it_is(self, name: str) -> None:
        name = name.strip()
        with self.trial() as trial:
            patient = a_patient(trial.clinic, first_name=name, last_name=f"{name} II", email="odd.name@example.net")
            found = trial.read_patients([str(patient.id)])[str(patient.id)]
            assert (found.first_name, found.last_name) == (name, f"{name} II")
            assert found.email == "odd.name@example.net"

    def test_a_chart_is_read_with_what_the_rules_need(self) -> None:
        with self.trial() as trial:
            patient = a_patient(trial.clinic)
            found = trial.read_patients([str(patient.id)])[str(patient.id)]
            assert found.date_of_birth == patient.birth_date
            assert found.address.city == patient.city
            assert found.address.postal_code == patient.postal_code
            assert found.coverages
            assert patient.coverage is not None
            assert found.coverages[0].payer_name == patient.coverage.company
            assert found.status is PatientStatus.ACTIVE

    def test_an_uninsured_chart_has_no_coverage(self) -> None:
        with self.trial() as trial:
            patient = a_patient(trial.clinic, coverage=None)
            assert trial.read_patients([str(patient.id)])[str(patient.id)].coverages == ()

    def test_a_chart_that_is_gone_is_told_apart_from_an_error(self) -> None:
        with self.trial() as trial:
            gone, kept = a_patient(trial.clinic), a_patient(trial.clinic)
            trial.clinic.delete_patient(gone.id)
            found = trial.read_patients([str(gone.id), str(kept.id)])
            assert found[str(gone.id)].status is PatientStatus.GONE
            assert found[str(kept.id)].status is PatientStatus.ACTIVE

    def test_many_patients_are_all_read(self) -> None:
        with self.trial() as trial:
            ids = [str(a_patient(trial.clinic).id) for _ in range(130)]
            assert set(trial.read_patients(ids)) == set(ids)

    def test_neither_patients_nor_secrets_show_in_logs_errors_or_names_of_things(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        with self.trial() as trial:
            seen = list(self._everything_said(trial))
            hidden = [CANARY, CANARY.lower(), *_secrets(trial)]
            seen += [record.getMessage() for record in caplog.records]
            seen += [request.line for request in list(trial.server.requests)]
        assert [(word, text[:300]) for text in seen for word in hidden if word in text] == []

    def _everything_said(self, trial: Trial) -> Iterator[str]:
        """Every repr, string and traceback that reading a telling chart gives, in good times and in bad."""
        patient = a_patient(trial.clinic, first_name=CANARY, last_name=CANARY, email=f"{CANARY.lower()}@example.net")
        booked = a_booking(trial.clinic, patient=patient, note=f"{CANARY} asks for a zoom call")
        connector = trial.connector()
        yield from (repr(connector), repr(trial.credentials), str(connector.check()))
        pages = trial.sweep()
        trial.read_patients([str(patient.id)])
        trial.fetch(trial.app.vendor_id(booked.id))
        yield from _said_of(trial, pages)
        yield repr(trial.known.appointments)
        yield repr(list(trial.known.patients.values()))
        for fault in WIRE_TROUBLE:
            trial.app.faults.switch_on(fault, times=None, **self._telling(trial, fault))
            yield from _failures(trial, str(patient.id))
            trial.app.faults.clear()
        trial.app.faults.switch_on("unauthorized", times=None, body=f"{CANARY} {_secrets(trial)[0]}")
        yield from _failures(trial, str(patient.id))

    def _telling(self, trial: Trial, fault: str) -> dict[str, Any]:
        """A body that gives away a patient and a secret, where the fault has one of its own."""
        telling = f"{CANARY} {_secrets(trial)[0]}"
        return {"body": f"<html>{telling}</html>"} if fault in ("outage", "html_as_data") else {}


def _secrets(trial: Trial) -> list[str]:
    """The credentials that the manifest does not call public, tokens got meanwhile among them."""
    public = {field.name for field in trial.module.MANIFEST.credentials if not field.is_secret} | {"expires_at"}
    return [value for name, value in trial.credentials.read().items() if name not in public and value]


def _said_of(trial: Trial, pages: list[FetchedPage]) -> Iterator[str]:
    for page in pages:
        yield repr(page)
        for record in trial.module.TRANSLATOR.split(page):
            yield repr(record)
            if isinstance(record, RawRecord):
                yield str(record)


def _failures(trial: Trial, patient_id: str) -> Iterator[str]:
    """What is said when each kind of reading fails."""
    works = (trial.sweep, lambda: trial.changes(None), lambda: trial.read_patients([patient_id]))
    for work in works:
        try:
            work()
        except ConnectorError as error:
            yield "".join(traceback.format_exception(error))
            yield repr(error)
