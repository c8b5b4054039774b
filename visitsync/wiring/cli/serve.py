"""visitsync serve: the HTTP process."""

import os

import click
import structlog
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from visitsync.wiring.house import House, SetUpMissing, open_house
from visitsync.wiring.keeper import kept_alive
from visitsync.wiring.log import set_up_log
from visitsync.wiring.settings import from_environment
from visitsync.wiring.site_of_house import accounts_of, public_url, site_of
from visitsync.wiring.web_process import TARGET


@click.command()
@click.option("--host", help="Address to listen on. [VISITSYNC_WEB_HOST, 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on. [VISITSYNC_WEB_PORT, 8000]")
@click.option("--processes", type=click.IntRange(1, 32), default=1, show_default=True)
def serve(host: str | None, port: int | None, processes: int) -> None:
    """Serve the web app, the EMRs' webhooks (/hooks/…), /health and /ready until SIGTERM or Ctrl-C.

    Others than this machine reach it through a proxy that speaks TLS: set VISITSYNC_PUBLIC_URL to its address.
    The first admin gets in with the link that `visitsync staff invite` prints.

    \b
    Example:
      visitsync serve --port 8000
    """
    # The workers are processes of their own, and read their settings from the environment, as this one does.
    os.environ |= {name: str(value) for name, value in
                   (("VISITSYNC_WEB_HOST", host), ("VISITSYNC_WEB_PORT", port)) if value is not None}  # fmt: skip
    settings = from_environment()
    set_up_log("web", level=settings.log_level)
    with open_house(settings) as house, kept_alive(house):  # says what is wrong before any worker starts
        refuse_demo_accounts(house)
        structlog.get_logger().info("serving", url=public_url(settings))
        Server(
            TARGET,
            factory=True,
            address=settings.web_host,
            port=settings.web_port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=min(8, 2 * (os.cpu_count() or 1)),
            respawn_failed_workers=True,
            log_enabled=True,
            log_level=LogLevels.warning,
            log_access=False,
        ).serve()


def refuse_demo_accounts(house: House) -> None:
    """Raises SetUpMissing where somebody could sign in whose password everybody knows, and others than us can ask.

    Also says so where the pages' own settings make no sense.
    """
    site = site_of(house)
    with accounts_of(house) as people:
        if site.is_secure and people.has_demo_accounts():
            raise SetUpMissing(
                "This installation holds accounts of a demonstration, whose passwords and codes were printed. They may "
                "only be served to this machine itself. Use another VISITSYNC_HOME or database for real work."
            )
