"""Help: the article, one reason, and everything on paper."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.reasons import REASONS
from visitsync.domain.role import Permission
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.help.advice import OTHER_GROUPS, Advice, advice_about, all_advice
from visitsync.web.staff.help.article import sections, sync_times
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer

LONGEST_QUESTION = 100


@require_safe
@page(Permission.SEE_HELP)
def help_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The whole article, or what of it speaks of the words asked for."""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    office = _office(viewer)
    context = _context(viewer, office) | {"question": question}
    if question:
        words = question.casefold().split()
        context |= {
            "found_sections": [one for one in context["sections"] if one.has(words)],
            "found_advice": [one for one in context["advice"] if one.has(words)],
        }
    answer = render(request, "help/found.html" if _asks_for_part(request) else "help/page.html", context)
    answer.headers["Vary"] = "HX-Request"
    return answer


@require_safe
@page(Permission.SEE_HELP)
def help_printed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The article with every reason in full, for paper."""
    return render(request, "help/print.html", _context(viewer, _office(viewer)))


@require_safe
@page(Permission.SEE_HELP)
def help_reason(request: HttpRequest, viewer: Viewer, code: str) -> HttpResponse:
    """One reason: what it means, what to do, who can, and when it works then."""
    if code not in REASONS:
        raise Http404
    return render(request, "help/reason.html", {"one": advice_about(code, _office(viewer))})


def _office(viewer: Viewer) -> Office:
    with parts().database.practice(viewer.practice_id) as transaction:
        return parts().offices.office(transaction, parts().vault, viewer.now)


def _context(viewer: Viewer, office: Office) -> dict[str, Any]:
    advice = all_advice(office)
    return {
        "advice": advice,
        "sections": sections(office, advice),
        "groups": {name: _of_group(advice, name) for name in dict.fromkeys(OTHER_GROUPS.values())},
        "times": sync_times(office),
        "emrs": " and ".join(desk.manifest.name for desk in office.desks.values()),
        "sees_visits": viewer.may(Permission.SEE_VISITS),
        "sees_settings": viewer.may(Permission.SEE_SETTINGS),
        "sees_users": viewer.may(Permission.SEE_USERS),
        "support_address": parts().support_address,
        "printed_at": viewer.now,
    }


def _of_group(advice: list[Advice], name: str) -> list[Advice]:
    return [one for one in advice if one.section is None and one.group == name]


def _asks_for_part(request: HttpRequest) -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
