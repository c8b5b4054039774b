"""What the link in a mail leads to: it stops that sort of mail. Looking stops nothing, for mail scanners look, too."""

from collections.abc import Mapping

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from visitsync.domain.telling_choices import Kind
from visitsync.storage import audit, practices, staff, telling_choices
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.storage.database import Transaction
from visitsync.storage.practices import NoSuchPractice
from visitsync.storage.staff import NoSuchStaff
from visitsync.sync.telling.stop_link import Stop, read_stop
from visitsync.web.parts import parts

WORDS: Mapping[Kind, str] = {
    Kind.DIGEST: "the morning overview",
    Kind.WARNING: "warnings before visits that are not ready",
    Kind.ALARM: "alarms about connections",
}


@csrf_exempt  # mail programs ask by themselves (RFC 8058); the token in the address is the leave to do it
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Asks with a button; then it is done, as often as one likes."""
    stop = read_stop(parts().vault, token)
    if stop is None:
        raise Http404
    try:
        with parts().database.practice(stop.practice_id) as transaction:
            name = practices.find_practice(transaction).name
            if request.method == "POST":
                _stop(request, transaction, stop)
    except NoSuchPractice:
        raise Http404 from None
    context = {"practice_name": name, "what": WORDS[stop.kind], "is_done": request.method == "POST"}
    return render(request, "notices/stop.html", context)


def _stop(request: HttpRequest, transaction: Transaction, stop: Stop) -> None:
    now = parts().clock()
    listener = telling_choices.listener(transaction, stop.staff_id, now)
    if listener is None or stop.kind not in listener.choices.wants:
        return
    choices = msgspec.structs.replace(listener.choices, wants=listener.choices.wants - {stop.kind})
    telling_choices.choose(transaction, stop.staff_id, choices, now=now)
    audit.record(transaction, parts().vault, _entry(request, transaction, stop))


def _entry(request: HttpRequest, transaction: Transaction, stop: Stop) -> Entry:
    try:
        name = staff.find_staff(transaction, stop.staff_id).name
    except NoSuchStaff:
        name = ""
    return Entry(
        at=parts().clock(),
        who=Who(WhoKind.STAFF, str(stop.staff_id), name),
        act="notices-stopped",
        object_kind="user",
        object_id=str(stop.staff_id),
        why="link in a mail",
        details={"kind": stop.kind},
        address=request.META.get("REMOTE_ADDR", ""),
    )
