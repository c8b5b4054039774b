"""What shows while an EMR is asked and stops nothing is told with every answer, until a reading shows it no more."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.days_only.conftest import Listed, Schedule
from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.pages import FetchedPage
from visitsync.storage import notices
from visitsync.sync.answers import answer


class Shared(Schedule):
    """Its key is used by somebody else as well, as long as `is_shared`."""

    is_shared = True
    fails = False

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        for page in super().read_changes(bookmark):
            yield replace(page, notices=("key-used-elsewhere",) if self.is_shared else ())
        if self.fails:
            raise TryAgainLater("an outage")


@pytest.fixture
def shared(listed: Listed) -> Listed:
    listed.schedule = listed.connector = Shared()
    return listed


def told(practice: Listed) -> tuple[str, ...]:
    with practice.database.practice(practice.practice_id) as transaction:
        return notices.current(transaction, practice.connection_id)


def test_a_notice_stops_nothing_and_is_in_every_answer_but_in_no_decision(shared: Listed) -> None:
    shared.books("a1")
    assert shared.sync(full=True).trouble is None
    assert told(shared) == ("key-used-elsewhere",)
    with shared.database.practice(shared.practice_id) as transaction:
        found = answer(transaction, shared.vault, "a1", now=shared.clock(), next_reads={})
    assert "key-used-elsewhere" in {one.code for one in found.answers[0].explanations}
    assert shared.query("select count(*) from decision where position('key-used'::bytea in findings) > 0") == [(0,)]


def test_a_complete_reading_that_no_longer_shows_it_ends_it_and_an_incomplete_one_does_not(shared: Listed) -> None:
    shared.sync()
    assert isinstance(shared.connector, Shared)
    shared.connector.is_shared, shared.connector.fails = False, True
    assert shared.sync().trouble == "emr-outage"
    assert told(shared) == ("key-used-elsewhere",)
    shared.connector.fails = False
    shared.sync()
    assert told(shared) == ()


def test_another_kind_of_reading_does_not_end_it(shared: Listed) -> None:
    shared.sync()
    assert isinstance(shared.connector, Shared)
    since = shared.query("select since from notice")
    shared.sync(full=True)
    assert shared.query("select since from notice where reading = 'changes'") == since
