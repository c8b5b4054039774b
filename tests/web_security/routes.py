"""The site map as Django has it: every address there is, what it needs, and how to fill it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import msgspec
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.stage.clinic import Clinics
from visitsync.domain.role import Permission
from visitsync.sync.admin.set_up import Step

OF_A_PRACTICE = "p/<slug:practice>/"
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


class Route(msgspec.Struct, frozen=True):
    """One line of the site map."""

    pattern: str
    """As written, without the slash at the beginning."""
    name: str
    view: Callable[..., Any]

    @property
    def is_staffs(self) -> bool:
        """Whether it is a page of a practice."""
        return self.pattern.startswith(OF_A_PRACTICE)

    @property
    def permission(self) -> Permission | None:
        """What its view says that it needs."""
        from visitsync.web.staff.page import PERMISSION  # needs Django's settings

        return getattr(self.view, PERMISSION, None)

    @property
    def parameters(self) -> dict[str, str]:
        """Name → converter."""
        return {found["name"]: found["kind"] or "str" for found in PARAMETER.finditer(self.pattern)}

    def filled(self, values: Mapping[str, object]) -> str:
        """The address with these in place."""
        if self.name:
            return reverse(self.name, kwargs={name: values[name] for name in self.parameters})
        return "/" + PARAMETER.sub(lambda found: quote(str(values[found["name"]])), self.pattern)


def routes() -> list[Route]:
    """All of them."""
    return list(_walk(get_resolver().url_patterns, ""))


def staff_routes() -> list[Route]:
    """Those of a practice's pages."""
    return [one for one in routes() if one.is_staffs]


def values_of(clinics: Clinics, slug: str) -> dict[str, object]:
    """Something that there is at that practice, for every name that an address may hold. A new name fails loudly."""
    practice_id = clinics.practice_id(slug)
    with clinics.database.practice(practice_id) as transaction:
        row = transaction.execute(
            "select connection_id, appointment_id from appointment where practice_id = %s order by start_at limit 1",
            (practice_id,),
        ).fetchone()
    assert row is not None
    person = next(one for one in clinics.people.values() if one.person.practice == slug)
    return {
        "practice": slug,
        "connection": row[0],
        "appointment": row[1],
        "staff_id": person.staff_id,
        "request_id": uuid4(),
        "step": Step.ACCESS.value,
        "reason": "email-missing",
        "code": "email-missing",
        "table": "causes",
    }


def guessed(values: Mapping[str, object]) -> dict[str, object]:
    """The same practice, but ids that nothing has."""
    return {
        name: value if name == "practice" else uuid4() if isinstance(value, UUID) else f"99{name}99"
        for name, value in values.items()
    }


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, before + str(one.pattern))
        else:
            yield Route(before + str(one.pattern), one.name or "", one.callback)
