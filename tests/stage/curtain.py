"""The whole stage outside of a test run: database, clinics, site and browser, for whoever takes pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from playwright.sync_api import Browser

from conftest import APP_ROLE, Databases
from tests.browser.chromium import started
from tests.stage.clinic import Clinics, built, clinics_in
from tests.stage.site import Served, served
from visitsync.storage.roles import app_url
from visitsync.wiring.embedded_postgres import temporary_database


@contextmanager
def raised() -> Iterator[tuple[Browser, Served, Clinics]]:
    """Everything stands until the end of the block, and then leaves nothing."""
    with temporary_database() as running, psycopg.connect(running.owner_url, autocommit=True) as server:
        databases = Databases(server, running.owner_url)
        name = databases.make()
        url = app_url(databases.url_of(name), APP_ROLE)
        with (
            built(name, url) as template,
            clinics_in(template, url) as clinics,
            served() as site,
            started() as chromium,
            chromium.driven(),
        ):
            yield chromium.browser, site, clinics
