"""Somebody of the cast who has just shown again who they are, as the forms for credentials ask."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.stage.people import PASSWORD


@pytest.fixture
def proven(as_person: Callable[[str], Client]) -> Callable[[str], Client]:
    """Like `as_person`, with the password given once more."""

    def signed_in(key: str) -> Client:
        client = as_person(key)
        answer = client.post("/account/reauthenticate/", {"password": PASSWORD})
        assert answer.status_code == 302, answer.content[:300]
        return client

    return signed_in
