"""Under which names, with which secrets and by which mail server an installation's pages are served."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from types import ModuleType
from urllib.parse import unquote, urlsplit

from visitsync.web.parts import Listening, Parts, give
from visitsync.web.site import Mail, Site, set_up
from visitsync.wiring.house import House, SetUpMissing
from visitsync.wiring.settings import Settings

MAIL_PORTS = {"smtp": 587, "smtp+starttls": 587, "smtps": 465}
"""How VISITSYNC_SMTP_URL may begin, and the port then."""


def site_of(house: House) -> Site:
    """The site of this installation. Raises SetUpMissing."""
    settings = house.settings
    return Site(
        hosts=hosts_of(settings),
        database_url=house.database.url,
        secret_key=base64.b64encode(house.vault.derive("django secret key")).decode(),
        is_secure=is_secure(settings),
        mail=mail_of(settings),
        static_folder=settings.home / "static",
    )


def parts_of(house: House) -> Parts:
    """What the views are given."""
    return Parts(
        engine=house.engine,
        public_url=public_url(house.settings),
        listening=Listening(
            host=house.settings.listen_address,
            ports=house.settings.listen_ports,
            tls_ports=house.settings.listen_tls_ports,
        ),
        support_address=house.settings.support_address,
    )


@contextmanager
def accounts_of(house: House) -> Iterator[ModuleType]:
    """`web.accounts.people` of this installation, for processes that serve no pages. Raises SetUpMissing."""
    give(parts_of(house))
    set_up(site_of(house))
    from django.db import connections  # like all models, it comes after the set-up

    from visitsync.web.accounts import people

    try:
        yield people
    finally:
        connections["default"].close()


def hosts_of(settings: Settings) -> tuple[str, ...]:
    """The names that the process answers to: those set, and that of its public address."""
    public = urlsplit(settings.public_url).hostname
    return (*settings.web_hosts, *([public] if public else []))


def public_url(settings: Settings) -> str:
    """Where people reach the pages: as set, else this machine's own address; without a slash at the end."""
    return settings.public_url.rstrip("/") or f"http://{_in_url(settings.web_host)}:{settings.web_port}"


def is_secure(settings: Settings) -> bool:
    """Whether cookies go over TLS only: always, unless nobody but this machine can ask."""
    names = (settings.web_host, *hosts_of(settings))
    return settings.public_url.startswith("https:") or not all(map(_is_loopback, names))


def mail_of(settings: Settings) -> Mail | None:
    """The server that takes our mail, from smtp+starttls://, smtps://, smtp:// or none. Raises SetUpMissing."""
    if not settings.smtp_url:
        return None
    url = urlsplit(settings.smtp_url)
    if url.scheme not in MAIL_PORTS or not url.hostname or not settings.mail_from:
        raise SetUpMissing(
            "Mail needs VISITSYNC_SMTP_URL as smtp+starttls://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465 "
            "(or smtp:// without TLS, on this machine only) and VISITSYNC_MAIL_FROM, the address that it comes from."
        )
    if url.scheme == "smtp" and not _is_loopback(url.hostname):
        raise SetUpMissing("Mail would leave this machine without TLS: use smtp+starttls:// in VISITSYNC_SMTP_URL.")
    return Mail(
        host=url.hostname,
        port=url.port or MAIL_PORTS[url.scheme],
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        is_tls=url.scheme == "smtp+starttls",
        is_tls_from_the_start=url.scheme == "smtps",
        sender=settings.mail_from,
    )


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
