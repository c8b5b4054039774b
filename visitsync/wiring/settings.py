"""Every setting of an installation, read once from the environment; docs/how-to/run-it.md lists them all."""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

ROOT_HOME = Path("/var/lib/visitsync")


class SettingUnusable(ValueError):
    """A setting has a value that makes no sense; the message names it and says what it may be."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where this installation keeps its state, and how its processes behave. The addresses and the key are secrets."""

    home: Path
    """Folder of the embedded database, the keyring and generated passwords."""
    database_url: str | None = None
    """An external PostgreSQL as the application's role; None: the embedded one."""
    owner_url: str | None = None
    """The same database as its owner; only `visitsync migrate` needs it."""
    key: str | None = None
    key_file: Path | None = None
    allows_loopback: bool = False
    """Whether an EMR's address may be on this machine: only for simulators."""
    clock_ahead: timedelta = timedelta()
    """Only for demonstrations: how far our clock runs ahead of the real one."""
    poll_every: timedelta | None = None
    """Only for demonstrations: how often changes are asked for, instead of the EMR's own rhythm."""
    keeps_data_on_power_cut: bool = True
    """False: the embedded database is faster, and a power cut (not a kill) may ruin it."""
    author: str = "command line"
    """Who changes settings, as their history shows it."""
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    web_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    """Host names under which the web process answers."""
    public_url: str = ""
    """Where the outside world reaches the web process: people, and the EMRs that push."""
    smtp_url: str = ""
    """The server that takes our mail, with its password; "" sends none."""
    mail_from: str = ""
    """The address that our mail comes from."""
    support_address: str = ""
    """Who gets requests for help by mail; "" keeps them in the app."""
    listen_host: str = "127.0.0.1"
    listen_ports: tuple[int, ...] = (2575,)
    """Plain MLLP, for networks that nobody else can listen in on."""
    listen_tls_ports: tuple[int, ...] = ()
    listen_address: str = ""
    """Under which name or address senders reach `listen`, for what we tell admins to enter in their EMRs."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    log_level: str = "info"

    def __repr__(self) -> str:
        return f"Settings({self.home})"


class Variable(msgspec.Struct, frozen=True):
    """One environment variable: the field it sets, how its text is read, and what it is for."""

    field: str
    read: Callable[[str], Any]
    help: str


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=float(text))


def _yes(text: str) -> bool:
    return {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}[text.strip().lower()]


def _log_level(text: str) -> str:
    return {level: level for level in ("debug", "info", "warning", "error")}[text.strip().lower()]


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(host.strip() for host in text.split(",") if host.strip())


def _ports(text: str) -> tuple[int, ...]:
    ports = tuple(int(port) for port in text.split(",") if port.strip() and port.strip().lower() != "none")
    if not all(0 < port < 65536 for port in ports):
        raise ValueError(text)
    return ports


VARIABLES: Mapping[str, Variable] = {
    "VISITSYNC_HOME": Variable("home", Path, "Folder for the embedded database, the keyring and generated passwords."),
    "DATABASE_URL": Variable("database_url", str, "An external PostgreSQL (15 or later) as the application's role."),
    "VISITSYNC_OWNER_URL": Variable("owner_url", str, "The same database as its owner; only `migrate` needs it."),
    "VISITSYNC_KEY": Variable("key", str, "The keyring itself: `index KEY; data 1 KEY`, keys of 32 bytes in base64."),
    "VISITSYNC_KEY_FILE": Variable("key_file", Path, "A file that holds the keyring, readable by its owner alone."),
    "VISITSYNC_ALLOW_LOOPBACK": Variable(
        "allows_loopback", _yes, "1: an EMR's address may be on this machine. Only for simulators."
    ),
    "VISITSYNC_CLOCK_AHEAD": Variable(
        "clock_ahead", _seconds, "Seconds that our clock runs ahead of the real one. Only for demonstrations."
    ),
    "VISITSYNC_POLL_SECONDS": Variable(
        "poll_every", _seconds, "Ask for changes this often instead of in the EMR's rhythm. Only for demonstrations."
    ),
    "VISITSYNC_KEEP_ON_POWER_CUT": Variable(
        "keeps_data_on_power_cut", _yes, "0: the embedded database is faster and may not survive a power cut."
    ),
    "VISITSYNC_AUTHOR": Variable("author", str, "Who changes settings, as their history shows it."),
    "VISITSYNC_WEB_HOST": Variable("web_host", str, "The address that `serve` listens on."),
    "VISITSYNC_WEB_PORT": Variable("web_port", int, "The port that `serve` listens on."),
    "VISITSYNC_WEB_HOSTS": Variable("web_hosts", _hosts, "Host names that `serve` answers to, with commas between."),
    "VISITSYNC_PUBLIC_URL": Variable(
        "public_url", str, "Where the outside world reaches `serve`: https://… of the proxy that speaks TLS."
    ),
    "VISITSYNC_SMTP_URL": Variable(
        "smtp_url",
        str,
        "The server that takes our mail: smtp+starttls:// or smtps://USER:PASSWORD@HOST. Without it none goes.",
    ),
    "VISITSYNC_MAIL_FROM": Variable("mail_from", str, "The address that our mail comes from."),
    "VISITSYNC_SUPPORT_ADDRESS": Variable("support_address", str, "Who gets requests for help by mail."),
    "VISITSYNC_LISTEN_HOST": Variable("listen_host", str, "The address that `listen` listens on; :: is all of them."),
    "VISITSYNC_LISTEN_PORTS": Variable("listen_ports", _ports, "Ports for plain MLLP, with commas between; or none."),
    "VISITSYNC_LISTEN_TLS_PORTS": Variable("listen_tls_ports", _ports, "Ports for MLLP over TLS, with commas between."),
    "VISITSYNC_LISTEN_ADDRESS": Variable(
        "listen_address", str, "Under which name senders reach `listen`, for what we tell admins to enter."
    ),
    "VISITSYNC_TLS_CERTIFICATE": Variable("tls_certificate", Path, "The certificate (PEM, with chain) of `listen`."),
    "VISITSYNC_TLS_KEY": Variable("tls_key", Path, "Its private key (PEM)."),
    "VISITSYNC_LOG_LEVEL": Variable("log_level", _log_level, "debug, info, warning or error."),
}


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; an empty variable counts as unset. Raises SettingUnusable."""
    given = {
        variable.field: _read(name, variable, environment[name])
        for name, variable in VARIABLES.items()
        if environment.get(name)
    }
    return Settings(**{"home": default_home(environment)} | given)


def default_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Where state belongs on this system for this user: root's under /var/lib, everybody else's in their state home."""
    if os.geteuid() == 0:
        return ROOT_HOME
    state_home = environment.get("XDG_STATE_HOME", "")
    # The XDG base directory specification: a relative path counts as unset.
    folder = Path(state_home) if state_home.startswith("/") else Path.home() / ".local" / "state"
    return folder / "visitsync"


def _read(name: str, variable: Variable, text: str) -> Any:
    try:
        return variable.read(text)
    except (ValueError, KeyError, OverflowError):
        # The value may be a secret in the wrong variable: it is not repeated.
        raise SettingUnusable(f"{name} makes no sense. {variable.help}") from None
