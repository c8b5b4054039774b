"""Signing in with an assertion: both algorithms, all forms of keys, scopes, clocks, refusals."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    NeedsPermission,
    NeedsReconnect,
    RequestRefused,
)
from visitsync.connector_kit.fhir.on_trial import CREDENTIALS, KEY, PATH, trying
from visitsync.connector_kit.fhir.scopes import allows
from visitsync.connector_kit.fhir.signing import UnusableKey, public_jwk, read_private_key
from visitsync.connector_kit.limits import Urgency
from visitsync.simulator_kit.exchange import Response, as_json
from visitsync.simulator_kit.fhir.keys import a_private_key, one_line, public_half

RSA_KEY = one_line(rsa.generate_private_key(public_exponent=65537, key_size=2048))
SOON = Urgency.SOON


def _pem(form: PrivateFormat) -> str:
    return read_private_key(KEY).private_bytes(Encoding.PEM, form, NoEncryption()).decode()


@pytest.mark.parametrize("form", ["v1", "v2"])
@pytest.mark.parametrize("key", [KEY, RSA_KEY])
@pytest.mark.parametrize("discovery", ["full", "bare"])
def test_both_algorithms_and_both_forms_of_scopes_get_a_token(form: str, key: str, discovery: str) -> None:
    variants = {"fhir_scope_form": form, "fhir_discovery": discovery}
    settings = {"scope_form": form} if discovery == "bare" else {}
    with trying(variants, credentials={**CREDENTIALS, "private_key": key}, keys={"key-1": public_half(key)}) as trial:
        sign_in = trial.sign_in(settings=settings)
        assert sign_in.token(urgency=SOON)
        assert allows(sorted(sign_in.granted()), "Patient")


@pytest.mark.parametrize(
    "text",
    [
        _pem(PrivateFormat.PKCS8),
        _pem(PrivateFormat.TraditionalOpenSSL),
        _pem(PrivateFormat.PKCS8).replace("\n", " "),
        _pem(PrivateFormat.PKCS8).replace("\n", "\\n"),
        "".join(_pem(PrivateFormat.PKCS8).splitlines()[1:-1]),
    ],
)
def test_a_key_is_read_however_it_was_pasted(text: str) -> None:
    assert public_jwk(read_private_key(text), "k") == public_jwk(read_private_key(KEY), "k")


def test_keys_are_read_from_a_jwk() -> None:
    for text in (KEY, RSA_KEY):
        key = read_private_key(text)
        jwk = {**public_jwk(key, "k"), **_private_members(key)}
        assert public_jwk(read_private_key(msgspec.json.encode(jwk).decode()), "k") == public_jwk(key, "k")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wrong",
        "{}",
        '{"kty":"EC","crv":"P-384"}',
        '{"kty":"oct","k":"AAAA"}',
        one_line(ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_what_is_no_usable_key_needs_a_reconnect_and_is_not_quoted(text: str) -> None:
    with pytest.raises(UnusableKey) as told:
        read_private_key(text)
    assert len(text) < 3 or text not in str(told.value)
    with trying(credentials={**CREDENTIALS, "private_key": text}) as trial, pytest.raises(NeedsReconnect):
        trial.sign_in().token(urgency=SOON)


@pytest.mark.parametrize(
    "wrong", [{"client_id": "somebody-else"}, {"key_id": "key-2"}, {"private_key": a_private_key("another")}]
)
def test_a_wrong_client_or_key_needs_a_reconnect(wrong: dict[str, str]) -> None:
    with trying(credentials={**CREDENTIALS, **wrong}) as trial, pytest.raises(NeedsReconnect):
        trial.sign_in().token(urgency=SOON)


def test_a_key_for_another_algorithm_than_the_server_takes_is_said_so() -> None:
    with trying({"fhir_algorithms": "RS384"}) as trial, pytest.raises(NeedsReconnect, match="RS384"):
        trial.sign_in().token(urgency=SOON)


def test_a_token_is_kept_until_half_a_minute_before_its_end_and_shared() -> None:
    with trying() as trial:
        token = trial.sign_in().token(urgency=SOON)
        assert trial.sign_in().token(urgency=SOON) == token
        trial.app.clock.advance(timedelta(seconds=265))
        assert trial.sign_in().token(urgency=SOON) == token
        trial.app.clock.advance(timedelta(seconds=10))
        assert trial.sign_in().token(urgency=SOON) != token
        assert trial.credentials.renewals == 2


@pytest.mark.parametrize("drift", ["-400", "90", "600"])
def test_the_servers_own_clock_decides_when_an_assertion_ends(drift: str) -> None:
    with trying() as trial:
        trial.app.tenant.sign_in._variants = {**trial.app.variants, "fhir_clock_drift_seconds": drift}
        trial.app.tenant._variants = {**trial.app.variants, "fhir_clock_drift_seconds": drift}
        assert trial.sign_in().token(urgency=SOON)


@pytest.mark.parametrize("tells", ["yes", "no"])
def test_a_narrowed_scope_is_told_where_the_server_tells_it(tells: str) -> None:
    with trying({"fhir_narrows_scope": "Coverage", "fhir_tells_scope": tells}) as trial:
        if tells == "yes":
            with pytest.raises(NeedsPermission, match="Coverage"):
                trial.sign_in().token(urgency=SOON)
        else:
            trial.sign_in().token(urgency=SOON)


def test_asking_for_a_resource_that_is_not_offered_fails_loudly() -> None:
    with trying() as trial, pytest.raises(NeedsPermission, match="Appointment"):
        trial.sign_in(resources=("Appointment", "Patient")).token(urgency=SOON)


def test_optional_resources_are_asked_for_only_where_they_are_offered() -> None:
    with trying() as trial:
        sign_in = trial.sign_in(optional=("Appointment", "Location"))
        sign_in.token(urgency=SOON)
        assert "system/Location.read" in sign_in.granted()
        assert not allows(sorted(sign_in.granted()), "Appointment")


def test_a_token_endpoint_on_another_host_is_trusted_only_if_a_person_entered_it() -> None:
    with trying() as trial:
        elsewhere = {"token_endpoint": "https://login.example.com/token"}
        trial.app.tenant.sign_in.configuration = lambda base: elsewhere  # type: ignore[method-assign]
        with pytest.raises(ForbiddenAddress, match="token_url"):
            trial.sign_in().token(urgency=SOON)
        own = {"token_url": f"{trial.base_url}/oauth2/token"}
        assert trial.sign_in(settings=own).token(urgency=SOON)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(status=404), RequestRefused),
        (as_json({}), RequestRefused),
        (Response(body=b"<html></html>"), AnswerUnreadable),
        (Response(status=401), NeedsReconnect),
    ],
)
def test_a_server_that_does_not_say_where_tokens_are_given_is_told_apart(
    answer: Response, error: type[Exception]
) -> None:
    with trying() as trial:
        tenant = trial.app.tenant
        usual = tenant.answer
        tenant.answer = lambda request: answer if "smart" in request.path else usual(request)  # type: ignore[method-assign]
        with pytest.raises(error):
            trial.sign_in().token(urgency=SOON)


def test_an_assertion_that_was_used_before_is_refused_by_the_pretend_server() -> None:
    with trying() as trial:
        judge = trial.app.tenant.sign_in.assertions
        trial.sign_in().token(urgency=SOON)
        (jti,) = judge._used
        claims = {"iss": "pretend-client", "sub": "pretend-client", "aud": "a", "jti": jti}
        now = trial.app.clock()
        assert judge._trouble_of_claims({**claims, "exp": int(now.timestamp()) + 60}, "a", now) == "jti"
        assert PATH in trial.base_url


@pytest.mark.parametrize(
    ("scope", "is_enough"),
    [
        ("system/Patient.read", True),
        ("system/Patient.rs", True),
        ("system/Patient.cruds", True),
        ("system/*.read", True),
        ("system/*.*", True),
        ("user/Patient.read", True),
        ("system/Patient.rs?_id=1", True),
        ("system/Patient.r", False),
        ("system/Patient.write", False),
        ("system/PatientX.read", False),
        ("patient/Patient.read", False),
        ("openid", False),
        ("", False),
    ],
)
def test_scopes_are_understood(scope: str, *, is_enough: bool) -> None:
    assert allows([scope], "Patient") is is_enough


def _private_members(key: object) -> dict[str, str]:
    def packed(number: int) -> str:
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return urlsafe_b64encode(raw).rstrip(b"=").decode()

    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {"d": packed(key.private_numbers().private_value)}
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.private_numbers()
    return {"d": packed(numbers.d), "p": packed(numbers.p), "q": packed(numbers.q)}
