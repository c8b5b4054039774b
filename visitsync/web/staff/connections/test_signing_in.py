"""Signing a connection in again: with credentials, and on the EMR's own page over the real wire."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from visitsync.sync.pipeline import sync

AsPerson = Callable[[str], Client]
REDIRECT = "http://localhost/connected/drchrono"


@pytest.fixture
def clinics(clinics: Clinics) -> Iterator[Clinics]:
    """The pretend EMRs are shared by all tests of a process: they get back the sign-in that they had."""
    stage = clinics.sets["larkspur"]
    grant = stage.app.consent.grant  # type: ignore[attr-defined]
    yield clinics
    stage.app.faults.clear()
    stage.app.consent.grant = grant  # type: ignore[attr-defined]


def test_whoever_was_away_is_asked_again_who_they_are(clinics: Clinics, as_person: AsPerson) -> None:
    address = _address(clinics, "larkspur")
    for answer in (as_person("admin").get(address), as_person("admin").post(address, {"credential-client_id": "x"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/reauthenticate/")


def test_no_secret_is_ever_shown(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    for slug, person in (("larkspur", client), ("juniper", proven("operator"))):
        page = person.get(_address(clinics, slug)).content.decode()
        for name, value in _credentials(clinics, slug).items():
            if name not in ("client_id", "redirect_uri", "user", "expires_at"):
                assert value not in page, name
        assert "Kept already" in page


def test_wrong_credentials_change_nothing(clinics: Clinics, proven: AsPerson) -> None:
    before = _credentials(clinics, "juniper")
    given = {f"credential-{name}": value for name, value in before.items()} | {"credential-password": "wrong"}
    answer = proven("operator").post(_address(clinics, "juniper"), given)
    assert answer.status_code == 422
    assert "did not accept these credentials" in answer.content.decode()
    assert "Nothing was changed" in answer.content.decode()
    assert _credentials(clinics, "juniper") == before


def test_what_is_required_is_asked_for(clinics: Clinics, proven: AsPerson) -> None:
    answer = proven("operator").post(_address(clinics, "juniper"), {"credential-user": ""})
    assert answer.status_code == 422
    assert "API user is needed." in answer.content.decode()


def test_a_secret_left_empty_stays(clinics: Clinics, proven: AsPerson) -> None:
    before = _credentials(clinics, "juniper")
    answer = proven("operator").post(_address(clinics, "juniper"), {"credential-user": before["user"]}, follow=True)
    assert "lets us in again" in answer.content.decode()
    assert _credentials(clinics, "juniper") == before


def test_an_admin_signs_in_on_the_emrs_page_and_the_connection_works(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    before = _credentials(clinics, "larkspur")
    back = _allow(_begun(client, clinics))
    answer = client.get(back, follow=True)
    assert "DrChrono lets us in again" in answer.content.decode()
    after = _credentials(clinics, "larkspur")
    assert after["refresh_token"] != before["refresh_token"]
    assert after["webhook_secret"] == before["webhook_secret"]
    opened = clinics.opened["larkspur"]
    assert sync(clinics.engine.link(opened.practice_id, opened.connection_id)).trouble is None


def test_a_way_back_is_good_once(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    back = _allow(_begun(client, clinics))
    client.get(back)
    assert "does not belong to a sign-in" in client.get(back, follow=True).content.decode()


def test_a_way_back_is_worth_nothing_in_another_session(clinics: Clinics, proven: AsPerson) -> None:
    back = _allow(_begun(proven("admin"), clinics))
    before = _credentials(clinics, "larkspur")
    assert "does not belong to a sign-in" in proven("operator").get(back, follow=True).content.decode()
    assert _credentials(clinics, "larkspur") == before


def test_a_way_back_with_another_state_is_refused_and_used_up(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    before = _credentials(clinics, "larkspur")
    back = _allow(_begun(client, clinics))
    forged = re.sub(r"state=[^&]+", "state=forged", back)
    assert "does not belong to a sign-in" in client.get(forged, follow=True).content.decode()
    assert "does not belong to a sign-in" in client.get(back, follow=True).content.decode()
    assert _credentials(clinics, "larkspur") == before


def test_who_does_not_allow_the_access_is_told_so(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    leaving = _begun(client, clinics)
    clinics.sets["larkspur"].app.faults.switch_on("consent_denied")
    answer = client.get(_allow(leaving), follow=True)
    assert "was not allowed" in answer.content.decode()


def test_what_waits_in_the_session_is_sealed(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    _begun(client, clinics)
    assert _credentials(clinics, "larkspur")["client_secret"] not in str(dict(client.session))


def _begun(client: Client, clinics: Clinics) -> str:
    """Where the link on the last page of ours leads."""
    client_id = _credentials(clinics, "larkspur")["client_id"]
    given = {"credential-client_id": client_id, "credential-redirect_uri": REDIRECT}
    page = client.post(_address(clinics, "larkspur"), given, follow=True).content.decode()
    found = re.search(r'href="([^"]+/o/authorize/[^"]+)"', page)
    assert found is not None, page
    return found[1].replace("&amp;", "&")


def _allow(address: str) -> str:
    """Presses "allow" on the EMR's page; where the browser is sent back to, without the host."""
    try:
        urllib.request.build_opener(_NoWayOn).open(address)
    except HTTPError as moved:
        back = urlsplit(moved.headers["Location"])
        assert parse_qs(back.query)["state"]
        return f"{back.path}?{back.query}"
    raise AssertionError("The EMR did not send the browser back.")


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _address(clinics: Clinics, slug: str) -> str:
    return f"/p/{slug}/connections/{clinics.opened[slug].connection_id}/sign-in"


def _credentials(clinics: Clinics, slug: str) -> dict[str, str]:
    opened = clinics.opened[slug]
    return dict(clinics.engine.credentials(opened.practice_id, opened.connection_id).read())
