"""Mail goes over TLS to a server that proves who it is, or not at all; and addresses beyond ASCII where it may."""

import ssl
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.stage.mail_server import MailServer
from visitsync.sync.telling.posting import LetterRefused, MailServerAway
from visitsync.web.site import Mail
from visitsync.wiring.house import SetUpMissing
from visitsync.wiring.mail import SmtpPost
from visitsync.wiring.settings import Settings
from visitsync.wiring.site_of_house import mail_of

NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of localhost, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_BEFORE + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def a_letter(to: str = "ana") -> EmailMessage:
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = "notices@visits.example"
    message["To"] = Address(username=to, domain="lakeside.example")
    message["Subject"] = "Tomorrow: 14 visits"
    message.set_content("One line.\n.\n.hidden\n")
    return message


def post(server: MailServer, *, is_starttls: bool = False, is_tls: bool = False) -> SmtpPost:
    mail = Mail(
        host="localhost",
        port=server.port,
        is_tls=is_starttls,
        is_tls_from_the_start=is_tls,
        sender="notices@visits.example",
    )
    return SmtpPost(mail, timeout_seconds=5)


@pytest.mark.parametrize("is_starttls", [True, False])
def test_mail_goes_over_tls_to_a_server_that_is_trusted(
    certificate: Path, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, is_starttls: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with _with_tls(context, is_starttls=is_starttls) as server:
        post(server, is_starttls=is_starttls, is_tls=not is_starttls).deliver(a_letter())
        assert len(server.mails) == 1


@pytest.mark.parametrize("is_starttls", [True, False])
def test_a_server_that_nobody_vouches_for_gets_nothing(context: ssl.SSLContext, is_starttls: bool) -> None:
    with _with_tls(context, is_starttls=is_starttls) as server:
        with pytest.raises(MailServerAway):
            post(server, is_starttls=is_starttls, is_tls=not is_starttls).deliver(a_letter())
        assert server.mails == []


def test_a_server_without_starttls_gets_nothing_where_tls_was_asked_for() -> None:
    with MailServer() as server:
        with pytest.raises(MailServerAway):
            post(server, is_starttls=True).deliver(a_letter())
        assert server.mails == []


def test_lines_that_begin_with_dots_arrive_as_they_were() -> None:
    with MailServer() as server:
        post(server).deliver(a_letter())
        assert b"\r\n\r\nOne line.\r\n.\r\n.hidden\r\n" in server.bodies[0]


def test_an_international_address_is_reached_where_the_server_can_and_refused_where_not() -> None:
    with MailServer() as server:
        post(server).deliver(a_letter("jörg"))
        assert server.recipients == [["jörg@lakeside.example"]]
    with MailServer(utf8=False) as server, pytest.raises(LetterRefused):
        post(server).deliver(a_letter("jörg"))


@pytest.mark.parametrize(
    ("url", "port", "is_starttls", "is_tls"),
    [
        ("smtp+starttls://me:pass%40word@mail.example", 587, True, False),
        ("smtps://me:pass%40word@mail.example", 465, False, True),
        ("smtp://me:pass%40word@127.0.0.1:2525", 2525, False, False),
    ],
)
def test_the_mail_server_is_read_from_its_url(url: str, port: int, is_starttls: bool, is_tls: bool) -> None:
    mail = mail_of(_settings(url))
    assert mail is not None
    assert (mail.port, mail.is_tls, mail.is_tls_from_the_start) == (port, is_starttls, is_tls)
    assert (mail.user, mail.password) == ("me", "pass@word")
    assert "pass" not in repr(mail)


@pytest.mark.parametrize("url", ["smtp://mail.example", "http://mail.example", "mail.example:25", "smtps://"])
def test_mail_that_would_leave_without_tls_or_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(SetUpMissing):
        mail_of(_settings(url))


def _with_tls(context: ssl.SSLContext, *, is_starttls: bool) -> MailServer:
    return MailServer(starttls=context) if is_starttls else MailServer(tls=context)


def _settings(url: str) -> Settings:
    return msgspec.structs.replace(Settings(home=Path()), smtp_url=url, mail_from="notices@visits.example")
