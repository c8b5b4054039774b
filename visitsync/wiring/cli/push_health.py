"""Prints how an EMR that pushes to us fares, and which commands help where something takes long."""

from collections.abc import Callable, Mapping
from datetime import datetime

from visitsync.sync.lateness import LateKind
from visitsync.sync.push_health import PushHealth
from visitsync.wiring.cli.printing import say

_IS_WORKER_RUNNING = "Is a worker running? `visitsync work` starts one."
COMMANDS_THEN: Mapping[LateKind, str] = {
    LateKind.READ_LATE: _IS_WORKER_RUNNING,
    LateKind.NO_SENDER: "`visitsync peer add` registers a sender.",
    LateKind.NOBODY_LISTENS: "`visitsync listen` starts the listener.",
    LateKind.MESSAGES_WAIT: _IS_WORKER_RUNNING,
    LateKind.RESENDING: (
        "Set ack_mode to what the sender expects: `visitsync connect EMR --setting ack_mode=enhanced`."
    ),
    LateKind.TOO_QUIET: "Does the EMR's interface send? Its queue tells.",
}
"""What to do about it, for whoever is at the terminal."""


def tell_of_push(push: PushHealth, at: Callable[[datetime | None], str]) -> None:
    """Prints it; `at` puts an instant in words."""
    waiting = f", {push.waiting} waiting to be taken in" if push.waiting else ""
    say(f"  last message {at(push.last_message_at)}{waiting}")
    for one in push.peers:
        say(f"  peer {one.name}: {one.messages} messages, {one.resent} sent again, {one.refused} refused, "
            f"last {at(one.last_message_at)}")  # fmt: skip
