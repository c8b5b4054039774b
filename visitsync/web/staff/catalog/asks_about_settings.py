"""Wishes about settings, of one connection or of the whole practice; and taking a change back."""

from collections.abc import Mapping
from datetime import date, timedelta

from visitsync.domain.practice import Agreement, Demographic
from visitsync.domain.required_demographics import write_demographics
from visitsync.sync.admin.connection_settings import change_settings
from visitsync.sync.admin.practice_wide import close_on, describe_practice, open_on
from visitsync.sync.admin.undo import undo as undo_change
from visitsync.web.staff.catalog.asked import Asked, CannotBeAsked, Proposal
from visitsync.web.staff.catalog.opening import DAYS, kept_as
from visitsync.web.staff.catalog.place import TABS
from visitsync.web.staff.catalog.zones import known_zone

MOST_DAYS_CLOSED = 62
FURTHEST = timedelta(days=800)


def demographics(asked: Asked) -> Proposal:
    usual = asked.desk.manifest.required_demographics
    known = [one.value for one in Demographic]
    chosen = frozenset(Demographic(word) for word in asked.words("demand") if word in known)
    if asked.text("usual"):
        chosen = usual
    value = None if chosen == usual else write_demographics(chosen)
    what = write_demographics(chosen).replace(" | ", ", ")
    return _settings(asked, {"required_demographics": value}, f"Require {what}?")


def window(asked: Asked) -> Proposal:
    months = asked.one_of("months", ["1", "2", "3"])
    title = f"Sync {'one month' if months == '1' else f'{months} months'} ahead?"
    return _settings(asked, {"sync_months": None if months == "3" else months}, title)


def agreement(asked: Asked) -> Proposal:
    how = asked.one_of("agreement", [one.value for one in Agreement])
    title = "Must all marks agree?" if how == "all" else "Is any one mark enough?"
    return _settings(asked, {"agreement": None if how == "all" else how}, title)


def hours(asked: Asked) -> Proposal:
    text = kept_as({day: asked.text(day) for day in DAYS})
    title = "Change the opening hours?" if text else "Sync at any hour?"
    return _settings(asked, {"opening_hours": text or None}, title)


def excluded(asked: Asked) -> Proposal:
    names = [line.strip() for line in asked.text("excluded").splitlines() if line.strip()]
    if any("|" in name for name in names):
        raise CannotBeAsked("A name cannot hold the sign |.")
    value = " | ".join(dict.fromkeys(names)) or None
    return _settings(asked, {"excluded_resources": value}, "Change what is kept out of the sync?")


def duration(asked: Asked) -> Proposal:
    text = asked.text("step").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise CannotBeAsked("Enter a number of minutes, or 0 for any length.")
    minutes = str(int(text))
    title = "Allow any length?" if minutes == "0" else f"Allow only multiples of {minutes} minutes?"
    return _settings(asked, {"duration_step_minutes": None if minutes == "0" else minutes}, title)


def of_emr(asked: Asked) -> Proposal:
    """One of the settings that only this EMR has."""
    desk = asked.desk
    setting = next((one for one in desk.manifest.settings if one.name == asked.text("name")), None)
    if setting is None:
        raise CannotBeAsked(f"{desk.manifest.name} has no such setting.")
    value = asked.text("value").strip()
    title = f"Set “{setting.name.replace('_', ' ')}” to {value or 'what is usual'}?"
    return _settings(asked, {setting.name: None if value == setting.default else value}, title)


def close(asked: Asked) -> Proposal:
    first = _day(asked, "first")
    last = _day(asked, "last") if asked.text("last") else first
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS_CLOSED:
        raise CannotBeAsked(f"The last day comes after the first, and at most {MOST_DAYS_CLOSED} days at once.")
    days = [first + timedelta(days=number) for number in range(count)]
    named = _in_words(first) if count == 1 else f"from {_in_words(first)} to {_in_words(last)}"
    return Proposal(
        title=f"Close the practice {'on ' if count == 1 else ''}{named}?",
        verb="Close",
        change=lambda at: close_on(at, asked.author, days),
        view="catalog-settings",
        explains=("Closed days are no business days. A visit booked on one is flagged, so that somebody looks.",),
    )


def open_again(asked: Asked) -> Proposal:
    day = _day(asked, "day")
    return Proposal(
        title=f"Open the practice on {_in_words(day)} after all?",
        verb="Open",
        change=lambda at: open_on(at, asked.author, [day]),
        view="catalog-settings",
    )


def practice(asked: Asked) -> Proposal:
    name, zone = asked.needed("name", "a name").strip(), known_zone(asked.needed("zone", "a time zone"))
    before = asked.office.practice
    if (name, zone) == (before.name, before.zone):
        raise CannotBeAsked("Nothing would be different: this is how it is now.")
    explains = []
    if zone != before.zone:
        explains.append(
            "Every appointment without a zone of its own is understood again: 9:00 AM stays 9:00 AM, by the clocks of "
            "the new zone. Days, opening hours and reminders follow it, too."
        )
    return Proposal(
        title=f"Call the practice “{name}”, in {zone}?",
        verb="Change",
        change=lambda at: describe_practice(at, asked.author, name=name, zone=zone),
        view="catalog-settings",
        explains=tuple(explains),
    )


def undo(asked: Asked) -> Proposal:
    number = asked.text("change")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise CannotBeAsked("There is no such change.")
    return Proposal(
        title="Take this change back?",
        verb="Take it back",
        change=lambda at: undo_change(at, asked.author, int(number)),
        view=asked.one_of("from", ["", *TABS]) or "catalog-changes",
        explains=("Everything it touched becomes as it was before. That, too, can be taken back.",),
    )


def _settings(asked: Asked, wanted: Mapping[str, str | None], title: str) -> Proposal:
    desk = asked.desk
    connection = desk.connection.connection_id
    if all(desk.connection.settings.get(name) == value for name, value in wanted.items()):
        raise CannotBeAsked("Nothing would be different: this is how it is now.")
    return Proposal(
        title=title,
        verb="Change",
        connection_id=connection,
        change=lambda at: change_settings(at, connection, asked.author, wanted),
        view="catalog-settings",
    )


def _day(asked: Asked, name: str) -> date:
    try:
        day = date.fromisoformat(asked.text(name))
    except ValueError:
        raise CannotBeAsked("Choose a day.") from None
    if abs(day - asked.author.now.date()) > FURTHEST:
        raise CannotBeAsked("Choose a day of this or the next year.")
    return day


def _in_words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
