"""A practice is loaded once, and whatever changes shows at once all the same."""

from datetime import timedelta

from visitsync.connector_kit.pages import RecordKind
from visitsync.storage import catalog, notices, practices
from visitsync.storage.practices import ConnectionState
from visitsync.sync.conftest import NOW, Front
from visitsync.sync.office import OfficeCache, office_of


def test_a_practice_that_was_seen_takes_one_query(front: Front) -> None:
    assert front.queries_of(lambda *_: None) == 1


def test_a_setting_shows_at_once(front: Front) -> None:
    assert not practitioner(front, "2")
    with front.database.practice(front.practice_id) as transaction:
        catalog.connect(transaction, front.connection_id, RecordKind.PRACTITIONER, "2")
    assert practitioner(front, "2")


def test_trouble_notices_pauses_and_readings_show_at_once_and_are_as_if_loaded_anew(front: Front) -> None:
    with front.reading():
        pass
    with front.database.practice(front.practice_id) as transaction:
        practices.change_state(transaction, front.connection_id, ConnectionState.PAUSED, trouble="emr-outage")
        notices.noticed(transaction, front.connection_id, "changes", ["key-used-elsewhere"], now=NOW)
    with front.reading() as (transaction, vault, office):
        assert transaction.queries == 1
        assert office.desks == office_of(transaction, vault, NOW).desks
        facts = office.desks[front.connection_id].practice.connection
    assert (facts.is_paused, facts.trouble, facts.notices) == (True, "emr-outage", ("key-used-elsewhere",))


def test_a_new_connection_shows_at_once(front: Front) -> None:
    with front.reading() as (_, _, office):
        assert len(office.desks) == 1
    front.connect()
    with front.reading() as (_, _, office):
        assert len(office.desks) == 2


def test_what_ages_by_itself_is_loaded_anew_after_a_while(front: Front) -> None:
    with front.reading():
        pass
    with front.reading(NOW + timedelta(minutes=20)) as (transaction, _, office):
        assert transaction.queries > 1
        assert office.now == NOW + timedelta(minutes=20)


def test_the_practice_asked_for_longest_ago_goes_first(front: Front) -> None:
    front.cache = OfficeCache(at_most=1)
    other = practices.add_practice(front.database, slug="other-practice", name="Other", zone="UTC")
    with front.reading():
        pass
    with front.database.practice(other.practice_id) as transaction:
        assert front.cache.office(transaction, front.vault, NOW).practice.name == "Other"
    with front.reading() as (counted, _, office):
        assert counted.queries > 1
        assert office.practice.practice_id == front.practice_id


def practitioner(front: Front, identity: str) -> bool:
    with front.reading() as (_, _, office):
        return office.desks[front.connection_id].practice.practitioners[identity].is_connected
