"""My day: a provider's own visits; never somebody else's, never one that is linked to nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest
from django.test import Client

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.decision import Outcome
from visitsync.storage import audit, catalog
from visitsync.storage.audit import Selection
from visitsync.sync.admin.carrying_out import carry_out
from visitsync.sync.admin.entries import enable_practitioner, link_practitioner
from visitsync.sync.day import days
from visitsync.sync.lines import Line
from visitsync.sync.office import office_of
from visitsync.web.staff.my_day.standing import standing, until

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

PAGE = "/p/larkspur/my-day"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


class Week:
    """All telemedicine visits of Larkspur's coming days, and who sees them."""

    def __init__(self, clinics: Clinics) -> None:
        self.clinics = clinics
        self.larkspur = clinics.practice_id("larkspur")
        staff_id = clinics.people["provider"].staff_id
        assert staff_id is not None
        self.me = staff_id

    def lines(self) -> list[Line]:
        """Those to come."""
        return [line for line in self._all() if line.start > self.clinics.clock()]

    def begun(self) -> list[Line]:
        return [line for line in self._all() if line.start <= self.clinics.clock()]

    def _all(self) -> list[Line]:
        with self.clinics.database.practice(self.larkspur) as transaction:
            office = office_of(transaction, self.clinics.vault, self.clinics.clock())
            first = self.clinics.clock().date()
            found = days(transaction, self.clinics.vault, office, first, first + timedelta(days=1))
        return [line for line in found.lines if line.visit_id]

    def make_mine(self, practitioner_id: str, staff_id: UUID | None) -> None:
        connection = self.clinics.opened["larkspur"].connection_id
        author = self.clinics.engine.author("the test")
        carry_out(
            self.clinics.engine,
            self.larkspur,
            lambda transaction: (
                enable_practitioner(transaction, connection, author, practitioner_id, staff_id)
                if staff_id
                else link_practitioner(transaction, connection, author, practitioner_id, None)
            ),
        )


@pytest.fixture
def week(clinics: Clinics) -> Week:
    """One busy practitioner is Priya; another is linked to somebody else; a third to nobody."""
    week = Week(clinics)
    coming = [line for line in week.lines() if line.staff_id and line.start > clinics.clock()]
    first, second, *_ = sorted({line.practitioner_id for line in coming})
    week.make_mine(first, week.me)
    week.make_mine(second, None)
    return week


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _address(line: Line) -> str:
    return f"{PAGE}/{line.connection_id}/{line.appointment_id}"


def test_exactly_ones_own_visits_of_the_day_are_there(week: Week, as_person: Callable[[str], Client]) -> None:
    client, lines = as_person("provider"), week.lines()
    today, tomorrow = client.get(PAGE).content.decode(), client.get(f"{PAGE}?day=tomorrow").content.decode()
    mine = {_address(line) for line in lines if line.staff_id == week.me}
    assert mine
    assert any(line.staff_id is None for line in lines), "there is one linked to nobody"
    assert any(line.staff_id not in (None, week.me) for line in lines), "there is somebody else's"
    begun = {_address(line) for line in week.begun()}
    shown = set(re.findall(rf'href="({PAGE}/[^"]+)"', today + tomorrow))
    assert shown - begun == mine


def test_what_is_somebody_elses_or_nobodys_does_not_exist(week: Week, as_person: Callable[[str], Client]) -> None:
    client = as_person("provider")
    answers = {
        line.staff_id == week.me: client.get(_address(line)).status_code
        for line in sorted(week.lines(), key=lambda line: line.staff_id == week.me)
    }
    assert answers == {True: 200, False: 404}
    assert all(client.get(_address(line)).status_code == 404 for line in week.lines() if line.staff_id != week.me)


def test_a_refused_look_is_in_the_trail(week: Week, as_person: Callable[[str], Client], clinics: Clinics) -> None:
    foreign = next(line for line in week.lines() if line.staff_id != week.me)
    as_person("provider").get(_address(foreign))
    with clinics.database.practice(week.larkspur) as transaction:
        [entry] = [one.entry for one in audit.entries(transaction, clinics.vault, Selection(act="refused"))]
    assert (entry.object_id, entry.details["appointment"]) == ("my-day-visit", foreign.appointment_id)


def test_a_link_that_is_taken_away_takes_the_visits_away(week: Week, as_person: Callable[[str], Client]) -> None:
    client = as_person("provider")
    mine = next(line for line in week.lines() if line.staff_id == week.me)
    assert client.get(_address(mine)).status_code == 200
    week.make_mine(mine.practitioner_id, None)
    assert client.get(_address(mine)).status_code == 404


def test_the_pages_of_the_whole_practice_stay_closed(week: Week, as_person: Callable[[str], Client]) -> None:
    client, line = as_person("provider"), week.lines()[0]
    for path in ("today", "find", f"appointments/{line.connection_id}/{line.appointment_id}", "users"):
        assert client.get(f"/p/larkspur/{path}").status_code == 403, path


def test_another_practice_is_not_there(week: Week, as_person: Callable[[str], Client]) -> None:
    assert as_person("provider").get("/p/juniper/my-day").status_code == 404


@pytest.mark.parametrize("key", ["front", "reader", "operator"])
def test_whoever_sees_no_visits_of_their_own_is_refused(key: str, as_person: Callable[[str], Client]) -> None:
    assert as_person(key).get(PAGE).status_code == 403


def test_without_visits_it_says_so(as_person: Callable[[str], Client]) -> None:
    assert "No visits of yours today" in _text(as_person("provider").get(PAGE))


def test_the_list_refreshes_itself_without_the_rest_of_the_page(week: Week, as_person: Callable[[str], Client]) -> None:
    part = as_person("provider").get(PAGE, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "Visits" in part


def _line(week: Week, **instead: Any) -> Line:
    given = {"start": NOW + timedelta(minutes=25), "end": NOW + timedelta(minutes=55), "expected_by": None,
             "outcome": Outcome.READY, **instead}  # fmt: skip
    return msgspec.structs.replace(week.lines()[0], **given)


BEGUN = {"start": NOW - timedelta(minutes=5), "end": NOW + timedelta(minutes=25)}
STANDINGS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "Ready", "in 25 minutes"),
    (BEGUN, "Under way", "began 5 minutes ago"),
    ({"outcome": Outcome.WAITING}, "Waiting", "in 25 minutes"),
    ({"outcome": Outcome.WAITING, "expected_by": NOW - timedelta(minutes=1)}, "Late", "in 25 minutes"),
    (BEGUN | {"outcome": Outcome.NEEDS_FIX}, "Late", "began 5 minutes ago"),
    (BEGUN | {"outcome": Outcome.CANCELLED}, "Cancelled", "began 5 minutes ago"),
    ({"start": NOW - timedelta(hours=1), "end": NOW}, "Over", ""),
    ({"start": NOW + timedelta(minutes=150), "end": NOW + timedelta(hours=3)}, "Ready", "in 2 h 30 min"),
)


def test_ready_waiting_and_late(week: Week) -> None:
    for given, word, away in STANDINGS:
        line = _line(week, **given)
        assert (standing(line, NOW).word, until(line, NOW)) == (word, away), given


def test_names_from_the_emr_are_shown_as_text(week: Week, as_person: Callable[[str], Client], clinics: Clinics) -> None:
    connection = clinics.opened["larkspur"].connection_id
    with clinics.database.practice(week.larkspur) as transaction:
        hostile = [
            msgspec.structs.replace(one, name="<script>alert(1)</script>\u202e")
            for one in catalog.entries(transaction, connection, RecordKind.LOCATION).values()
        ]
        catalog.save(transaction, connection, RecordKind.LOCATION, hostile, now=clinics.clock())
    mine = next(line for line in week.lines() if line.staff_id == week.me)
    for path in (PAGE, _address(mine)):
        assert b"<script>alert" not in as_person("provider").get(path).content
