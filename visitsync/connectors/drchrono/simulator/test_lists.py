"""The pretend DrChrono's lists: envelope, clamps, cursors, and everything a list can do wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from visitsync.connectors.drchrono.simulator.lists import UNREADABLE
from visitsync.connectors.drchrono.simulator.visitor import NOON, Visitor, visiting
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.staging import a_booking, a_patient

WINDOW = {"date_range": "2026-10-20/2027-04-27", "show_archived": "true"}


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with visiting(a_busy_clinic(5, NOON)) as visitor:
        yield visitor


def a_clinic_with(bookings: int) -> Clinic:
    clinic = Clinic(clock=VirtualClock.frozen_at(NOON))
    patient = a_patient(clinic)
    for _ in range(bookings):
        a_booking(clinic, patient=patient)
    return clinic


def test_the_envelope_has_no_count_and_says_results_or_data(visitor: Visitor) -> None:
    assert list(visitor.ask("doctors").json) == ["previous", "results", "next"]
    with visiting(list_key="data") as other:
        assert list(other.ask("doctors").json) == ["previous", "data", "next"]


@pytest.mark.parametrize("paging", ["position", "offset"])
def test_following_next_gives_every_row_once_in_the_order_of_the_schedule(paging: str) -> None:
    with visiting(a_busy_clinic(5, NOON), paging=paging) as visitor:
        found = visitor.rows("appointments", page_size=17, **WINDOW)
        assert len(found) == len({row["id"] for row in found}) == len(visitor.clinic.appointments)
        assert [row["scheduled_time"] for row in found] == sorted(row["scheduled_time"] for row in found)


def test_next_is_absolute_on_the_host_that_was_asked_and_keeps_the_filters(visitor: Visitor) -> None:
    page = visitor.ask("appointments", query={"page_size": 10, **WINDOW}, headers={"Host": "localhost:1234"}).json
    parts = urlsplit(page["next"])
    assert (parts.scheme, parts.netloc, parts.path) == ("http", "localhost:1234", "/api/appointments")
    assert "show_archived=true" in parts.query
    assert "cursor=" in parts.query


def test_previous_leads_back(visitor: Visitor) -> None:
    first = visitor.ask("appointments", query={"page_size": 10, **WINDOW}).json
    second = visitor.ask(first["next"]).json
    third = visitor.ask(second["next"]).json
    assert first["previous"] is None
    assert visitor.ask(third["previous"]).json["results"] == second["results"]
    assert visitor.ask(second["previous"]).json["results"] == first["results"]


def test_older_clients_may_count_pages(visitor: Visitor) -> None:
    first = visitor.ask("appointments", query={"page_size": 10, **WINDOW}).json
    second = visitor.ask("appointments", query={"page_size": 10, "page": 2, **WINDOW}).json
    assert second["results"] == visitor.ask(first["next"]).json["results"]


def test_a_made_up_cursor_is_refused(visitor: Visitor) -> None:
    assert visitor.ask("appointments", query={"cursor": "%%%", **WINDOW}).status == 404


@pytest.mark.parametrize(
    ("path", "variants", "asked", "got"),
    [
        ("appointments", {}, {}, 250),
        ("appointments", {}, {"page_size": 1000}, 250),
        ("appointments", {}, {"page_size": 40}, 40),
        ("appointments", {}, {"page_size": 0}, 1),
        ("appointments", {}, {"page_size": "many"}, 250),
        ("appointments", {}, {"verbose": "true", "page_size": 250}, 25),
        ("appointments", {"appointments_page_size": "20"}, {"page_size": 250}, 20),
        ("appointments", {"appointments_page_size": "20"}, {}, 20),
        ("appointments", {"appointments_page_size": "1000"}, {}, 300),
        ("patients", {}, {"verbose": "true"}, 50),
        ("patients", {"page_size": "20"}, {}, 20),
    ],
)
def test_a_page_size_is_silently_made_smaller(
    path: str, variants: dict[str, str], asked: dict[str, Any], got: int
) -> None:
    with visiting(a_busy_clinic(5, NOON), **variants) as visitor:
        rows = visitor.ask(path, query={**WINDOW, **asked}).json["results"]
        assert (len(rows) >= 300) if got == 300 else (len(rows) == got)


def test_a_row_that_moves_between_pages_is_missed_by_position() -> None:
    with visiting(a_clinic_with(30)) as visitor:
        page = visitor.ask("appointments", query={"page_size": 10, **WINDOW}).json
        last = visitor.clinic.appointments[int(visitor.rows("appointments", **WINDOW)[-1]["id"])]
        visitor.clinic.move(last.id, start=last.start.replace(day=1))
        rest = visitor.rows_from(page["next"])
        assert str(last.id) not in {row["id"] for row in page["results"] + rest}


def test_by_offset_a_deletion_swallows_a_row_and_an_insertion_repeats_one() -> None:
    for fault, repeated, swallowed in (("row_deleted_between_pages", 0, 1), ("row_inserted_between_pages", 1, 1)):
        with visiting(a_clinic_with(30), paging="offset") as visitor:
            visitor.app.faults.switch_on(fault, match="appointments")
            seen = [row["id"] for row in visitor.rows("appointments", page_size=10, **WINDOW)]
            there = {str(appointment.id) for appointment in visitor.clinic.appointments}
            assert (len(seen) - len(set(seen)), len(there - set(seen))) == (repeated, swallowed)


def test_duplicate_rows(visitor: Visitor) -> None:
    visitor.app.faults.switch_on("duplicate_rows", share=1)
    rows = visitor.ask("appointments", query={"page_size": 10, **WINDOW}).json["results"]
    assert set(Counter(row["id"] for row in rows).values()) == {2}


def test_a_page_can_be_dropped(visitor: Visitor) -> None:
    visitor.app.faults.switch_on("dropped_page")
    assert len(visitor.rows("appointments", page_size=10, **WINDOW)) == len(visitor.clinic.appointments) - 10


def test_next_can_be_the_same_page(visitor: Visitor) -> None:
    visitor.app.faults.switch_on("next_is_same_page")
    page = visitor.ask("appointments", query={"page_size": 10, **WINDOW}).json
    assert visitor.ask(page["next"]).json["results"] == page["results"]


def test_a_page_can_shrink_or_a_list_be_empty(visitor: Visitor) -> None:
    visitor.app.faults.switch_on("shrunk_page", rows=3)
    assert len(visitor.ask("appointments", query=WINDOW).json["results"]) == 3
    visitor.app.faults.switch_on("empty_list")
    assert visitor.ask("appointments", query=WINDOW).json == {"previous": None, "results": [], "next": None}


@pytest.mark.parametrize("how", UNREADABLE)
def test_one_row_among_good_ones_can_make_no_sense(visitor: Visitor, how: str) -> None:
    good = visitor.ask("appointments", query={"page_size": 5, **WINDOW}).json["results"]
    visitor.app.faults.switch_on("unreadable_record", row=2, how=how)
    rows = visitor.ask("appointments", query={"page_size": 5, **WINDOW}).json["results"]
    assert [row == before for row, before in zip(rows, good, strict=True)] == [True, True, False, True, True]


def test_a_field_can_drift(visitor: Visitor) -> None:
    visitor.app.faults.switch_on("field_renamed", field="scheduled_time", to="start")
    row = visitor.ask("appointments", query=WINDOW).json["results"][0]
    assert "start" in row
    assert "scheduled_time" not in row
    visitor.app.faults.switch_on("field_retyped", field="id", value=17)
    assert {row["id"] for row in visitor.ask("appointments", query=WINDOW).json["results"]} == {17}


def test_an_error_can_come_with_status_200(visitor: Visitor) -> None:
    visitor.app.faults.switch_on("error_in_200")
    answer = visitor.ask("appointments", query=WINDOW)
    assert (answer.status, list(answer.json)) == (200, ["detail"])


def test_a_lagging_replica_shows_a_booking_some_seconds_later() -> None:
    with visiting(replica_lag_seconds="5") as visitor:
        visitor.later(minutes=1)
        made = a_booking(visitor.clinic)
        assert visitor.rows("appointments", **WINDOW) == []
        assert visitor.ask(f"appointments/{made.id}").status == 200
        visitor.later(seconds=5)
        assert [row["id"] for row in visitor.rows("appointments", **WINDOW)] == [str(made.id)]


@pytest.mark.parametrize(
    ("bulk_ready", "statuses"), [("second poll", ["In progress", "Complete"]), ("at once", ["Complete"])]
)
def test_a_bulk_list_is_asked_for_and_polled(bulk_ready: str, statuses: list[str]) -> None:
    with visiting(a_busy_clinic(5, NOON), bulk_ready=bulk_ready) as visitor:
        query = {"page_size": 100, "page": 2, "order_by": "updated_at", **WINDOW}
        asked = visitor.ask("appointments_list", method="POST", query=query)
        assert asked.status == 201
        where = asked.json["description"].split()[1]
        polled = [visitor.ask(where).json for _ in statuses]
        assert [answer["status"] for answer in polled] == statuses
        count = len(visitor.clinic.appointments)
        assert polled[-1]["pagination"] == {"count": count, "pages": -(-count // 100), "page_size": 100, "page": 2}
        assert len(polled[-1]["results"]) == 100


def test_a_bulk_list_is_forgotten_after_an_hour_and_can_fail(visitor: Visitor) -> None:
    where = visitor.ask("patients_list", method="POST").json["description"].split()[1]
    visitor.later(hours=1)
    answer = visitor.ask(where)
    assert (answer.status, answer.json) == (404, {"detail": "Invalid uuid specified"})
    visitor.app.faults.switch_on("bulk_fails")
    where = visitor.ask("patients_list", method="POST").json["description"].split()[1]
    assert [visitor.ask(where).json["status"] for _ in range(2)] == ["In progress", "Failed"]
