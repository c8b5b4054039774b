"""The clinics as an attacker finds them, and the tables behind them as only a superuser sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.stage.clinic import HOSTS
from visitsync.storage.roles import SEARCH_PATH
from visitsync.web.site import Site, set_up

if TYPE_CHECKING:
    from django.test import Client

    from tests.stage.clinic import Clinics


@pytest.fixture
def server(clinics: Clinics, postgres_url: str) -> Iterator[psycopg.Connection]:
    """The database of this test as a superuser, whom no wall between practices stops."""
    with clinics.database.shared() as connection:
        name = connection.info.dbname
    options = f"-c search_path={SEARCH_PATH.replace(' ', '')}"
    with psycopg.connect(make_conninfo(postgres_url, dbname=name, options=options), autocommit=True) as server:
        yield server


@pytest.fixture
def stranger(clinics: Clinics) -> Client:
    """A browser in which nobody has signed in."""
    from django.test import Client

    return Client(raise_request_exception=False, headers={"accept": "text/html"})


# So that the tests may import models; every test leads them to its own database.
set_up(Site(hosts=HOSTS, database_url="dbname=none", secret_key="secret key of the tests", is_secure=False))
