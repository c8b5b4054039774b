"""Connecting as pages do it: begin on the EMR's page and come back, sign in again, try again once it is mended."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from visitsync.connector_kit.errors import NeedsReconnect
from visitsync.connectors import connector_for
from visitsync.simulator_kit.plain_client import call
from visitsync.storage import practices
from visitsync.storage.practices import ConnectionState, Tenant, add_practice
from visitsync.sync import pipeline
from visitsync.sync.admin import connecting
from visitsync.sync.admin.connecting import Wish, connect, missing_credentials, read_lists, reconnect, try_again
from visitsync.sync.admin.sign_in import AllowTheAccess, SignInAgain, begin_sign_in, finish_sign_in, has_sign_in_page
from visitsync.sync.health import practice_health, recent_latencies
from visitsync.wiring.conftest import FAST, Connected, Emr, Visitsync
from visitsync.wiring.house import House

REDIRECT = "http://localhost/connected/drchrono"


def _wish(emr: Emr) -> Wish:
    credentials = {"client_id": "example-client-id", "client_secret": "example-client-secret", "redirect_uri": REDIRECT}
    return Wish(emr="drchrono", base_url=emr.base_url, settings=FAST["drchrono"], credentials=credentials)


def test_an_admin_goes_to_the_emrs_page_and_comes_back_connected(emr_named: Callable[[str], Emr], house: House) -> None:
    emr, engine = emr_named("drchrono"), house.engine
    practice_id = add_practice(house.database, slug="lakeside", name="Lakeside", zone="America/Chicago").practice_id
    assert has_sign_in_page("drchrono")
    assert not has_sign_in_page("kareo")
    wish = _wish(emr)
    begun = begin_sign_in(wish)
    assert begun.state not in repr(begun)
    came_back_to = dict(call(begun.address).headers)["location"]
    with pytest.raises(SignInAgain):
        finish_sign_in(engine, practice_id, wish, "somebody-elses-state", came_back_to)
    with pytest.raises(AllowTheAccess):
        finish_sign_in(engine, practice_id, wish, begun.state, f"{REDIRECT}?error=access_denied&state={begun.state}")
    signed_in = finish_sign_in(engine, practice_id, wish, begun.state, came_back_to)
    done = connect(engine, practice_id, signed_in, engine.author("Alice"))
    assert done.check.is_working
    read_lists(engine, practice_id, done.connection_id)
    with house.database.practice(practice_id) as transaction:
        assert practices.find_connection(transaction, done.connection_id).state is ConnectionState.ACTIVE


def test_what_is_missing_is_named_before_anything_is_tried() -> None:
    manifest = connector_for("kareo").MANIFEST
    assert [field.name for field in missing_credentials(manifest, {"user": "somebody", "password": ""})] == [
        field.name for field in manifest.credentials if field.is_required and field.name != "user"
    ]


def test_signing_in_again_with_wrong_credentials_leaves_what_was_there(
    connected: Callable[[str], Connected], house: House
) -> None:
    at, engine = connected("kareo"), house.engine
    before = dict(engine.credentials(at.practice_id, at.connection_id).read())
    with pytest.raises(NeedsReconnect):
        reconnect(engine, at.practice_id, at.connection_id, {**before, "password": "wrong"}, engine.author("Alice"))
    assert engine.credentials(at.practice_id, at.connection_id).read() == before
    assert reconnect(engine, at.practice_id, at.connection_id, before, engine.author("Alice")).check.is_working


def test_trying_again_begins_to_read_what_was_being_set_up_and_leaves_what_a_person_paused(
    connected: Callable[[str], Connected], house: House
) -> None:
    at, engine = connected("kareo"), house.engine

    def state_after(trouble: str | None) -> ConnectionState:
        with house.database.practice(at.practice_id) as transaction:
            practices.change_state(transaction, at.connection_id, ConnectionState.PAUSED, trouble=trouble)
        assert try_again(engine, at.practice_id, at.connection_id).check.is_working
        with house.database.practice(at.practice_id) as transaction:
            return practices.find_connection(transaction, at.connection_id).state

    assert state_after(connecting.BEING_SET_UP) is ConnectionState.ACTIVE
    assert state_after(None) is ConnectionState.PAUSED


def test_health_tells_what_is_usual_what_was_used_and_how_long_the_last_bookings_took(
    connected: Callable[[str], Connected], house: House, visitsync: Visitsync
) -> None:
    at, engine = connected("drchrono"), house.engine
    visitsync("sync", "--full")
    assert recent_latencies(engine, at.practice_id, at.connection_id) == []
    at.emr.clock.advance(timedelta(seconds=5))  # its records tell whole seconds
    at.emr.book()
    pipeline.sync(engine.link(at.practice_id, at.connection_id))
    [latency] = recent_latencies(engine, at.practice_id, at.connection_id)
    assert (0 <= latency.minutes < 5, latency.has_waited) == (True, False)
    [health] = practice_health(engine, Tenant(practice_id=at.practice_id, slug="lakeside"))
    assert (health.is_normal, health.late, health.name, health.abnormal_minutes) == (True, None, "DrChrono", 30)
    assert health.learned_minutes is None
    assert any(usage.used for usage in health.budget)
    at.emr.app.faults.switch_on("outage", times=None, match="GET /api/")
    pipeline.sync(engine.link(at.practice_id, at.connection_id))
    [unwell] = practice_health(engine, Tenant(practice_id=at.practice_id, slug="lakeside"))
    assert (unwell.is_normal, unwell.trouble, unwell.failures_in_a_row > 0) == (False, "emr-outage", True)
    assert "visitsync" not in unwell.what_to_do
