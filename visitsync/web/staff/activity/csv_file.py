"""Tables as CSV files that a spreadsheet opens as they are, in which nothing is ever run.

A cell that a spreadsheet would take for a formula gets an apostrophe before it, and so does one that begins with an
apostrophe of its own: whoever reads a file back takes one apostrophe away from every cell that begins with one.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse
from django.utils.http import content_disposition_header

BEGINS_FORMULA = frozenset("=+-@\t\r\n＝＋－＠|%")
"""First letters, blanks aside, that some spreadsheet takes for the beginning of a formula or of a command."""
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which Excel knows UTF-8."""


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> HttpResponse:
    """The file, to be kept under that name. Every text is quoted; numbers are numbers."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([safe(one) for one in head])
    writer.writerows([[safe(cell) for cell in row] for row in rows])
    body = (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8", "replace")
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition or "attachment"},
    )


def safe(cell: str | int) -> str | int:
    """The cell as it may stand in a file. A number is what it is: only texts can be formulas."""
    if isinstance(cell, int):
        return cell
    begins = cell.lstrip(" \N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}\0")[:1] or cell[:1]
    return f"'{cell}" if begins in BEGINS_FORMULA or cell.startswith("'") else cell
