"""Activity, as people of the practice get it."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.stage.clinic import NOW, Clinics
from tests.stage.counting import counted_statements
from tests.stage.past_weeks import live, read, three_months
from visitsync.storage import audit
from visitsync.storage.audit_entry import Entry
from visitsync.web.staff.activity import exports

ACTIVITY = "/p/larkspur/activity"
LIST = f"{ACTIVITY}/visits.csv"
AsPerson = Callable[[str], Client]
FIGURES = (
    r"Ready at the start \d+ % \d+ of \d+ visits",
    r"Saved in time \d+ needed somebody",
    r"Minutes lost \d+ after the start",
    r"From booking to ready \d+ min half of \d+ took no longer",
    r"Found only by the sweep 1 of \d+",
)


@pytest.fixture
def lived(clinics: Clinics) -> Clinics:
    """Larkspur as after three months of use."""
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        transaction.execute("update visit set booked_at = null")
        live(transaction, opened.connection_id, three_months(NOW))
        read(transaction, opened.connection_id, NOW - timedelta(days=199))
        for day in range(1, 60):
            read(transaction, opened.connection_id, NOW - timedelta(days=day), changed=17, repaired=int(day == 13))
    return clinics


def test_the_figures_of_a_month_are_told_with_what_they_count(as_person: AsPerson, lived: Clinics) -> None:
    words = _words(as_person("reader").get(ACTIVITY))
    assert "Oct 26 – Nov 24, 2026" in words
    for figure in FIGURES:
        assert re.search(figure, words), figure
    assert "3–15 min" in words
    assert "over 30 min" in words
    assert "No e-mail on the record" in words


@pytest.mark.parametrize(("query", "first"), [("?days=7", "Nov 18"), ("?days=90", "Aug 27"), ("?days=x", "Oct 26")])
def test_a_week_a_month_and_three_months_may_be_asked_for(
    as_person: AsPerson, lived: Clinics, query: str, first: str
) -> None:
    assert f"{first} – Nov 24, 2026" in _words(as_person("reader").get(ACTIVITY + query))


def test_every_number_of_a_picture_stands_in_its_table(as_person: AsPerson, lived: Clinics) -> None:
    page = as_person("reader").get(f"{ACTIVITY}?days=90").content.decode()
    pictures = re.findall(r"<svg class=\"picture\".*?</svg>", page, re.DOTALL)
    values = {value for one in pictures for value in re.findall(r'class="value"[^>]*>(\d+)<', one)}
    cells = set(re.findall(r'<td class="number">(\d+)</td>', page))
    assert values
    assert values <= cells


def test_pictures_say_what_they_show_and_carry_no_style(as_person: AsPerson, lived: Clinics) -> None:
    page = as_person("reader").get(ACTIVITY).content.decode()
    assert "<title" in page.split("<main", 1)[1]
    assert "were ready when they began." in page
    assert " style=" not in page


def test_without_any_past_it_says_so_kindly(as_person: AsPerson, clinics: Clinics) -> None:
    with clinics.database.practice(clinics.practice_id("juniper")) as transaction:
        transaction.execute("delete from visit")
        transaction.execute("update appointment set start_at = start_at + interval '100 days'")
    clinics.clock.advance(timedelta(days=8))
    assert "Nothing to count in these days yet" in _words(as_person("other-admin").get("/p/juniper/activity?days=7"))


@pytest.mark.parametrize(
    ("who", "status"), [("admin", 200), ("front", 403), ("reader", 403), ("operator", 403), ("other-admin", 404)]
)
def test_only_admins_take_files_away(as_person: AsPerson, clinics: Clinics, who: str, status: int) -> None:
    assert as_person(who).get(f"{ACTIVITY}/starts.csv").status_code == status
    assert as_person(who).post(LIST, {"day": "2026-11-24"}).status_code == status
    if status == 403:
        assert "CSV" not in _words(as_person(who).get(ACTIVITY))


@pytest.mark.parametrize("table", ["starts", "times", "distribution", "causes", "sweeps", "asked"])
def test_every_table_is_a_file(as_person: AsPerson, lived: Clinics, table: str) -> None:
    answer = as_person("admin").get(f"{ACTIVITY}/{table}.csv?days=7")
    name = f'filename="larkspur-{table}-2026-11-18-to-2026-11-24.csv"'
    assert answer["Content-Disposition"] == f"attachment; {name}"
    assert len(_rows(answer)) > 1
    assert _entries(lived)[0].act == "export-figures"


def test_an_unknown_table_does_not_exist(as_person: AsPerson, clinics: Clinics) -> None:
    assert as_person("admin").get(f"{ACTIVITY}/patients.csv").status_code == 404


def test_the_list_of_a_day_has_names_and_is_in_the_trail_with_its_rows(as_person: AsPerson, clinics: Clinics) -> None:
    answer = as_person("admin").post(LIST, {"day": "2026-11-24"})
    rows = _rows(answer)
    assert rows[0][:5] == ["Day", "Time", "Time zone", "Minutes", "Patient"]
    stokes = next(row for row in rows if row[4] == "Percival Stokes")
    assert stokes[:4] == ["2026-11-24", "10:30 AM", "America/New_York", "30"]
    assert stokes[8:10] == ["Needs a fix", "No e-mail on the record"]
    entry = _entries(clinics)[0]
    assert (entry.act, entry.object_id, entry.details["rows"]) == ("export-list", "2026-11-24", str(len(rows) - 1))


def test_a_list_of_many_is_told_apart_in_the_trail(
    as_person: AsPerson, clinics: Clinics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MANY_ROWS", 5)
    as_person("admin").post(LIST, {"day": "2026-11-24", "span": "week"})
    entry = _entries(clinics)[0]
    assert (entry.act, entry.details["until"]) == ("export-many-patients", "2026-11-30")


def test_a_list_is_not_had_by_an_address_alone(as_person: AsPerson, clinics: Clinics) -> None:
    assert as_person("admin").get(LIST).status_code == 405


def test_a_hostile_name_runs_nothing_in_the_file(as_person: AsPerson, clinics: Clinics) -> None:
    clinic = clinics.sets["larkspur"].clinic
    junko = next(one for one in clinic.patients if one.last_name == "Arai")
    clinic.change_patient(junko.id, first_name='=HYPERLINK("https://example.net")')
    clinics.clock.advance(timedelta(minutes=16))
    clinics.sets["larkspur"].clock.advance(timedelta(minutes=16))
    try:
        clinics.sync()
        names = [row[4] for row in _rows(as_person("admin").post(LIST, {"day": "2026-11-24"}))]
        assert '\'=HYPERLINK("https://example.net") Arai' in names
    finally:
        clinic.change_patient(junko.id, first_name="Junko")


@pytest.mark.parametrize("query", ["", "?days=90"])
def test_the_number_of_queries_does_not_grow_with_the_past(as_person: AsPerson, lived: Clinics, query: str) -> None:
    client = as_person("reader")
    client.get(ACTIVITY)
    with counted_statements() as asked:
        assert client.get(ACTIVITY + query).status_code == 200
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


MOST_QUERIES = 17


def _words(answer: Any) -> str:
    page = re.sub(r"<(script|style|head).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def _rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def _entries(clinics: Clinics, practice: UUID | None = None) -> list[Entry]:
    with clinics.database.practice(practice or clinics.practice_id("larkspur")) as transaction:
        return [one.entry for one in audit.entries(transaction, clinics.vault)]
