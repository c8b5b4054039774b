"""Makes a change of settings and judges again what it can affect, at once; or only says what it would do."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import msgspec

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.email_address import canonical
from visitsync.storage import effects, practice_settings, practices, setting_touches, staff
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.effects import Effect
from visitsync.storage.setting_touches import ThingKind, Touch
from visitsync.sync.admin.connection_settings import GENERAL_SETTINGS
from visitsync.sync.admin.in_words import effects_in_words, preview_in_words
from visitsync.sync.engine import Engine
from visitsync.sync.link import Link
from visitsync.sync.recheck import (
    recheck_for_email,
    recheck_for_patients,
    recheck_for_practitioner,
    recheck_for_setting,
)
from visitsync.sync.rehearsing import Turned, rehearse
from visitsync.sync.replay import replay
from visitsync.sync.turns import in_turn

Change = Callable[[Transaction], int]
"""Makes a change in a transaction and gives its number; all that marks, entries and their neighbours offer."""


class CarriedOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a change did."""

    change_id: int
    """What `undo` is given."""
    effects: tuple[Effect, ...]

    @property
    def sentence(self) -> str:
        """For instance "12 now ready, 1 stopped: now need a fix"; without a full stop."""
        return effects_in_words(self.effects)


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would do to the appointments to come; with ids and no names."""

    turned: tuple[Turned, ...]
    """The nearest first."""

    @property
    def would_start(self) -> int:
        return sum(one.would_start for one in self.turned)

    @property
    def would_stop(self) -> int:
        return sum(one.would_stop for one in self.turned)

    @property
    def moved(self) -> tuple[Turned, ...]:
        """Those whose outcome would be another; of the rest only something else would be said."""
        return tuple(one for one in self.turned if one.before is not one.after)

    @property
    def sentence(self) -> str:
        """For instance "12 would start syncing, 1 would stop"; without a full stop."""
        return preview_in_words(self.turned)


def carry_out(engine: Engine, practice_id: UUID, change: Change) -> CarriedOut:
    """Makes the change and judges again what it affects. What the change raises passes through, with nothing done.

    Raises LostTheConnection where a sync is in the way for long; the change is made then, and `judge_again` goes on.
    """
    with engine.database.practice(practice_id) as transaction:
        change_id = change(transaction)
    return judge_again(engine, practice_id, change_id)


def judge_again(engine: Engine, practice_id: UUID, change_id: int) -> CarriedOut:
    """Judges again what a change that is made can affect: one connection's, or all of the practice's."""
    with engine.database.practice(practice_id) as transaction:
        touches = setting_touches.of_change(transaction, change_id)
        readable = [one.connection_id for one in practices.connections(transaction) if one.has_credentials]
    affected = {touch.thing.connection_id for touch in touches}
    if None not in affected:
        readable = [one for one in readable if one in affected]
    links = [engine.link(practice_id, connection_id) for connection_id in readable]
    found = [effect for link in links for effect in _judged(link, change_id, touches)]
    return CarriedOut(change_id=change_id, effects=tuple(found))


def preview(engine: Engine, practice_id: UUID, connection_id: UUID, change: Callable[[Transaction], object]) -> Preview:
    """Says what the change would do on one connection, and changes nothing. What the change raises passes through."""
    return Preview(turned=rehearse(engine.link(practice_id, connection_id), change))


def preview_for_practice(engine: Engine, practice_id: UUID, change: Callable[[Transaction], object]) -> Preview:
    """The same for all connections of the practice together."""
    with engine.database.practice(practice_id) as transaction:
        readable = [one.connection_id for one in practices.connections(transaction) if one.has_credentials]
    turned = [one for each in readable for one in rehearse(engine.link(practice_id, each), change)]
    return Preview(turned=tuple(sorted(turned, key=lambda one: (one.start, one.appointment_id))))


# --- what is judged again ---------------------------------------------------------------------------------------------


def _judged(link: Link, change_id: int, touches: Sequence[Touch]) -> list[Effect]:
    in_turn(lambda: _recheck(link, change_id, touches))
    with link.database.practice(link.practice_id) as transaction:
        return effects.of_cause(transaction, link.connection_id, "setting changed", str(change_id))


def _recheck(link: Link, change_id: int, touches: Sequence[Touch]) -> None:
    """As little as the things that were touched can affect; whatever touches several kinds of things, everything."""
    if any(map(_changes_meaning, touches)):
        replay(link, Cause("setting changed", str(change_id)))
        return
    reaches = {_reach(touch) for touch in touches}
    reach = reaches.pop() if len(reaches) == 1 else _everything
    reach(link, change_id, touches)


def _changes_meaning(touch: Touch) -> bool:
    """Whether the EMR's records are to be understood anew: what they mean, or when it is there, is another now."""
    kind, is_changed = touch.thing.kind, touch.is_change
    is_own_setting = kind is ThingKind.CONNECTION_SETTING and touch.thing.name not in GENERAL_SETTINGS
    return is_changed and (kind in _GIVE_MEANING or is_own_setting)


def _reach(touch: Touch) -> Callable[[Link, int, Sequence[Touch]], None]:
    if touch.thing.part == RecordKind.PRACTITIONER:
        return _practitioners
    return _REACHES.get(touch.thing.kind, _everything)


def _everything(link: Link, change_id: int, touches: Sequence[Touch]) -> None:
    recheck_for_setting(link, change_id)


def _nothing(link: Link, change_id: int, touches: Sequence[Touch]) -> None:
    """How the connection is read is in no decision."""


def _practitioners(link: Link, change_id: int, touches: Sequence[Touch]) -> None:
    for practitioner_id in sorted({touch.thing.name for touch in touches}):
        recheck_for_practitioner(link, change_id, practitioner_id)


def _families(link: Link, change_id: int, touches: Sequence[Touch]) -> None:
    """Also whoever stays in a household that somebody joined or left."""
    homes = {state["household"] for touch in touches for state in (touch.before, touch.after) if state is not None}
    with link.database.practice(link.practice_id) as transaction:
        members = practice_settings.households(transaction, link.connection_id)
    patients = {touch.thing.name for touch in touches} | {one for one, home in members.items() if home in homes}
    recheck_for_patients(link, change_id, sorted(patients))


def _test_visits(link: Link, change_id: int, touches: Sequence[Touch]) -> None:
    numbers = [touch.thing.name for touch in touches]
    recheck_for_setting(link, change_id, "appointment_id = any(%(numbers)s)", {"numbers": numbers})


def _who_has_the_address(link: Link, change_id: int, touches: Sequence[Touch]) -> None:
    names = {touch.thing.name for touch in touches}
    with link.database.practice(link.practice_id) as transaction:
        members = staff.staff_members(transaction, link.vault)
    for member in members:
        if str(member.staff_id) in names:
            index = link.vault.blind_index(link.practice_id, canonical(member.email))
            recheck_for_email(link, change_id, index)


_REACHES: Mapping[ThingKind, Callable[[Link, int, Sequence[Touch]], None]] = {
    ThingKind.HOUSEHOLD_MEMBER: _families,
    ThingKind.TEST_VISIT: _test_visits,
    ThingKind.STAFF_ACTIVE: _who_has_the_address,
    ThingKind.CONNECTION_STATE: _nothing,
}
_GIVE_MEANING = frozenset({ThingKind.STATUS_MEANING, ThingKind.ENTRY_ZONE, ThingKind.PRACTICE_ZONE})
"""After these the EMR's records are understood anew, not only judged."""
