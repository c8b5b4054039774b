"""The diagnostic bundle tells much of the connection and nothing of any patient, credential or booking."""

import json
from collections.abc import Callable, Iterator

import msgspec
import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from visitsync.simulator_kit.clinic import Clinic
from visitsync.storage import audit
from visitsync.storage.audit import Selection

AsPerson = Callable[[str], Client]
TOO_SHORT = 5
"""Shorter values stand in any text by chance."""


@pytest.mark.parametrize("slug", ["larkspur", "juniper"])
def test_no_value_of_any_patient_is_in_it(clinics: Clinics, as_person: AsPerson, slug: str) -> None:
    body = _bundle(clinics, as_person("operator"), slug).casefold()
    ours = msgspec.json.encode(clinics.sets[slug].manifest).decode().casefold()  # an EMR's facts name no patient
    told = [value.casefold() for value in _told_of_patients(clinics.sets[slug].clinic)]
    found = [value for value in told if value in body and value not in ours]
    assert found == []


@pytest.mark.parametrize("slug", ["larkspur", "juniper"])
def test_no_credential_is_in_it(clinics: Clinics, as_person: AsPerson, slug: str) -> None:
    body = _bundle(clinics, as_person("operator"), slug)
    opened = clinics.opened[slug]
    for name, value in clinics.engine.credentials(opened.practice_id, opened.connection_id).read().items():
        assert value not in body, name


def test_no_id_of_an_appointment_or_patient_is_in_it(clinics: Clinics, as_person: AsPerson) -> None:
    words = set(json.dumps(json.loads(_bundle(clinics, as_person("admin"), "larkspur"))).replace('"', " ").split())
    app, clinic = clinics.sets["larkspur"].app, clinics.sets["larkspur"].clinic
    assert not words & {str(app.vendor_id(one.id)) for one in clinic.appointments}


def test_it_says_what_support_asks_for(clinics: Clinics, as_person: AsPerson) -> None:
    found = json.loads(_bundle(clinics, as_person("admin"), "larkspur"))
    assert found["emr"]["name"] == "DrChrono"
    assert found["versions"]["rules"]
    assert found["connection"]["host"] == "127.0.0.1"
    assert found["connection"]["settings"]["requests_per_hour"] == "set by the practice"
    assert {one["kind"] for one in found["runs"]} >= {"catalog", "changes", "sweep"}
    assert found["troubles"] == {"emr-answer-unreadable": 3}
    assert found["limits"][0]["requests"] == 500


def test_who_downloaded_it_stands_in_the_trail(clinics: Clinics, as_person: AsPerson) -> None:
    _bundle(clinics, as_person("operator"), "larkspur")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        [entry] = audit.entries(transaction, clinics.vault, Selection(act="export-diagnostics"))
    assert entry.entry.who.name == "Olga Operator"


def test_it_is_a_file_and_never_a_page(clinics: Clinics, as_person: AsPerson) -> None:
    answer = as_person("admin").get(_address(clinics, "larkspur"))
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="visitsync-drchrono-20261124-1430.json"'


def _told_of_patients(clinic: Clinic) -> Iterator[str]:
    for one in clinic.patients:
        born = one.birth_date.isoformat() if one.birth_date else ""
        values = (f"{one.first_name} {one.last_name}", one.last_name, one.email, one.mobile_phone, one.home_phone,
                  one.address, born, one.guardian_name)  # fmt: skip
        yield from (value for value in values if len(value) >= TOO_SHORT)
        if one.coverage:
            yield from filter(None, (one.coverage.company, one.coverage.member_id))


def _bundle(clinics: Clinics, client: Client, slug: str) -> str:
    answer = client.get(_address(clinics, slug))
    assert answer.status_code == 200
    return answer.content.decode()


def _address(clinics: Clinics, slug: str) -> str:
    return f"/p/{slug}/connections/{clinics.opened[slug].connection_id}/diagnostics"
