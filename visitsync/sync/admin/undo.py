"""Taking a change back, as long as nothing newer has touched the same thing."""

from collections.abc import Mapping

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.time_words import in_words
from visitsync.storage import catalog, practice_settings, practices, setting_touches
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState
from visitsync.storage.setting_states import put_back, states
from visitsync.storage.setting_touches import SettingChange, Thing, ThingKind, Touch
from visitsync.sync.admin import things
from visitsync.sync.admin.refusals import ChangedSince, NothingToTakeBack, TakenBackAlready
from visitsync.sync.jobs import sync_now

_OF_ENTRIES = frozenset(
    {ThingKind.ENTRY_CONNECTED, ThingKind.ENTRY_STAFF, ThingKind.ENTRY_ZONE, ThingKind.ENTRY_PREVIOUS_NAME}
)
_IN_WORDS: Mapping[ThingKind, str] = {
    ThingKind.APPROVAL: "the approval of “{name}”",
    ThingKind.STATUS_MEANING: "the meaning of “{name}”",
    ThingKind.ENTRY_CONNECTED: "whether {name} is connected",
    ThingKind.ENTRY_STAFF: "who sees the visits of {name}",
    ThingKind.ENTRY_ZONE: "the time zone of {name}",
    ThingKind.ENTRY_PREVIOUS_NAME: "the name of {name}",
    ThingKind.HOUSEHOLD_MEMBER: "the household of patient {name}",
    ThingKind.TEST_VISIT: "whether appointment {name} is a test",
    ThingKind.CONNECTION_SETTING: "the setting {name}",
    ThingKind.CONNECTION_STATE: "whether the EMR is read",
    ThingKind.CLOSURE: "the closure on {name}",
    ThingKind.STAFF_ACTIVE: "whether this person may sign in",
    ThingKind.PRACTICE_NAME: "the practice's name",
    ThingKind.PRACTICE_ZONE: "the practice's time zone",
}
"""What was changed, after "… has changed"."""


def undo(transaction: Transaction, author: Author, change_id: int) -> int:
    """Puts everything that a change touched back to how it was; returns the number of the change that does so.

    That one can be taken back in turn. Raises NoSuchChange, NothingToTakeBack, TakenBackAlready, ChangedSince.
    """
    setting_touches.one_at_a_time(transaction)
    change = setting_touches.find_change(transaction, change_id)
    touches = [touch for touch in setting_touches.of_change(transaction, change_id) if touch.is_change]
    if change.is_undone:
        raise TakenBackAlready("This change was taken back already.")
    if not touches:
        raise NothingToTakeBack("There is nothing to take back: the change changed nothing that is kept.")
    for touch in touches:
        _refuse_newer(transaction, author, change, touch)

    def make() -> int:
        for touch in touches:
            put_back(transaction, touch.thing, touch.before)
            _read_again(transaction, touch)
        return practice_settings.note_change(
            transaction, author, change.what, before=change.after, after=change.before, undoes=change_id
        )

    return things.noted(transaction, [touch.thing for touch in touches], make)


def _refuse_newer(transaction: Transaction, author: Author, change: SettingChange, touch: Touch) -> None:
    newer = setting_touches.newer(transaction, touch.thing, change.change_id)
    [now] = states(transaction, [touch.thing])
    named = _named(transaction, touch.thing)
    if newer is not None:
        zone = practices.find_practice(transaction).zone
        when = in_words(newer.changed_at, zone, author.now)
        raise ChangedSince(f"{newer.changed_by} has changed {named} since ({when}). Take that back first.")
    if now != touch.after:
        raise ChangedSince(f"This cannot be taken back any more: {named} was changed since, outside of these settings.")


def _named(transaction: Transaction, thing: Thing) -> str:
    name = thing.name
    if thing.connection_id is not None and thing.kind in _OF_ENTRIES:
        listed = catalog.entries(transaction, thing.connection_id, RecordKind(thing.part))
        name = listed[name].name if name in listed else name
    return _IN_WORDS[thing.kind].format(name=name)


def _read_again(transaction: Transaction, touch: Touch) -> None:
    """A connection that is not paused any more is read at once."""
    connection_id = touch.thing.connection_id
    if (
        touch.thing.kind is ThingKind.CONNECTION_STATE
        and connection_id is not None
        and touch.before["state"] == ConnectionState.ACTIVE
    ):
        sync_now(transaction.connection, transaction.practice_id, connection_id)
