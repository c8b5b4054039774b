"""CareCloud's sign-in, its check and its charts, tried on the pretend one over HTTP."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from visitsync.connector_kit.conformance.instead import Instead
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, NeedsReconnect, TryAgainLater
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.carecloud import MANIFEST, authorization_url, exchange_code
from visitsync.connectors.carecloud.on_trial import lines, trying
from visitsync.connectors.carecloud.simulator import CREDENTIALS
from visitsync.domain.patient import PatientStatus
from visitsync.simulator_kit.exchange import Response, as_html
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.staging import a_booking, a_patient

TOKEN = "^POST /oauth2/access_token"
REDIRECT = "http://localhost/connected/carecloud"


@pytest.mark.parametrize("variants", [{}, {"token_seconds": "unsaid", "refusal_body": "html"}])
def test_the_consent_pages_code_becomes_credentials_that_work(variants: dict[str, str]) -> None:
    with trying(variants=variants) as trial:
        a_booking(trial.clinic)
        url = authorization_url(trial.config.base_url, client_id="example-client-id", redirect_uri=REDIRECT, state="s")
        back = parse_qs(urlsplit(call(url).headers["location"]).query)
        assert back["state"] == ["s"]
        told = _exchanged(trial, back["code"][0])
        trial.credentials.renew(lambda known: told)
        trial.sweep()
        assert len(trial.known.appointments) == 1
        with pytest.raises(NeedsReconnect):
            _exchanged(trial, back["code"][0])


def test_the_sign_in_page_of_careclouds_own_api_is_on_another_host() -> None:
    url = authorization_url(MANIFEST.default_base_url, client_id="c", redirect_uri=REDIRECT, state="s")
    assert url.startswith("https://platform.carecloud.com/oauth2/authorize?response_type=code&client_id=c&")


@pytest.mark.parametrize("answer", ["rotated", "same", "without refresh token"])
def test_the_newest_refresh_token_is_kept_and_the_old_one_where_none_came(answer: str) -> None:
    with trying(variants={"refresh_answer": answer, "token_seconds": "600"}) as trial:
        for _ in range(3):
            trial.changes(None)
            trial.clock.advance(timedelta(minutes=20))
        kept = trial.credentials.read()["refresh_token"]
        assert (kept == CREDENTIALS["refresh_token"]) == (answer != "rotated")
        assert len(lines(trial, TOKEN)) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("body", ["json", "html", "empty", "text"])
def test_a_refused_refresh_needs_a_person_whatever_its_body(status: int, body: str) -> None:
    with trying(variants={"refresh_refusal": str(status), "refusal_body": body}) as trial:
        trial.app.faults.switch_on("refresh_fails", times=None)
        with pytest.raises(NeedsReconnect):
            trial.changes(None)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_token_endpoint_out_of_order_is_waited_for(status: int) -> None:
    with trying() as trial:
        trial.server.app = Instead(trial.app, TOKEN, as_html("<h1>later</h1>", status))
        with pytest.raises(TryAgainLater):
            trial.changes(None)


def test_the_secret_goes_in_the_header_alone_and_a_token_on_its_end_is_renewed_early() -> None:
    with trying(variants={"token_seconds": "600"}) as trial:
        forms: list[bytes] = []
        trial.server.on_response.append(lambda request, _: forms.append(request.body))
        trial.changes(None)
        trial.clock.advance(timedelta(minutes=6))
        trial.changes(None)
        assert not any(b"client_secret" in form for form in forms)
        assert {request.status for request in list(trial.server.requests)} == {200}
        assert len(lines(trial, TOKEN)) == 2


@pytest.mark.parametrize("collection", ["appointments", "patients", "locations", "visit_reasons", "providers"])
def test_the_check_names_each_privilege_that_is_missing(collection: str) -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        assert trial.connector().check().is_working
        trial.app.denied.add(collection)  # type: ignore[attr-defined]
        check = trial.connector().check()
        assert not check.is_working
        assert any(collection.replace("_", " ") in problem for problem in check.problems)


def test_the_check_tells_practice_zone_statuses_and_no_shows() -> None:
    with trying() as trial:
        booked = a_booking(trial.clinic)
        trial.clinic.set_status(booked.id, "Phoned-OK")
        facts = trial.connector().check().facts
        assert facts["practice in CareCloud"] == trial.clinic.name.upper()
        assert facts["times in CareCloud"] == "1 of 1 coming appointments are at its offset from GMT"
        assert facts["statuses that nobody has explained (status_codes)"] == "Phoned-OK (X)"
        assert facts["cancellation reasons taken for a no-show"] == "Patient No Show (7)"
        elsewhere = trial.connector(practice_zone="America/Denver").check().facts
        assert elsewhere["times in CareCloud"].startswith("0 of 1")


@pytest.mark.parametrize("shape", ["object", "list", "wrapped list", "wrapped object"])
def test_the_insurance_is_read_in_whatever_wrapper(shape: str) -> None:
    with trying(variants={"insurances": shape}) as trial:
        insured, alone = a_patient(trial.clinic), a_patient(trial.clinic, coverage=None, is_self_pay=True)
        found = trial.read_patients([str(insured.id), str(alone.id)])
        assert [one.payer_name for one in found[str(insured.id)].coverages or ()] == ["Harbor Mutual Health"]
        assert found[str(alone.id)].is_self_pay


@pytest.mark.parametrize(
    ("way", "policies", "requests"), [("needed", "left out", 2), ("needed", "shown", 1), ("always", "shown", 2)]
)
def test_the_insurance_is_asked_for_where_it_is_needed(way: str, policies: str, requests: int) -> None:
    with trying(settings={"insurance_reading": way}, variants={"chart_policies": policies}) as trial:
        patient = a_patient(trial.clinic)
        assert trial.read_patients([str(patient.id)])[str(patient.id)].coverages
        assert len(lines(trial, "^GET /v2/patients/")) == requests


def test_without_the_insurance_nothing_is_concluded() -> None:
    with trying(settings={"insurance_reading": "never"}) as trial:
        patient = a_patient(trial.clinic)
        assert trial.read_patients([str(patient.id)])[str(patient.id)].coverages is None


@pytest.mark.parametrize("body", [b"[", b"", b'{"self_pay": tr', b"<html>"])
def test_an_insurance_that_is_cut_off_is_no_lack_of_insurance(body: bytes) -> None:
    with trying() as trial:
        patient = a_patient(trial.clinic)
        trial.server.app = Instead(trial.app, "/insurances$", Response(body=body))
        with pytest.raises(AnswerUnreadable):
            trial.read_patients([str(patient.id)])


def test_a_privilege_for_insurance_that_is_missing_is_told() -> None:
    with trying() as trial:
        patient = a_patient(trial.clinic)
        trial.server.app = Instead(trial.app, "/insurances$", as_html("<h1>no</h1>", 403))
        with pytest.raises(NeedsPermission, match="insurance"):
            list(trial.connector().read_patients([str(patient.id)], urgency=Urgency.SOON))


@pytest.mark.parametrize(("chart", "status"), [("gone", PatientStatus.GONE), ("inactive", PatientStatus.INACTIVE)])
def test_a_merged_chart_is_gone_or_inactive(chart: str, status: PatientStatus) -> None:
    with trying(variants={"merged_chart": chart}) as trial:
        kept, gone = a_patient(trial.clinic), a_patient(trial.clinic)
        trial.clinic.merge_patients(kept=kept.id, gone=gone.id)
        assert trial.read_patients([str(gone.id)])[str(gone.id)].status is status


def test_charts_are_called_by_their_guids() -> None:
    with trying(variants={"patient_ids": "guid"}) as trial:
        booked = a_booking(trial.clinic)
        trial.sweep()
        guid = trial.app.patient_id(booked.patient_id)  # type: ignore[attr-defined]
        assert trial.known.appointments[trial.app.vendor_id(booked.id)].patient_id == guid
        assert trial.read_patients([guid])[guid].email


def _exchanged(trial: Trial, code: str) -> dict[str, Any]:
    return exchange_code(
        trial.config,
        trial.budget,
        trial.clock,
        client_id=CREDENTIALS["client_id"],
        client_secret=CREDENTIALS["client_secret"],
        redirect_uri=REDIRECT,
        code=code,
    )
