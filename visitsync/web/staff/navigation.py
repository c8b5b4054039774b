"""The pages that everybody may go to from everywhere, as the layout lists them."""

import msgspec
from django.urls import reverse

from visitsync.domain.role import Permission
from visitsync.web.staff.viewer import Viewer


class Entry(msgspec.Struct, frozen=True):
    """One line of the navigation; `view` is the name of its address in the site map."""

    view: str
    label: str
    icon: str
    permission: Permission
    is_main: bool = False
    """Also in the bar at the bottom of a phone."""
    short: str = ""
    """What it is called there, where the label would take two lines."""


ENTRIES = (
    Entry("today", "Today", "sun", Permission.SEE_VISITS, is_main=True),
    Entry("my-day", "My day", "person", Permission.SEE_OWN_VISITS, is_main=True),
    Entry("find", "Find", "search", Permission.SEE_VISITS, is_main=True),
    Entry("attention", "Needs attention", "flag", Permission.SEE_VISITS, is_main=True, short="To do"),
    Entry("connections", "Connections", "plug", Permission.SEE_CONNECTIONS),
    Entry("catalog", "Types and providers", "tag", Permission.SEE_SETTINGS),
    Entry("users", "Users", "people", Permission.SEE_USERS),
    Entry("activity", "Activity", "chart", Permission.SEE_INSIGHTS),
    Entry("help", "Help", "help", Permission.SEE_HELP),
)


class Link(msgspec.Struct, frozen=True):
    """One line as one person sees it."""

    href: str
    label: str
    icon: str
    is_here: bool
    is_main: bool
    short: str


def navigation(viewer: Viewer, here: str) -> list[Link]:
    """What this person may open; `here` is the name of the page they are on (`find` for `find-more`, too)."""
    return [
        Link(
            href=reverse(entry.view, kwargs={"practice": viewer.slug}),
            label=entry.label,
            icon=entry.icon,
            is_here=here == entry.view or here.startswith(f"{entry.view}-"),
            is_main=entry.is_main,
            short=entry.short or entry.label,
        )
        for entry in ENTRIES
        if viewer.may(entry.permission)
    ]


def home_of(viewer: Viewer) -> str:
    """The address where this person's day begins."""
    first = next(entry for entry in ENTRIES if viewer.may(entry.permission))
    return reverse(first.view, kwargs={"practice": viewer.slug})
