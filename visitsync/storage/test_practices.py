"""Practices, their connections and staff."""

import threading
from datetime import date
from uuid import UUID, uuid4

import pytest

from visitsync.storage.database import Database
from visitsync.storage.practices import (
    ConnectionState,
    LostTheConnection,
    NoSuchConnection,
    NoSuchPractice,
    SlugTaken,
    UnknownZone,
    add_connection,
    add_practice,
    change_connection,
    change_practice,
    change_state,
    claim_connection,
    connections,
    find_connection,
    find_practice,
    find_tenant,
    hold,
    tenants,
)
from visitsync.storage.staff import (
    NoSuchStaff,
    StaffExists,
    add_staff,
    set_active,
    staff_by_email_index,
    staff_members,
)
from visitsync.storage.vault import Vault


def test_a_practice_is_found_by_slug_and_by_id(database: Database) -> None:
    practice = add_practice(database, slug="harbor", name="Harbor Pediatrics", zone="America/New_York")
    assert find_tenant(database, "harbor") == find_tenant(database, str(practice.practice_id).upper())
    assert [tenant.slug for tenant in tenants(database)] == ["harbor"]
    with database.practice(practice.practice_id) as transaction:
        assert find_practice(transaction) == practice


def test_what_is_not_there_is_said_so(database: Database, practice_id: UUID) -> None:
    with pytest.raises(NoSuchPractice):
        find_tenant(database, "nowhere")
    with database.practice(uuid4()) as transaction, pytest.raises(NoSuchPractice):
        find_practice(transaction)
    with database.practice(practice_id) as transaction, pytest.raises(NoSuchConnection):
        find_connection(transaction, uuid4())
    with database.practice(practice_id) as transaction, pytest.raises(NoSuchStaff):
        set_active(transaction, uuid4(), is_active=False)


@pytest.mark.parametrize("slug", ["taken", "Harbor", "harbor clinic", "-harbor", ""])
def test_a_slug_is_unique_and_fit_for_an_address(database: Database, slug: str) -> None:
    add_practice(database, slug="taken", name="Harbor Pediatrics", zone="America/New_York")
    with pytest.raises(SlugTaken):
        add_practice(database, slug=slug, name="Harbor Pediatrics", zone="America/New_York")
    assert len(tenants(database)) == 1


@pytest.mark.parametrize("zone", ["Central", "America", "../etc/passwd", "", "America/Chicago "])
def test_a_zone_that_nobody_knows_is_refused(database: Database, practice_id: UUID, zone: str) -> None:
    with pytest.raises(UnknownZone):
        add_practice(database, slug="harbor", name="Harbor Pediatrics", zone=zone)
    with database.practice(practice_id) as transaction, pytest.raises(UnknownZone):
        change_practice(transaction, zone=zone)


def test_a_practice_changes_what_is_given_and_keeps_the_rest(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id) as transaction:
        before = find_practice(transaction)
        change_practice(transaction, closures=[date(2026, 12, 24)], settings={"agreement": "all"})
        after = find_practice(transaction)
    assert (after.name, after.zone) == (before.name, before.zone)
    assert after.closures == {date(2026, 12, 24)}
    assert after.settings == {"agreement": "all"}


def test_a_connection_is_kept_as_given_and_changes_its_state(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id) as transaction:
        connection_id = add_connection(
            transaction, emr="kareo", base_url="https://emr.example", settings={"zone": "fixed"}
        )
        change_state(transaction, connection_id, ConnectionState.NEEDS_RECONNECT, trouble="connection-needs-reconnect")
        change_connection(transaction, connection_id, base_url="https://other.example")
        connection = find_connection(transaction, connection_id)
        assert connections(transaction) == [connection]
    assert connection.settings == {"zone": "fixed"}
    assert connection.base_url == "https://other.example"
    assert connection.state is ConnectionState.NEEDS_RECONNECT
    assert connection.trouble == "connection-needs-reconnect"
    assert not connection.has_credentials


def test_a_worker_that_lost_its_claim_cannot_save_any_more(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id) as transaction:
        connection_id = add_connection(transaction, emr="kareo", base_url="https://emr.example")
        first = claim_connection(transaction, connection_id)
    with database.practice(practice_id) as transaction:
        hold(transaction, connection_id, first)
        second = claim_connection(transaction, connection_id)
    with database.practice(practice_id) as transaction, pytest.raises(LostTheConnection):
        hold(transaction, connection_id, first)
    with database.practice(practice_id) as transaction:
        hold(transaction, connection_id, second)


def test_a_claim_waits_until_the_page_being_saved_is_saved(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id) as transaction:
        connection_id = add_connection(transaction, emr="kareo", base_url="https://emr.example")
        epoch = claim_connection(transaction, connection_id)
    has_claimed = threading.Event()

    def claim() -> None:
        with database.practice(practice_id) as transaction:
            claim_connection(transaction, connection_id)
        has_claimed.set()

    with database.practice(practice_id) as transaction:
        hold(transaction, connection_id, epoch)
        rival = threading.Thread(target=claim)
        rival.start()
        assert not has_claimed.wait(0.3)
        change_state(transaction, connection_id, ConnectionState.PAUSED)
    assert has_claimed.wait(30)
    rival.join()


def test_a_webhook_is_stored_while_a_page_is_being_saved(database: Database, practice_id: UUID, owner_url: str) -> None:
    with database.practice(practice_id) as transaction:
        connection_id = add_connection(transaction, emr="drchrono", base_url="https://emr.example")
        epoch = claim_connection(transaction, connection_id)
    with Database(database.url) as webhooks, database.practice(practice_id) as page:
        hold(page, connection_id, epoch)
        with webhooks.practice(practice_id) as transaction:
            transaction.execute("set local lock_timeout = '2s'")
            transaction.execute(
                """
                insert into bookmark (practice_id, connection_id, stream, position, moved_at)
                values (%s, %s, 'hints', '1', now())
                """,
                [practice_id, connection_id],
            )


def test_staff_are_kept_and_found_by_their_address(database: Database, practice_id: UUID, vault: Vault) -> None:
    with database.practice(practice_id) as transaction:
        ada = add_staff(transaction, vault, name="Ada Rivera", email=" Ada.Rivera@Lakeside.example", role="front desk")
        bob = add_staff(transaction, vault, name="Bob Stone", email="bob@lakeside.example", role="provider")
        set_active(transaction, bob.staff_id, is_active=False)
        assert [member.email for member in staff_members(transaction, vault)] == [ada.email, bob.email]
        index = vault.blind_index(practice_id, "ada.rivera@lakeside.example")
        assert staff_by_email_index(transaction) == {index: ada.staff_id}


def test_two_staff_members_cannot_have_one_address(database: Database, practice_id: UUID, vault: Vault) -> None:
    with database.practice(practice_id) as transaction:
        add_staff(transaction, vault, name="Ada Rivera", email="ada@lakeside.example", role="front desk")
        with pytest.raises(StaffExists):
            add_staff(transaction, vault, name="Ada Again", email="ADA@lakeside.example", role="provider")
        assert len(staff_members(transaction, vault)) == 1


def test_addresses_stand_nowhere_in_clear(database: Database, practice_id: UUID, vault: Vault) -> None:
    with database.practice(practice_id) as transaction:
        ada = add_staff(transaction, vault, name="Ada Rivera", email="ada@lakeside.example", role="front desk")
        stored = transaction.execute("select * from staff").fetchone()
    assert "lakeside" not in repr(ada)
    assert b"lakeside" not in repr(stored).encode()
