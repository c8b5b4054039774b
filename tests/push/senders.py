"""A sender as interface engines are: one connection, one message at a time, resends what was not acknowledged."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Self

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from visitsync.storage.database import Database
from visitsync.storage.vault import Vault
from visitsync.sync.door import Door
from visitsync.wiring.house import House
from visitsync.wiring.listen.limits import Limits
from visitsync.wiring.listen.listener import Listener, Place
from visitsync.wiring.listen.register import Identity, Register, Trust
from visitsync.wiring.settings import Settings

HOST = "127.0.0.1"


class Engine:
    """One connection to us."""

    def __init__(self, port: int, *, context: ssl.SSLContext | None = None, seconds: float = 10) -> None:
        self.socket: socket.socket = socket.create_connection((HOST, port), timeout=seconds)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname=HOST)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def send(self, body: bytes) -> bytes | None:
        """Sends one message and waits for its answer; None where the connection ends before."""
        try:
            self.say(b"\x0b" + body + b"\x1c\r")
        except OSError:
            return None
        return self.answer()

    def answer(self) -> bytes | None:
        """The next answer; None where the connection ends before."""
        while b"\x1c\r" not in self._rest:
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                raise
            except OSError:
                return None
            if not data:
                return None
            self._rest += data
        frame, _, self._rest = self._rest.partition(b"\x1c\r")
        return frame.removeprefix(b"\x0b")

    def is_ended(self, seconds: float = 10) -> bool:
        """Whether we end the connection within that time, without a word."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True


class Listening(msgspec.Struct, frozen=True):
    """A listener at work in this process."""

    port: int
    tls_port: int


@contextmanager
def listening(
    database: Database, vault: Vault, home: Path, register_of: type[Register] = Register, *,
    limits: Limits | None = None, identity: Identity | None = None, clock: object = None, receiver: object = None,
) -> Iterator[Listening]:  # fmt: skip
    """A plain port, and one with TLS where it has an identity."""
    house = House(settings=Settings(home=home), database=database, vault=vault, clock=clock)  # type: ignore[arg-type]
    register = register_of(house, receiver_of=None if receiver is None else lambda emr: receiver)  # type: ignore[return-value,arg-type]
    trust = None if identity is None else Trust(identity, register.certificates)
    places: Sequence[Place] = [Place(host=HOST, port=0)]
    if trust is not None:
        places = [*places, Place(host=HOST, port=0, is_tls=True)]
    door = Door(database=database, vault=vault, clock=house.clock)
    listener = Listener(places, door=door, register=register, trust=trust, limits=limits or Limits())
    ending = threading.Event()
    thread = threading.Thread(target=lambda: listener.run(ends=ending.is_set))
    thread.start()
    try:
        yield Listening(listener.ports[0], listener.ports[-1])
    finally:
        ending.set()
        thread.join()


class Certificate(msgspec.Struct, frozen=True):
    """A self-signed certificate and its key, as files."""

    file: Path
    key: Path

    @property
    def pem(self) -> str:
        return self.file.read_text()


def certificate(folder: Path, name: str) -> Certificate:
    """Invented, good for this machine and for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    files.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def shows(theirs: Certificate | None, *, trusts: Certificate) -> ssl.SSLContext:
    """How a sender connects: which certificate it shows, and whose it believes."""
    context = ssl.create_default_context(cafile=str(trusts.file))
    if theirs is not None:
        context.load_cert_chain(theirs.file, theirs.key)
    return context
