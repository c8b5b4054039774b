"""The web process: granian loads `make_application` from here in each of its workers."""

import atexit
import gc
from contextlib import ExitStack

from django.core.handlers.wsgi import WSGIHandler

from visitsync.web.parts import give
from visitsync.web.site import make_site
from visitsync.wiring.house import open_house
from visitsync.wiring.log import set_up_log
from visitsync.wiring.settings import from_environment
from visitsync.wiring.site_of_house import parts_of, site_of

TARGET = f"{__name__}:make_application"


def make_application() -> WSGIHandler:
    """Opens the installation for the life of this process, and gives it to the views."""
    settings = from_environment()
    set_up_log("web", level=settings.log_level)
    open_for_good = ExitStack()
    atexit.register(open_for_good.close)
    house = open_for_good.enter_context(open_house(settings))
    give(parts_of(house))
    application = make_site(site_of(house))
    _collect_seldom()
    return application


def _collect_seldom() -> None:
    """What is kept for good is never looked through again, and the rest less often.

    Requests leave few cycles behind. A whole collection of a process that keeps thousands of practices at hand takes
    long enough for somebody to notice.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
