"""How a connection is, in a word, and what that means for visits."""

from collections.abc import Mapping

import msgspec

from visitsync.rules.silence import TOO_QUIET
from visitsync.storage.practices import ConnectionState
from visitsync.sync.admin.set_up import SetUp
from visitsync.sync.health import ConnectionHealth
from visitsync.sync.lateness import LateKind
from visitsync.web.design.outcome_looks import Look

FINE = Look("Fine", "check", "ready")
FIRST_READING = Look("First reading", "refresh", "waiting")
LATE = Look("Running late", "clock", "provider")
QUIET = Look("Too quiet", "hold", "provider")
TROUBLED = Look("In trouble", "hold", "fix")
PAUSED = Look("Paused", "pause", "quiet")
SIGN_IN_AGAIN = Look("Needs to be connected again", "key", "fix")
BEING_SET_UP = Look("Being set up", "wrench", "waiting")

_WORDS_OF: Mapping[LateKind, Look] = {LateKind.TOO_QUIET: QUIET, LateKind.NO_SENDER: TROUBLED}

PAUSED_MEANS = (
    "While it is paused, nothing new arrives: bookings, changes and cancellations made now are only seen once it is "
    "resumed. Visits that exist stay as they are."
)


class State(msgspec.Struct, frozen=True):
    """How it is: the badge, what is wrong, and what to do."""

    look: Look
    what: str = ""
    then: str = ""


def state_of(health: ConnectionHealth, set_up: SetUp | None) -> State:
    """What a person must do goes first."""
    if set_up is not None and (health.state != ConnectionState.ACTIVE or health.last_read_at is None):
        return State(BEING_SET_UP, "It is not set up yet, so no visit comes from it.", "Go on with the steps.")
    if health.state == ConnectionState.PAUSED:
        return State(PAUSED, PAUSED_MEANS, "Resume it when the reason is over.")
    if health.state == ConnectionState.NEEDS_RECONNECT:
        return State(SIGN_IN_AGAIN, health.what_is_wrong, health.what_to_do)
    if health.trouble == TOO_QUIET:
        return State(QUIET, health.what_is_wrong, health.what_to_do)
    if health.trouble is not None:
        return State(TROUBLED, health.what_is_wrong, health.what_to_do)
    if health.late is not None:
        return State(_WORDS_OF.get(health.late, LATE), health.what_is_wrong, health.what_to_do)
    if health.last_read_at is None:
        return State(FIRST_READING, "It is being read for the first time.", "")
    return State(FINE)
