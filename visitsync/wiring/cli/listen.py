"""visitsync listen: the process that EMRs push HL7 messages to."""

import ssl
from pathlib import Path

import click
import msgspec

from visitsync.wiring.listen.limits import Limits
from visitsync.wiring.listen.listener import Place
from visitsync.wiring.listen.process import listen as listen_until_stopped
from visitsync.wiring.listen.register import Identity
from visitsync.wiring.log import set_up_log
from visitsync.wiring.settings import Settings, from_environment

_DEFAULTS = Limits()


@click.command()
@click.option("--host", help="Address to listen on, :: for all. [VISITSYNC_LISTEN_HOST, 127.0.0.1]")
@click.option(
    "--port", "ports", type=click.IntRange(0, 65535), multiple=True,
    help="Port for plain MLLP; may be repeated. [VISITSYNC_LISTEN_PORTS, 2575]",
)  # fmt: skip
@click.option(
    "--tls-port", "tls_ports", type=click.IntRange(0, 65535), multiple=True,
    help="Port for MLLP over TLS 1.2 or later; may be repeated. [VISITSYNC_LISTEN_TLS_PORTS]",
)  # fmt: skip
@click.option(
    "--certificate", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Our certificate with its chain (PEM). [VISITSYNC_TLS_CERTIFICATE]",
)  # fmt: skip
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Its private key (PEM). [VISITSYNC_TLS_KEY]",
)  # fmt: skip
@click.option(
    "--require-certificates", is_flag=True, help="On TLS ports let in only who shows a registered certificate."
)
@click.option("--connections", type=click.IntRange(1, 10_000), default=_DEFAULTS.connections, show_default=True)
@click.option("--per-peer", type=click.IntRange(1, 1_000), default=_DEFAULTS.per_peer, show_default=True)
@click.option(
    "--largest", type=click.IntRange(1024), default=_DEFAULTS.largest_message, show_default=True,
    help="Bytes of the largest message that is read.",
)  # fmt: skip
def listen(
    host: str | None,
    ports: tuple[int, ...],
    tls_ports: tuple[int, ...],
    certificate: Path | None,
    key: Path | None,
    require_certificates: bool,
    connections: int,
    per_peer: int,
    largest: int,
) -> None:
    """Take HL7 messages that EMRs push over MLLP, keep them and acknowledge them, until SIGTERM or Ctrl-C.

    Nobody gets in who is not registered: `visitsync peer add`. A message is acknowledged once it is committed; a worker
    (`visitsync work`) makes visits of it. Where neither --port nor --tls-port is given, the environment decides.

    \b
    Examples:
      visitsync listen --host 10.0.0.5 --port 2575
      visitsync listen --host :: --tls-port 2576 --certificate our.pem --key our.key --require-certificates
    """
    settings = from_environment()
    set_up_log("listen", level=settings.log_level)
    places = _places(settings, host or settings.listen_host, ports, tls_ports)
    identity = _identity(settings, certificate, key, requires_certificate=require_certificates)
    if any(place.is_tls for place in places) and identity is None:
        raise click.UsageError("TLS needs --certificate and --key (or VISITSYNC_TLS_CERTIFICATE, VISITSYNC_TLS_KEY).")
    limits = msgspec.structs.replace(_DEFAULTS, connections=connections, per_peer=per_peer, largest_message=largest)
    try:
        listen_until_stopped(settings, places, identity=identity, limits=limits)
    except ssl.SSLError as error:
        raise click.ClickException(f"Our certificate and key cannot be used together: {error.reason}.") from None
    except OSError as error:
        raise click.ClickException(f"Cannot listen there: {error.strerror or error}.") from None


def _places(settings: Settings, host: str, ports: tuple[int, ...], tls_ports: tuple[int, ...]) -> tuple[Place, ...]:
    if not ports and not tls_ports:
        ports, tls_ports = settings.listen_ports, settings.listen_tls_ports
    plain = (Place(host=host, port=port) for port in ports)
    return (*plain, *(Place(host=host, port=port, is_tls=True) for port in tls_ports))


def _identity(
    settings: Settings, certificate: Path | None, key: Path | None, *, requires_certificate: bool
) -> Identity | None:
    certificate, key = certificate or settings.tls_certificate, key or settings.tls_key
    if certificate is None or key is None:
        return None
    return Identity(certificate=certificate, key=key, requires_certificate=requires_certificate)
