"""The stage as fixtures: `clinics` for every test that looks at pages, `site` for those with a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from visitsync.storage.roles import app_url

if TYPE_CHECKING:
    from django.test import Client

    from tests.stage.clinic import Clinics, Template
    from tests.stage.site import Served


@pytest.fixture(scope="session")
def clinics_template(databases: Any, app_role: Any) -> Iterator[Template]:
    """Built once per test process, a few seconds."""
    from tests.stage.clinic import built

    name = databases.make()
    with built(name, app_url(databases.url_of(name), app_role)) as template:
        yield template


@pytest.fixture
def clinics(databases: Any, app_role: Any, clinics_template: Template) -> Iterator[Clinics]:
    """Larkspur and Juniper after their first reading, in a database of this test's own, behind this process's pages."""
    from tests.stage.clinic import clinics_in

    name = databases.make(template=clinics_template.name)
    with clinics_in(clinics_template, app_url(databases.url_of(name), app_role)) as clinics:
        yield clinics
    databases.drop(name)


@pytest.fixture
def as_person(clinics: Clinics) -> Callable[[str], Client]:
    """A client of Django's that is signed in as somebody of the cast, by key (see people)."""
    from django.test import Client

    from visitsync.web.accounts.models import User

    def signed_in(key: str) -> Client:
        client = Client(raise_request_exception=False, headers={"accept": "text/html"})
        client.force_login(User.objects.get(id=clinics.people[key].user_id))
        return client

    return signed_in


@pytest.fixture
def site(clinics: Clinics) -> Iterator[Served]:
    """The pages of `clinics` over HTTP."""
    from tests.stage.site import served

    with served() as serving:
        yield serving
