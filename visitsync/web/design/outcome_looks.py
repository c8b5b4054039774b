"""How each outcome looks: its word, its icon, its tone. Never colour alone."""

from collections.abc import Mapping

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.explanation import CheckMark


class Look(msgspec.Struct, frozen=True):
    """Word, icon (see icons), tone (see pieces.css)."""

    word: str
    icon: str
    tone: str


OUTCOMES: Mapping[Outcome, Look] = {
    Outcome.READY: Look("Ready", "check", "ready"),
    Outcome.WAITING: Look("Waiting", "clock", "waiting"),
    Outcome.NEEDS_FIX: Look("Needs a fix", "wrench", "fix"),
    Outcome.NEEDS_PROVIDER: Look("Needs a provider", "person-plus", "provider"),
    Outcome.ON_HOLD: Look("On hold", "hold", "hold"),
    Outcome.NOT_TELEMEDICINE: Look("Not telemedicine", "dash", "quiet"),
    Outcome.CANCELLED: Look("Cancelled", "ban", "quiet"),
    Outcome.OVER: Look("Over", "check", "quiet"),
}

CHECKS: Mapping[CheckMark, Look] = {
    CheckMark.TICK: Look("Fine", "check", "ready"),
    CheckMark.CROSS: Look("To be fixed", "cross", "fix"),
    CheckMark.WAITING: Look("Waiting", "clock", "waiting"),
    CheckMark.NOT_ASKED: Look("Not asked", "dash", "quiet"),
}
