"""The settings of one connection and of the practice, in the shape of the page's forms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from visitsync.connector_kit.manifest import Setting
from visitsync.domain.local_time import zone_named
from visitsync.domain.practice import Demographic
from visitsync.domain.required_demographics import write_demographics
from visitsync.domain.time_words import short_day_in_words
from visitsync.sync.desk import Desk
from visitsync.sync.list_use import ListUse
from visitsync.web.staff.catalog.asks_about_marks import MEANINGS
from visitsync.web.staff.catalog.opening import DAYS, week_of
from visitsync.web.staff.catalog.place import Choice, Place
from visitsync.web.staff.catalog.rows import counted
from visitsync.web.staff.catalog.zones import zone_in_words


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """One of the practice's own statuses."""

    word: str
    meaning: str
    """"" as long as nobody has said it."""
    choices: tuple[Choice, ...]
    seen: str = ""


class Closed(msgspec.Struct, frozen=True):
    """A day on which the practice is closed."""

    day: str
    words: str
    href: str


class OfEmr(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that only this EMR has."""

    name: str
    label: str
    help: str
    value: str
    choices: tuple[Choice, ...]
    """None: free text."""


def of_practice(place: Place) -> dict[str, Any]:
    """Name, zone, closures."""
    practice = place.office.practice
    today = place.viewer.now.astimezone(zone_named(practice.zone)).date()
    return {
        "practice": practice,
        "zone_words": zone_in_words(practice.zone, place.viewer.now),
        "closures": [_closed(place, day) for day in sorted(practice.closures) if day >= today],
        "today": today.isoformat(),
    }


def of_connection(place: Place, desk: Desk, use: ListUse) -> dict[str, Any]:
    """All that belongs to one EMR."""
    facts, settings = desk.practice.connection, desk.connection.settings
    return {
        "demands": [
            Choice(one.value, one.value.capitalize(), one in facts.required_demographics) for one in Demographic
        ],
        "usual_demands": write_demographics(desk.manifest.required_demographics).replace(" | ", ", "),
        "demands_are_usual": facts.required_demographics == desk.manifest.required_demographics,
        "demanded": write_demographics(facts.required_demographics).replace(" | ", ", "),
        "months": [Choice(str(one), counted(one, "month", "months"), facts.sync_months == one) for one in (1, 2, 3)],
        "agreement": facts.recognition.agreement.value,
        "mark_words": [desk.screen.words.get(one.kind, one.kind.value) for one in facts.recognition.conditions],
        "week": [(day, name, week_of(settings.get("opening_hours", ""))[day]) for day, name in DAYS.items()],
        "has_hours": bool(desk.practice.opening_hours),
        "excluded": "\n".join(sorted(facts.excluded_resources)),
        "step": facts.duration_step_minutes,
        "statuses": _statuses(desk, use),
        "of_emr": [_of_emr(setting, settings) for setting in desk.manifest.settings],
    }


def _closed(place: Place, day: date) -> Closed:
    return Closed(day.isoformat(), f"{short_day_in_words(day)}, {day.year}", place.ask("open", day=day.isoformat()))


def _statuses(desk: Desk, use: ListUse) -> list[Status]:
    """Those that nobody has explained first."""
    connection = desk.connection.connection_id
    unknown = [(word, count) for (of, word), count in use.statuses_unknown.items() if of == connection]
    known: Mapping[str, str] = desk.practice.connection.status_meanings
    return [
        Status(
            word=word,
            meaning="",
            choices=_meanings(""),
            seen=counted(count, "appointment has it", "appointments have it"),
        )
        for word, count in sorted(unknown, key=lambda item: (-item[1], item[0]))
    ] + [
        Status(word=word, meaning=MEANINGS.get(meaning, meaning), choices=_meanings(meaning))
        for word, meaning in sorted(known.items())
    ]


def _meanings(chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, words, value == chosen) for value, words in MEANINGS.items())


def _of_emr(setting: Setting, settings: Mapping[str, str]) -> OfEmr:
    value = settings.get(setting.name, setting.default)
    is_text = setting.values == ("",)
    return OfEmr(
        name=setting.name,
        label=setting.name.replace("_", " ").capitalize(),
        help=setting.help,
        value=value,
        choices=() if is_text else tuple(Choice(one, one, one == value) for one in setting.values),
    )
