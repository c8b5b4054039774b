"""How far a check is and what came of it, in words, with the tone in which to say it."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from visitsync.domain.time_words import in_words
from visitsync.storage.database import Transaction
from visitsync.sync.asked_checks import CheckProgress, Stage, progress
from visitsync.sync.desk import Desk
from visitsync.web.design.outcome_looks import OUTCOMES
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer

NOBODY_WORKING = (
    "The part of Visitsync that reads EMRs is not running. Your wish is kept, and goes first once it runs again. "
    "Tell whoever looks after Visitsync for you."
)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A check as people read it."""

    check_id: UUID
    stage: Stage
    title: str
    sentence: str
    tone: str
    icon: str
    is_under_way: bool
    checked_text: str
    """When it ended; "" while it is under way."""


def progress_of(transaction: Transaction, viewer: Viewer, desk: Desk, appointment_id: str) -> Shown | None:
    """The latest check of this appointment in words; None where nobody has asked lately."""
    found = progress(transaction, parts().vault, desk, appointment_id, now=viewer.now)
    if found is None:
        return None
    tone, icon = _LOOKS[found.stage]
    if found.stage is Stage.TURNED and found.outcome is not None:
        tone, icon = OUTCOMES[found.outcome].tone, OUTCOMES[found.outcome].icon
    title, sentence = _WORDS[found.stage](found, desk)
    ended_at = found.check.ended_at
    return Shown(
        check_id=found.check.check_id,
        stage=found.stage,
        title=title,
        sentence=sentence,
        tone=tone,
        icon=icon,
        is_under_way=found.is_under_way,
        checked_text=in_words(ended_at, viewer.zone, viewer.now) if ended_at else "",
    )


def _queued(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    if found.is_nobody_working:
        return "Nobody is looking it up at the moment", NOBODY_WORKING
    return "In the queue", "It goes before everything else; this takes a few seconds."


def _asking(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    if not (desk.manifest.is_listed or desk.manifest.reads_single):
        return f"Looking through what {desk.manifest.name} has sent", "This takes a few seconds."
    return f"Asking {desk.manifest.name}", "It is read now, with the patient's record. This takes a few seconds."


def _failed(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    if found.trouble is None:
        return "That did not work", "Try again in a minute."
    until = found.check.try_again_at
    when = in_words(until, desk.screen.zone, desk.screen.now) if until and until > desk.screen.now else ""
    again = f" It can be asked again {when}." if when else " Try again in a minute; nothing was changed meanwhile."
    return found.trouble.title, f"{found.trouble.sentence} {found.trouble.fix}{again}"


def _no_such(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    emr = desk.manifest.name
    advice = f"Compare the number with {emr}'s schedule: it may be another, or the appointment was not saved."
    return f"{emr} has no appointment with this number", advice


def _found(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    return f"Found in {desk.manifest.name}", "It has come in, and this is how it stands."


def _same(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    same = f"{desk.manifest.name} shows the same as before."
    return "Nothing has changed", f"{same} If you have just changed something, see that it was saved there."


def _changed(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    return "Something has changed, but that was not all", "What is still to be done stands below."


def _turned(found: CheckProgress, desk: Desk) -> tuple[str, str]:
    word = OUTCOMES[found.outcome].word if found.outcome else ""
    return f"Now: {word.lower()}", f"{desk.manifest.name} shows something new, and it was judged again."


_WORDS: Mapping[Stage, Callable[[CheckProgress, Desk], tuple[str, str]]] = {
    Stage.QUEUED: _queued,
    Stage.ASKING: _asking,
    Stage.FAILED: _failed,
    Stage.NO_SUCH: _no_such,
    Stage.FOUND: _found,
    Stage.SAME: _same,
    Stage.CHANGED: _changed,
    Stage.TURNED: _turned,
}
_LOOKS: Mapping[Stage, tuple[str, str]] = {
    Stage.QUEUED: ("waiting", "clock"),
    Stage.ASKING: ("waiting", "refresh"),
    Stage.FAILED: ("provider", "hold"),
    Stage.NO_SUCH: ("provider", "search"),
    Stage.FOUND: ("ready", "check"),
    Stage.SAME: ("quiet", "dash"),
    Stage.CHANGED: ("provider", "refresh"),
    Stage.TURNED: ("ready", "check"),
}
