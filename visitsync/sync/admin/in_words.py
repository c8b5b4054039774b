"""What a change did, or would do, in one sentence."""

from collections import Counter
from collections.abc import Mapping, Sequence

from visitsync.domain.decision import WITH_VISIT, Outcome
from visitsync.storage.effects import Effect
from visitsync.sync.rehearsing import Turned

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
_BECOMES: Mapping[str, str] = {
    Outcome.NEEDS_FIX: "need a fix",
    Outcome.NEEDS_PROVIDER: "need a provider",
    Outcome.NOT_TELEMEDICINE: "no longer count as telemedicine",
}
"""What an appointment would do, where it would not simply "be" that."""


def effects_in_words(found: Sequence[Effect]) -> str:
    """For instance "12 now ready, 1 stopped: now need a fix"."""
    moved = [one for one in found if one.before != one.after]
    parts = [
        f"{one.count} {'stopped: now' if _has_stopped(one) else 'now'} {OUTCOME_IN_A_LINE.get(one.after, one.after)}"
        for one in moved
    ]
    return ", ".join(parts) or "No appointment changed its outcome"


def preview_in_words(turned: Sequence[Turned]) -> str:
    """For instance "12 would start syncing (3 of them once the patient's record is read), 1 would stop"."""
    started = [one for one in turned if one.would_start]
    unread = sum(one.waits_for_record for one in started)
    parts = []
    if started:
        later = f" ({unread} of them once the patient's record is read)" if unread else ""
        parts.append(f"{len(started)} would start syncing{later}")
    if stopped := sum(one.would_stop for one in turned):
        parts.append(f"{stopped} would stop")
    others = Counter(
        one.after for one in turned if one.before is not one.after and not one.would_start and not one.would_stop
    )
    parts += (
        f"{count} would {_BECOMES.get(after, f'be {OUTCOME_IN_A_LINE[after]}')}"
        for after, count in sorted(others.items())
    )
    if said := sum(one.before is one.after for one in turned):
        parts.append(f"{said} would stay as {'it is' if said == 1 else 'they are'}, for another reason")
    return ", ".join(parts) or "No appointment would change"


def turn_in_words(one: Turned) -> str:
    """For instance "not telemedicine → ready"."""
    after = "ready once the patient's record is read" if one.waits_for_record else OUTCOME_IN_A_LINE[one.after]
    return f"{OUTCOME_IN_A_LINE[one.before]} → {after}"


def _has_stopped(effect: Effect) -> bool:
    return effect.before in WITH_VISIT and effect.after not in WITH_VISIT
