"""Files that a spreadsheet opens as they are: nothing is run, nothing is lost."""

import csv
from io import StringIO

import pytest

from visitsync.web.staff.activity.csv_file import csv_file, safe

HOSTILE = (
    '=HYPERLINK("https://example.net","click")',
    "+1 555 010 2000",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "  =1+1",
    "\N{NO-BREAK SPACE}=1+1",
    "|calc",
    "%0A=1",
)
HARMLESS = (
    "",
    "Ines Halloran",
    "O'Brien",
    "a,b;c",
    'says "hello"',
    "two\nlines",
    "2026-11-24",
    "10:30 AM",
    "<script>alert(1)</script>",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnirts",
    "長" * 1000,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_spreadsheet_would_run_begins_a_cell(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert _text([text]).splitlines(keepends=True)[1].startswith("\"'")


@pytest.mark.parametrize("text", HARMLESS)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_phone_number_stays_readable() -> None:
    assert "'+1 555 010 2000" in _text(["+1 555 010 2000"])


def test_numbers_are_numbers() -> None:
    assert _text([12, -3]).splitlines()[1] == "12,-3"


def test_reading_it_back_restores_every_cell() -> None:
    cells = (*HOSTILE, *HARMLESS, "'already with one", "''")
    read = next(row for number, row in enumerate(csv.reader(StringIO(_text(cells), newline=""))) if number == 1)
    assert [cell[1:] if cell.startswith("'") else cell for cell in read] == list(cells)


def test_excel_is_told_that_it_is_utf_8_and_under_which_name_to_keep_it() -> None:
    answer = csv_file("larkspur-visits-2026-11-24.csv", ["Head"], [])
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="larkspur-visits-2026-11-24.csv"'
    assert csv_file("Käse.csv", [], [])["Content-Disposition"] == "attachment; filename*=utf-8''K%C3%A4se.csv"


def test_half_a_letter_does_not_break_the_file() -> None:
    assert "Ann" in _text(["Ann\ud800"])


def _text(cells: "list[str] | list[int] | tuple[str, ...]") -> str:
    return csv_file("x.csv", ["Head"], [list(cells)]).content.decode("utf-8-sig")
