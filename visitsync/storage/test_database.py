"""The way to the database: one practice at a time."""

from uuid import UUID, uuid4

import pytest

from visitsync.storage.database import Database, NestedTransaction


def test_a_practice_sees_its_own_rows_and_nobody_elses(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id) as transaction:
        assert transaction.execute("select practice_id from practice").fetchall() == [(practice_id,)]
    with database.practice(uuid4()) as transaction:
        assert transaction.execute("select practice_id from practice").fetchall() == []


def test_a_transaction_inside_another_is_refused(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id), pytest.raises(NestedTransaction), database.practice(practice_id):
        pass
    with database.practice(practice_id):
        pass


def test_the_role_of_the_application_passes_its_own_check(database: Database) -> None:
    database.refuse_powerful_role()
