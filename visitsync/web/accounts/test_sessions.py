"""A session ends half an hour after the last thing that a person did, and after twelve hours in any case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from visitsync.storage import audit
from visitsync.storage.audit import Selection
from visitsync.web.accounts.conftest import ACCOUNT, is_in

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics


def test_left_alone_for_half_an_hour_it_ends(sign_in: Callable[..., Client], clinics: Clinics) -> None:
    client = sign_in("front")
    assert is_in(client)
    clinics.clock.advance(timedelta(minutes=29))
    assert is_in(client)
    clinics.clock.advance(timedelta(minutes=31))
    assert not is_in(client)


def test_a_page_that_asks_by_itself_does_not_keep_it_alive(sign_in: Callable[..., Client], clinics: Clinics) -> None:
    client = sign_in("front")
    assert is_in(client)
    for _ in range(4):
        clinics.clock.advance(timedelta(minutes=7))
        assert client.get(ACCOUNT, headers={"x-by-itself": "1"}).status_code == 200
    clinics.clock.advance(timedelta(minutes=7))
    assert not is_in(client)


def test_in_use_all_day_it_still_ends_after_twelve_hours(sign_in: Callable[..., Client], clinics: Clinics) -> None:
    client = sign_in("front")
    for _ in range(36):
        assert is_in(client)
        clinics.clock.advance(timedelta(minutes=20))
    assert not is_in(client)


def test_the_end_of_a_session_left_alone_is_in_the_trail(sign_in: Callable[..., Client], clinics: Clinics) -> None:
    client = sign_in("front")
    is_in(client)
    clinics.clock.advance(timedelta(hours=1))
    is_in(client)
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        [entry] = [one.entry for one in audit.entries(transaction, clinics.vault, Selection(act="sign-out"))]
    assert entry.why == "left alone"


def test_the_table_of_sessions_lets_nobody_in(sign_in: Callable[..., Client]) -> None:
    client = sign_in("front")
    held = client.cookies[settings.SESSION_COOKIE_NAME].value
    kept = set(Session.objects.values_list("session_key", flat=True))
    assert held not in kept
    thief = Client(raise_request_exception=False)
    for key in kept:
        thief.cookies[settings.SESSION_COOKIE_NAME] = key
        assert not is_in(thief)
