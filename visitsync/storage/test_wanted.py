"""What is still to be read, and what is only to be judged again."""

from datetime import UTC, datetime
from uuid import UUID

from visitsync.storage import practices, wanted
from visitsync.storage.database import Database

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


def test_who_is_still_to_be_read_stays_so_when_somebody_with_the_same_address_was_read(
    database: Database, practice_id: UUID
) -> None:
    with database.practice(practice_id) as transaction:
        connection = practices.add_connection(transaction, emr="kareo", base_url="https://kareo.example")
        wanted.want(transaction, connection, "patient", {"mother": NOW})
        wanted.patients_touched(transaction, connection, ["mother", "son"], now=NOW)
        assert wanted.among(transaction, connection, "patient", ["mother", "son"]) == {"mother"}
        assert wanted.to_be_judged(transaction, connection, at_most=10) == ["son"]
        wanted.patients_read(transaction, connection, ["mother"], now=NOW)
        assert wanted.among(transaction, connection, "patient", ["mother", "son"]) == set()
        assert wanted.to_be_judged(transaction, connection, at_most=10) == ["mother", "son"]
