"""The models of people agree with the tables that the migrations made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

OURS = ("accounts.User", "accounts.Membership", "accounts.Invitation", "account.EmailAddress",
        "account.EmailConfirmation", "mfa.Authenticator", "sessions.Session")  # fmt: skip
NOT_IN_USE = {"auth.Permission", "auth.Group", "contenttypes.ContentType"}
"""Django has models for them, and nothing of ours asks."""


@pytest.mark.parametrize("name", OURS)
def test_every_column_is_there_and_may_be_empty_just_where_the_model_says_so(name: str, clinics: Clinics) -> None:
    model: Any = apps.get_model(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, is_nullable = 'YES' from information_schema.columns where table_name = %s",
            [model._meta.db_table],
        )
        in_the_table = dict(cursor.fetchall())
    assert in_the_table == {field.column: field.null for field in model._meta.local_fields}


def test_no_other_model_is_in_use() -> None:
    found = {f"{one._meta.app_label}.{one.__name__}" for one in apps.get_models()}
    assert found == set(OURS) | NOT_IN_USE
