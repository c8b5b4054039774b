"""The polite client and certificates: only a good one will do, and no setting changes that."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from socket import create_server, socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from visitsync.connector_kit.conformance.far_side import MemoryBudget
from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.http import PoliteClient, close_connections
from visitsync.connector_kit.limits import Urgency

NOW = dt.datetime(2026, 11, 9, 17, tzinfo=dt.UTC)
LONG_AGO, LONG_AHEAD = dt.datetime(2001, 1, 1, tzinfo=dt.UTC), dt.datetime(2190, 1, 1, tzinfo=dt.UTC)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"

Key = ec.EllipticCurvePrivateKey
Issuer = tuple[x509.Certificate, Key]


def a_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def a_certificate(
    issuer: Issuer | None, *, address: str = "127.0.0.1", until: dt.datetime = LONG_AHEAD, is_authority: bool = False
) -> Issuer:
    """A certificate for an address, signed by the issuer or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = a_name(f"test {address} {is_authority}")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def written(folder: Path, name: str, certificate: Issuer) -> Path:
    """Certificate and key in one file."""
    path = folder / f"{name}.pem"
    path.write_bytes(
        certificate[0].public_bytes(serialization.Encoding.PEM)
        + certificate[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """An authority that this process trusts, and no other."""
    made = a_certificate(None, address="127.0.0.2", is_authority=True)
    (tmp_path / "authority.pem").write_bytes(made[0].public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    close_connections()
    yield made
    close_connections()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., str]]:
    listeners: list[socket] = []

    def start(certificate: Issuer, *, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(written(tmp_path, "server", certificate))
        context.set_ciphers("ALL:@SECLEVEL=0")  # so that it is the client who refuses what is outdated
        context.maximum_version = newest
        listeners.append(create_server(("127.0.0.1", 0)))
        threading.Thread(target=_answer_all, args=(listeners[-1], context), daemon=True).start()
        return f"https://127.0.0.1:{listeners[-1].getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.close()


def _answer_all(listener: socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(65536)
            wrapped.sendall(ANSWER)


def ask(url: str) -> bytes:
    client = PoliteClient(url, budget=MemoryBudget(lambda: NOW), clock=lambda: NOW, allows_loopback=True)
    return client.request("GET", "/", operation="list", urgency=Urgency.ROUTINE).body


def test_a_certificate_of_a_trusted_authority_will_do(authority: Issuer, serve: Callable[..., str]) -> None:
    assert ask(serve(a_certificate(authority))) == b"[]"


def test_a_self_signed_certificate_is_refused(authority: Issuer, serve: Callable[..., str]) -> None:
    _refused(serve(a_certificate(None)))


def test_an_expired_certificate_is_refused(authority: Issuer, serve: Callable[..., str]) -> None:
    _refused(serve(a_certificate(authority, until=LONG_AGO + dt.timedelta(days=1))))


def test_a_certificate_of_another_host_is_refused(authority: Issuer, serve: Callable[..., str]) -> None:
    _refused(serve(a_certificate(authority, address="127.0.0.3")))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
@pytest.mark.parametrize("newest", ["TLSv1", "TLSv1_1"])
def test_an_outdated_protocol_is_refused(authority: Issuer, serve: Callable[..., str], newest: str) -> None:
    _refused(serve(a_certificate(authority), newest=ssl.TLSVersion[newest]))


def _refused(url: str) -> None:
    with pytest.raises(TryAgainLater) as told:
        ask(url)
    assert told.value.code == "network-trouble"
