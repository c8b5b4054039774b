"""Counting what coming appointments use of the EMR's lists."""

from tests.stage.clinic import Clinics
from visitsync.domain.appointment import AppointmentStatus
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import find_connection
from visitsync.sync.admin.carrying_out import carry_out
from visitsync.sync.admin.marks import mean_status
from visitsync.sync.list_use import ListUse, ListUses
from visitsync.sync.office import office_of


def use_of(clinics: Clinics, uses: ListUses) -> ListUse:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        office = office_of(transaction, clinics.vault, clinics.clock())
        return uses.of(transaction, clinics.vault, office)


def test_types_places_and_people_are_counted(clinics: Clinics) -> None:
    use = use_of(clinics, ListUses())
    assert sum(use.types.values()) > 20
    assert sum(use.locations.values()) == sum(use.practitioners.values()) > 20


def test_a_spelling_nobody_accepted_is_seen_with_what_was_meant(clinics: Clinics) -> None:
    seen = {(one.found, one.approved): count for one, count in use_of(clinics, ListUses()).near_misses.items()}
    assert seen["Telemedicne Visit", "Telemedicine Visit"] >= 2
    assert all(found != approved for found, approved in seen)


def test_a_status_is_unknown_until_somebody_says_what_it_means(clinics: Clinics) -> None:
    uses, opened = ListUses(), clinics.opened["larkspur"]
    connection_id, word = opened.connection_id, "Cancel? Call back"
    assert use_of(clinics, uses).statuses_unknown[connection_id, word] == 1
    with clinics.database.practice(opened.practice_id) as transaction:
        connection = find_connection(transaction, connection_id)
    author = Author("Ana Admin", clinics.clock())
    carry_out(
        clinics.engine,
        opened.practice_id,
        lambda transaction: mean_status(transaction, connection, author, word, AppointmentStatus.BOOKED),
    )
    assert (connection_id, word) not in use_of(clinics, uses).statuses_unknown


def test_what_did_not_change_is_not_counted_again(clinics: Clinics) -> None:
    uses = ListUses()
    assert use_of(clinics, uses) is use_of(clinics, uses)
