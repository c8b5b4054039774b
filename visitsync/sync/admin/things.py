"""The things that changes touch, and the noting of how a change found and left them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from uuid import UUID

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.appointment import MarkKind
from visitsync.storage import setting_touches
from visitsync.storage.database import Transaction
from visitsync.storage.setting_states import states
from visitsync.storage.setting_touches import Thing, ThingKind, Touch


def noted(transaction: Transaction, things: Iterable[Thing], make: Callable[[], int]) -> int:
    """Makes a change, which gives its number, and keeps how it found and left these things; gives the number."""
    setting_touches.one_at_a_time(transaction)
    touched = list(dict.fromkeys(things))
    before = states(transaction, touched)
    change_id = make()
    after = states(transaction, touched)
    touches = [
        Touch(thing=thing, before=was, after=is_) for thing, was, is_ in zip(touched, before, after, strict=True)
    ]
    setting_touches.save(transaction, change_id, touches)
    return change_id


def note_as_new(transaction: Transaction, change_id: int, thing: Thing) -> None:
    """Keeps that a change brought a thing that was not there, and whose name nobody knew before."""
    [state] = states(transaction, [thing])
    setting_touches.save(transaction, change_id, [Touch(thing=thing, before=None, after=state)])


def approval(connection_id: UUID, kind: MarkKind, value: str, *, is_id: bool) -> Thing:
    return Thing(ThingKind.APPROVAL, value, f"{kind} {'id' if is_id else 'text'}", connection_id)


def switch_of(connection_id: UUID, kind: RecordKind, entry_id: str) -> list[Thing]:
    """Whether an entry is connected; connecting it confirms its name, too."""
    return [
        Thing(ThingKind.ENTRY_CONNECTED, entry_id, kind, connection_id),
        Thing(ThingKind.ENTRY_PREVIOUS_NAME, entry_id, kind, connection_id),
    ]


def of_connection(kind: ThingKind, connection_id: UUID, names: Sequence[str], part: str = "") -> list[Thing]:
    return [Thing(kind, name, part, connection_id) for name in names]


def closures(days: Iterable[date]) -> list[Thing]:
    return [Thing(ThingKind.CLOSURE, day.isoformat()) for day in days]


def practice() -> list[Thing]:
    return [Thing(ThingKind.PRACTICE_NAME, "practice"), Thing(ThingKind.PRACTICE_ZONE, "practice")]


def staff_member(staff_id: UUID) -> Thing:
    return Thing(ThingKind.STAFF_ACTIVE, str(staff_id))
