"""The pretend FHIR server by itself, asked as a plain client asks."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Request, Response
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.fhir.assertions import Client
from visitsync.simulator_kit.fhir.people import People
from visitsync.simulator_kit.fhir.server import FHIR_FAULTS, FHIR_VARIANTS, FhirTenant
from visitsync.simulator_kit.fhir.sign_in import ASSERTION_TYPE
from visitsync.simulator_kit.staging import a_patient

NOON = datetime(2026, 11, 9, 17, 0, tzinfo=UTC)
BASE = "http://127.0.0.1/fhir"
KEY = ec.derive_private_key(4242, ec.SECP384R1())


class Visitor:
    """A tenant, and somebody who asks it."""

    def __init__(self, **variants: str) -> None:
        self.clock = VirtualClock.frozen_at(NOON)
        self.clinic = Clinic(clock=self.clock)
        chosen = {name: variants.get(name, values[0]) for name, values in FHIR_VARIANTS.items()}
        people = People(self.clinic, chosen)
        self.tenant = FhirTenant(
            "/fhir",
            {"Patient": people.patients(), "Coverage": people.coverages()},
            Client(id="me", keys={"k": KEY.public_key()}),
            clock=self.clock,
            faults=Faults(FHIR_FAULTS),
            variants=chosen,
        )
        self.token = ""

    def sign_in(self, scope: str = "system/Patient.read", **claims: Any) -> Response:
        """With an assertion that is right but for what `claims` say."""
        header = {"alg": "ES384", "typ": "JWT", "kid": "k"} | claims.pop("header", {})
        told: dict[str, Any] = {"iss": "me", "sub": "me", "aud": f"{BASE}/oauth2/token", "jti": str(self.clock())}
        told |= {"exp": int(self.clock().timestamp()) + 60, **claims}
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": _signed(header, told),
        }
        body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
        answer = self._ask("POST", "/fhir/oauth2/token", body=body)
        self.token = msgspec.json.decode(answer.body).get("access_token", "")
        return answer

    def get(self, path: str, query: str = "", **headers: str) -> Response:
        """A signed-in request."""
        return self._ask("GET", path, query=query, headers={"authorization": f"Bearer {self.token}", **headers})

    def _ask(self, method: str, path: str, *, query: str = "", body: bytes = b"", headers: Any = None) -> Response:
        request = Request(
            method=method, path=path, query_text=query, body=body, headers={"host": "127.0.0.1", **(headers or {})}
        )
        answer = self.tenant.answer(request)
        assert answer is not None
        return answer


def _signed(header: dict[str, Any], claims: dict[str, Any]) -> str:
    text = f"{_packed(msgspec.json.encode(header))}.{_packed(msgspec.json.encode(claims))}"
    r, s = decode_dss_signature(KEY.sign(text.encode(), ec.ECDSA(SHA384())))
    return f"{text}.{_packed(r.to_bytes(48, 'big') + s.to_bytes(48, 'big'))}"


def _packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _entries(answer: Response) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = msgspec.json.decode(answer.body).get("entry", [])
    return entries


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "you"},
        {"sub": "you"},
        {"aud": "https://elsewhere.example/token"},
        {"exp": int(NOON.timestamp()) - 1},
        {"exp": int(NOON.timestamp()) + 301},
        {"exp": "soon"},
        {"jti": ""},
        {"iat": int(NOON.timestamp()) + 60},
        {"header": {"kid": "other"}},
        {"header": {"alg": "RS384"}},
        {"header": {"alg": "none"}},
    ],
)
def test_a_wrong_assertion_gets_no_token(wrong: dict[str, Any]) -> None:
    answer = Visitor().sign_in(**wrong)
    assert answer.status == 401
    assert b"invalid_client" in answer.body


def test_an_assertion_works_once_and_a_scope_must_be_allowed() -> None:
    visitor = Visitor()
    assert visitor.sign_in().status == 200
    assert visitor.sign_in().status == 401  # the same jti
    visitor.clock.advance(timedelta(seconds=1))
    assert visitor.sign_in(scope="system/Appointment.read").status == 400


def test_a_token_ends_and_opens_only_what_it_was_given_for() -> None:
    visitor = Visitor()
    visitor.sign_in()
    assert visitor.get("/fhir/Patient").status == 200
    assert visitor.get("/fhir/Coverage").status == 403
    visitor.clock.advance(timedelta(seconds=301))
    assert visitor.get("/fhir/Patient").status == 401


def test_the_self_link_tells_what_was_honoured_and_strict_handling_refuses_the_rest() -> None:
    visitor = Visitor()
    visitor.sign_in()
    lenient = msgspec.json.decode(visitor.get("/fhir/Patient", "_id=1&shoe-size=43").body)
    assert lenient["link"][0]["url"].endswith("?_id=1")
    assert visitor.get("/fhir/Patient", "shoe-size=43", prefer="handling=strict").status == 400


def test_a_plus_sign_that_became_a_blank_is_no_time() -> None:
    visitor = Visitor()
    a_patient(visitor.clinic)
    visitor.sign_in()
    assert visitor.get("/fhir/Patient", "_lastUpdated=ge2026-11-09T00:00:00+02:00").status == 400
    assert visitor.get("/fhir/Patient", "_lastUpdated=ge2026-11-09T00:00:00%2B02:00").status == 200


def test_pages_are_of_one_moment_and_their_tokens_expire() -> None:
    visitor = Visitor(fhir_page_size="2")
    for _ in range(3):
        a_patient(visitor.clinic)
    visitor.sign_in()
    first = msgspec.json.decode(visitor.get("/fhir/Patient").body)
    query = next(link["url"] for link in first["link"] if link["relation"] == "next").partition("?")[2]
    a_patient(visitor.clinic)
    assert len(_entries(visitor.get("/fhir", query))) == 1
    visitor.clock.advance(timedelta(minutes=11))
    visitor.sign_in()
    assert visitor.get("/fhir", query).status == 410


def test_a_deleted_chart_is_told_from_one_that_never_was() -> None:
    visitor = Visitor()
    patient = a_patient(visitor.clinic)
    visitor.clinic.delete_patient(patient.id)
    visitor.sign_in()
    assert visitor.get(f"/fhir/Patient/{patient.id}").status == 410
    assert visitor.get("/fhir/Patient/1").status == 404


def test_metadata_name_what_is_served_and_nothing_else() -> None:
    told = msgspec.json.decode(Visitor().get("/fhir/metadata").body)
    assert [each["type"] for each in told["rest"][0]["resource"]] == ["Patient", "Coverage"]
