"""The web process: granian loads `application` from here in each of its workers."""

import atexit
from contextlib import ExitStack

from django.core.handlers.wsgi import WSGIHandler

from visitsync.web.parts import Parts, give
from visitsync.web.site import make_site
from visitsync.wiring.house import open_house
from visitsync.wiring.log import set_up_log
from visitsync.wiring.settings import Settings, from_environment

TARGET = f"{__name__}:make_application"


def make_application() -> WSGIHandler:
    """Opens the installation for the life of this process, and gives it to the views."""
    settings = from_environment()
    set_up_log("web", level=settings.log_level)
    open_for_good = ExitStack()
    atexit.register(open_for_good.close)
    house = open_for_good.enter_context(open_house(settings))
    give(Parts(database=house.database, vault=house.vault, clock=house.clock))
    return make_site(hosts_of(settings))


def hosts_of(settings: Settings) -> tuple[str, ...]:
    """The names that the process answers to: those set, and that of its public address."""
    public = settings.public_url.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]
    return (*settings.web_hosts, *([public] if public else []))
