"""visitsync undo: take a change of the practice's settings back, as long as nothing newer touched the same thing."""

import click

from visitsync.domain.time_words import in_words
from visitsync.storage import practices, setting_touches
from visitsync.sync.admin.undo import undo as take_back
from visitsync.wiring.cli.exits import NotFound
from visitsync.wiring.cli.options import json_option, practice_option, the_author, the_house, the_practice
from visitsync.wiring.cli.previewing import make_change
from visitsync.wiring.cli.printing import print_json, say, table
from visitsync.wiring.house import House

MOST_SHOWN = 20


@click.command()
@click.argument("number", type=int, required=False, metavar="CHANGE")
@click.option("--list", "lists", is_flag=True, help="List the latest changes with their numbers, and end.")
@practice_option
@json_option
def undo(number: int | None, lists: bool, slug: str | None, as_json: bool) -> None:
    """Take a change back: an approval, a switch, a household, a closure, a setting. Without CHANGE: the last one.

    What it affects is judged again at once. Taking back can be taken back, too.

    \b
    Examples:
      visitsync undo --list
      visitsync undo 17 --practice lakeside
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            found = setting_touches.latest(transaction, at_most=MOST_SHOWN)
            zone = practices.find_practice(transaction).zone
        if lists:
            _show(house, found, zone, as_json=as_json)
            return
        chosen = number if number is not None else _last(found)
        make_change(
            house, tenant.practice_id, lambda transaction: take_back(transaction, the_author(house), chosen),
            as_json=as_json,
        )  # fmt: skip


def _last(found: list[setting_touches.SettingChange]) -> int:
    for one in found:
        if one.can_be_undone and one.undoes is None:
            return one.change_id
    raise NotFound("None of the latest changes can be taken back.")


def _show(house: House, found: list[setting_touches.SettingChange], zone: str, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    if not found:
        say("Nothing was changed yet.")
        return
    now = house.clock()
    rows = [
        (one.change_id, in_words(one.changed_at, zone, now), one.changed_by, one.what, one.before or "",
         one.after or "", _remark(one))
        for one in found
    ]  # fmt: skip
    table(("change", "when", "who", "what", "before", "after", ""), rows)


def _remark(one: setting_touches.SettingChange) -> str:
    if one.is_undone:
        return "taken back"
    if one.undoes is not None:
        return f"takes {one.undoes} back"
    return "" if one.can_be_undone else "stays"
