"""What may be taken away as a file: the tables of Activity, and the list of a day or week with names."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from visitsync.domain.role import Permission
from visitsync.sync.activity import activity
from visitsync.sync.day import days
from visitsync.web.parts import parts
from visitsync.web.staff.activity.choosing import span_in
from visitsync.web.staff.activity.csv_file import csv_file
from visitsync.web.staff.activity.list_rows import HEAD, chosen_days, row_of
from visitsync.web.staff.activity.tables import exact_words, tables_of
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

MANY_ROWS = 100
"""From so many patients' rows on an export is told apart in the trail."""


@require_safe
@page(Permission.EXPORT)
def export_table(request: HttpRequest, viewer: Viewer, table: str) -> HttpResponse:
    """One table of the page, of the same days."""
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        found = activity(transaction, office, span_in(request))
        wanted = tables_of(found, exact_words).get(table)
        if wanted is None:
            raise Http404
        note(
            transaction, request, viewer, "export-figures", object_kind="table", object_id=table,
            details={"rows": str(len(wanted.rows))},
        )  # fmt: skip
    name = f"{viewer.slug}-{wanted.key}-{found.first.isoformat()}-to-{found.last.isoformat()}.csv"
    return csv_file(name, wanted.head, wanted.rows)


@require_POST
@page(Permission.EXPORT)
def export_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The visits of a day or of seven days from it, with names: in the trail with the number of rows."""
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        first, last = chosen_days(request, office)
        lines = days(transaction, parts().vault, office, first, last).lines
        note(
            transaction, request, viewer, _act(lines), object_kind="day", object_id=first.isoformat(),
            details={"rows": str(len(lines)), "until": last.isoformat()},
        )  # fmt: skip
    rows = [row_of(line, office.zone) for line in lines]
    until = f"-to-{last.isoformat()}" if last != first else ""
    return csv_file(f"{viewer.slug}-visits-{first.isoformat()}{until}.csv", HEAD, rows)


def _act(rows: Sequence[object]) -> str:
    return "export-many-patients" if len(rows) >= MANY_ROWS else "export-list"
