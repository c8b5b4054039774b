"""What a trial showed, as checks that are passed or say what to do."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.decision import Finding
from visitsync.domain.explanation import CheckMark, explain
from visitsync.sync.admin.trying_out import DAYS_AHEAD, Trial
from visitsync.sync.desk import screen_for
from visitsync.web.staff.viewer import Viewer


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was tried."""

    mark: CheckMark
    words: str
    then: tuple[str, ...] = ()
    """What to do, or what to know."""


def checks_of(trial: Trial, manifest: Manifest, words: Mapping[str, str], viewer: Viewer) -> list[Check]:
    """In the order in which they were tried; after the first that failed there are no more."""
    name = manifest.name
    if not trial.is_let_in:
        return [Check(mark=CheckMark.CROSS, words=f"We cannot sign in to {name}", then=trial.problems)]
    if manifest.feed is Feed.PUSH and not manifest.reads_patients and trial.is_working:
        return [Check(mark=CheckMark.TICK, words="Nothing signs in here: it sends to us")]
    signed_in = Check(mark=CheckMark.TICK, words=f"We can sign in to {name}")
    allowed = f"We may read {words['patient']}s, appointments and lists"
    if not trial.is_working:
        return [signed_in, Check(mark=CheckMark.CROSS, words="Something that we need is missing", then=trial.problems)]
    found = [signed_in, Check(mark=CheckMark.TICK, words=allowed, then=trial.problems)]
    if manifest.is_listed:
        found += [_lists(trial, manifest, words, viewer), _schedule(trial, manifest, viewer)]
    return found


def _lists(trial: Trial, manifest: Manifest, words: Mapping[str, str], viewer: Viewer) -> Check:
    if trial.lists_trouble:
        then = _trouble(trial.lists_trouble, manifest, viewer)
        return Check(mark=CheckMark.CROSS, words="The lists could not be read", then=then)
    counted = (
        (RecordKind.APPOINTMENT_TYPE, words["type"]),
        (RecordKind.LOCATION, words["location"]),
        (RecordKind.PRACTITIONER, words["provider"]),
    )
    told = [f"{trial.listed.get(kind, 0)} {word}{'' if trial.listed.get(kind) == 1 else 's'}" for kind, word in counted]
    if not any(trial.listed.values()):
        then = (f"{manifest.name} has no lists of its own: they fill up as appointments are read.",)
        return Check(mark=CheckMark.NOT_ASKED, words="No lists yet", then=then)
    return Check(mark=CheckMark.TICK, words=f"It lists {told[0]}, {told[1]} and {told[2]}")


def _schedule(trial: Trial, manifest: Manifest, viewer: Viewer) -> Check:
    if trial.schedule_trouble:
        then = (*_trouble(trial.schedule_trouble, manifest, viewer), "The first reading tries again.")
        return Check(mark=CheckMark.NOT_ASKED, words="The schedule was not looked through", then=then)
    if not trial.looked_at:
        then = ("If there should be some, the connecting user may not see every schedule.",)
        return Check(mark=CheckMark.NOT_ASKED, words=f"Nothing is booked in the next {DAYS_AHEAD} days", then=then)
    return Check(mark=CheckMark.TICK, words=f"{trial.looked_at} coming appointments can be seen")


def _trouble(code: str, manifest: Manifest, viewer: Viewer) -> tuple[str, ...]:
    told = explain(Finding(code), screen_for(manifest, viewer.zone, viewer.now))
    return (told.sentence, told.fix) if told.fix else (told.sentence,)
