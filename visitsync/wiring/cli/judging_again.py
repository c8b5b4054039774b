"""What follows when somebody changes a setting: everything that it can affect is judged again, at once."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from visitsync.domain.decision import WITH_VISIT, Outcome
from visitsync.storage import effects, practices
from visitsync.storage.effects import Effect
from visitsync.sync.link import Link
from visitsync.sync.recheck import recheck_for_setting
from visitsync.sync.turns import in_turn
from visitsync.wiring.cli.printing import print_json, say
from visitsync.wiring.house import House

Recheck = Callable[[Link], object]

OUTCOME_IN_A_LINE: Mapping[str, str] = {
    Outcome.READY: "ready",
    Outcome.WAITING: "waiting",
    Outcome.NEEDS_FIX: "need a fix",
    Outcome.NEEDS_PROVIDER: "need a provider",
    Outcome.ON_HOLD: "on hold",
    Outcome.NOT_TELEMEDICINE: "not telemedicine",
    Outcome.CANCELLED: "cancelled",
    Outcome.OVER: "over",
}


def judge_again(
    house: House, practice_id: UUID, connection_id: UUID, change_id: int, recheck: Recheck, *, as_json: bool = False
) -> None:
    """Judges again what a change affects, and says what became of it."""
    _tell(change_id, _effects(house, practice_id, connection_id, change_id, recheck), as_json=as_json)


def judge_again_for_practice(
    house: House, practice_id: UUID, change_id: int, recheck: Recheck | None = None, *, as_json: bool = False
) -> None:
    """The same for a setting of the whole practice: all its connections."""
    with house.database.practice(practice_id) as transaction:
        ids = [one.connection_id for one in practices.connections(transaction) if one.has_credentials]
    everything = recheck or (lambda link: recheck_for_setting(link, change_id))
    found = [one for identity in ids for one in _effects(house, practice_id, identity, change_id, everything)]
    _tell(change_id, found, as_json=as_json)


def in_words(found: Sequence[Effect]) -> str:
    """For instance "12 now ready, 1 stopped (now needs a fix)"."""
    moved = [one for one in found if one.before != one.after]
    parts = [
        f"{one.count} {'stopped: now' if _had_visit(one) and not _has_visit(one) else 'now'} "
        f"{OUTCOME_IN_A_LINE.get(one.after, one.after)}"
        for one in moved
    ]
    return ", ".join(parts) or "No appointment changed its outcome"


def _effects(house: House, practice_id: UUID, connection_id: UUID, change_id: int, recheck: Recheck) -> list[Effect]:
    link = house.link(practice_id, connection_id)
    in_turn(lambda: recheck(link))
    with house.database.practice(practice_id) as transaction:
        return effects.of_cause(transaction, connection_id, "setting changed", str(change_id))


def _tell(change_id: int, found: Sequence[Effect], *, as_json: bool) -> None:
    if as_json:
        print_json({"change": change_id, "effects": found})
    else:
        say(f"{in_words(found)}.")


def _had_visit(effect: Effect) -> bool:
    return effect.before in WITH_VISIT


def _has_visit(effect: Effect) -> bool:
    return effect.after in WITH_VISIT
