"""Where our requests and tokens may go: never to this machine, its neighbours or a cloud's inner services."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from socket import IPPROTO_TCP, gaierror, getaddrinfo
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from visitsync.connector_kit.errors import ForbiddenAddress, TryAgainLater

Address = IPv4Address | IPv6Address
Origin = tuple[str, str, int]
"""Scheme, host (lower case) and port."""

NETWORK_TROUBLE = "network-trouble"
DEFAULT_PORT = {"https": 443, "http": 80}
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?", re.ASCII)
_PRINTABLE = re.compile(r"[!-\[\]-~]*", re.ASCII)  # no spaces, control characters, backslashes or letters beyond ASCII

# Not covered by is_global, or only by some versions of Python.
_NEVER = (
    ip_network("100.64.0.0/10"),  # carrier-grade NAT, and one cloud's metadata service
    ip_network("168.63.129.16/32"),  # another cloud's inner service, on a public address
    ip_network("192.0.0.0/24"),
    ip_network("198.18.0.0/15"),
    ip_network("fec0::/10"),
)
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = IPv6Network("::/96")


def check_base_url(url: str, *, allows_loopback: bool, lookup_seconds: float = 10.0) -> Origin:
    """Whether a practice's base URL may be saved: well formed, and every address of its host is out in the world.

    Raises ForbiddenAddress; TryAgainLater where the name cannot be looked up now.
    """
    origin = read_origin(url, allows_loopback=allows_loopback)
    checked_addresses(origin[1], origin[2], allows_loopback=allows_loopback, timeout_seconds=lookup_seconds)
    return origin


def read_origin(url: str, *, allows_loopback: bool) -> Origin:
    """Scheme, host and port of a URL that passes by its looks alone. Raises ForbiddenAddress."""
    parts = _split(url)
    host = _checked_host(parts)
    port = _port(parts)
    if _is_this_machine(host) and not allows_loopback:
        raise ForbiddenAddress("The address must not be this machine.")
    if parts.scheme != "https" and not (parts.scheme == "http" and allows_loopback and _is_this_machine(host)):
        raise ForbiddenAddress("The address must begin with https://.")
    return parts.scheme, host, port


def checked_addresses(host: str, port: int, *, allows_loopback: bool, timeout_seconds: float) -> Sequence[str]:
    """All addresses of a host, each allowed. Raises ForbiddenAddress if any is not, TryAgainLater if it has none."""
    found = _look_up(host, port, timeout_seconds)
    for text in found:
        if not is_allowed(text, allows_loopback=allows_loopback):
            raise ForbiddenAddress(f"The host {host} leads to an address that requests must not go to.")
    return found


def is_allowed(text: str, *, allows_loopback: bool) -> bool:
    """Whether requests may go to this address; what an address carries inside (IPv4 in IPv6) counts as well."""
    address = ip_address(text.partition("%")[0])
    if allows_loopback and address.is_loopback:
        return True
    return all(_is_out_in_the_world(each) for each in (address, *_carried(address)))


def _split(url: str) -> SplitResult:
    if not _PRINTABLE.fullmatch(url):
        raise ForbiddenAddress("The address contains characters that no address has.")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ForbiddenAddress("This is not an address.") from error


def _checked_host(parts: SplitResult) -> str:
    if "@" in parts.netloc:
        raise ForbiddenAddress("The address must not contain a user name or password.")
    host = (parts.hostname or "").removesuffix(".")
    if _HOST_NAME.fullmatch(host) or host == "localhost" or _is_plain_ip(host):
        return host
    raise ForbiddenAddress("The address needs a full host name, such as app.example.com.")


def _is_plain_ip(host: str) -> bool:
    """Four decimal numbers, or IPv6 without a zone; 0x7f.1, 017700000001 and 2130706433 are refused for their looks."""
    try:
        return ":" in str(ip_address(host)) or str(ip_address(host)) == host
    except ValueError:
        return False


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or DEFAULT_PORT.get(parts.scheme, 0)
    except ValueError as error:
        raise ForbiddenAddress("The port of the address is no number between 1 and 65535.") from error


def _is_this_machine(host: str) -> bool:
    """By its looks; what a name really leads to is seen when it is looked up."""
    try:
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def _look_up(host: str, port: int, timeout_seconds: float) -> Sequence[str]:
    """The resolver knows no deadline of its own, so it works in a thread that may be left behind."""
    if _is_plain_ip(host):
        return [host]
    answers: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()
    Thread(target=_resolve_into, args=(answers, host, port), daemon=True).start()
    try:
        found = answers.get(timeout=max(timeout_seconds, 0.001))
    except Empty as error:
        raise TryAgainLater(f"Looking up {host} took too long.", code=NETWORK_TROUBLE) from error
    if isinstance(found, Exception):
        raise TryAgainLater(f"The name {host} cannot be looked up.", code=NETWORK_TROUBLE) from found
    return found


def _resolve_into(answers: SimpleQueue[list[str] | OSError | UnicodeError], host: str, port: int) -> None:
    try:
        answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in getaddrinfo(host, port, proto=IPPROTO_TCP))))
    except (gaierror, OSError, UnicodeError) as error:
        answers.put(error)


def _is_out_in_the_world(address: Address) -> bool:
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local)
        and not any(address in network for network in _NEVER if network.version == address.version)
    )


def _carried(address: Address) -> Iterable[Address]:
    """The IPv4 addresses that an IPv6 address may be a disguise of."""
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _IPV4_COMPATIBLE or any(address in network for network in _NAT64):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
