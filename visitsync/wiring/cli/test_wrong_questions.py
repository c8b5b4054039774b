"""What is asked for and is not there is said in words, and changes nothing."""

from collections.abc import Callable

import pytest

from visitsync.wiring.conftest import Connected, Visitsync


@pytest.mark.parametrize("emr", ["drchrono", "kareo"])
def test_an_appointment_that_the_emr_does_not_have_is_not_found_by_checking_it(
    emr: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    booked = connected(emr).emr.book()
    visitsync("sync")
    absent = visitsync("sync", "--appointment", "990099")
    assert absent.code == 3
    assert "shows no appointment of that number" in absent.words
    there = visitsync("sync", "--appointment", booked)
    assert there.code == 0
    assert f"appointment {booked}: The visit is there." in there.words


def test_only_what_was_received_becomes_a_test_visit_or_a_household(
    visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    at = connected("drchrono")
    at.emr.book()
    visitsync("sync")
    known = str(next(iter(at.emr.clinic.patients)).id)
    assert visitsync("test-visit", "990099").code == 3
    assert visitsync("household", "link", known, "990099").code == 3


@pytest.mark.parametrize("query", ["2026-02-31", "13/45/2026", " "])
def test_a_day_that_does_not_exist_is_no_appointment_that_was_not_received(
    query: str, visitsync: Visitsync, connected: Callable[[str], Connected]
) -> None:
    connected("drchrono")
    asked = visitsync("why", "lakeside", query)
    assert asked.code == 2
    assert "NOT RECEIVED" not in asked.out


def test_the_webhooks_secret_is_listed_among_the_credentials(visitsync: Visitsync) -> None:
    assert "VISITSYNC_DRCHRONO_WEBHOOK_SECRET" in visitsync("connect", "drchrono", "--list-settings").words
    assert "webhook" not in visitsync("connect", "kareo", "--list-settings").words.lower()
