"""What takes longer than is normal on a connection, and what somebody at the practice can do then."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from visitsync.domain.practice import PracticeContext
from visitsync.rules.silence import is_too_quiet
from visitsync.sync.push_health import PushHealth


class LateKind(StrEnum):
    """What may take too long."""

    READ_LATE = "read late"
    NO_SENDER = "no sender"
    NOBODY_LISTENS = "nobody listens"
    MESSAGES_WAIT = "messages wait"
    RESENDING = "resending"
    TOO_QUIET = "too quiet"


class Late(msgspec.Struct, frozen=True):
    """What takes longer than is normal."""

    kind: LateKind
    what: str
    """A sentence for staff."""

    @property
    def title(self) -> str:
        """In a few words."""
        return TITLES[self.kind]

    @property
    def then(self) -> str:
        """What to do about it, for whoever runs the practice's connection; names no command."""
        return WHAT_TO_DO[self.kind]


TITLES: Mapping[LateKind, str] = {
    LateKind.READ_LATE: "Running late",
    LateKind.NO_SENDER: "No sender is registered",
    LateKind.NOBODY_LISTENS: "Nobody is listening",
    LateKind.MESSAGES_WAIT: "Messages wait",
    LateKind.RESENDING: "Messages come again and again",
    LateKind.TOO_QUIET: "Too quiet",
}

WHAT_TO_DO: Mapping[LateKind, str] = {
    LateKind.READ_LATE: "If this does not pass within the hour, ask for help: the reading itself may stand still.",
    LateKind.NO_SENDER: "Ask for help: the EMR's sender must be registered before its messages are let in.",
    LateKind.NOBODY_LISTENS: "Ask for help: the listener must be started. What the EMR sends waits there until then.",
    LateKind.MESSAGES_WAIT: "Nothing is lost. If it does not pass within the hour, ask for help.",
    LateKind.RESENDING: "Ask for help: the EMR expects another kind of acknowledgement than it gets.",
    LateKind.TOO_QUIET: "Ask whoever looks after the EMR whether its interface is sending; its queue tells.",
}


def what_takes_long(push: PushHealth | None, since: datetime, context: PracticeContext, now: datetime) -> Late | None:
    """What takes longer than is normal, if anything does; `since` is when it was last read or heard from (aware)."""
    abnormal = timedelta(minutes=context.connection.abnormal_minutes)
    if push is None:
        is_late = now - since > abnormal
        words = "It has not been read completely for longer than is normal."
        return Late(LateKind.READ_LATE, words) if is_late else None
    if not push.peers:
        return Late(LateKind.NO_SENDER, "Nobody is registered who may push to it.")
    if not push.is_anybody_listening:
        return Late(LateKind.NOBODY_LISTENS, "Nobody listens for its messages now.")
    if push.waiting_since is not None and now - push.waiting_since > abnormal:
        return Late(LateKind.MESSAGES_WAIT, "Messages wait to be taken in for longer than is normal.")
    if push.alarm:
        return Late(LateKind.RESENDING, f"{push.alarm} sends messages again and again although they were acknowledged.")
    if is_too_quiet(since, now, context):
        return Late(LateKind.TOO_QUIET, "No message has come for longer than is normal while the practice works.")
    return None
