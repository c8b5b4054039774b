"""Subscriptions to changes: without one athenahealth hands out nothing, with part of one only part (section 7)."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RequestRefused
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.athenahealth.asking import Asking, NotSubscribed
from visitsync.connectors.athenahealth.drift import flag
from visitsync.connectors.athenahealth.payloads import REFUSALS, SUBSCRIPTIONS, SubscriptionAnswer

FEEDS = ("appointments", "patients")
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"

NEEDED: Mapping[str, frozenset[str]] = {
    "appointments": frozenset(
        {"ScheduleAppointment", "UpdateAppointment", "CancelAppointment", "CheckIn", "CheckOut", "DeleteAppointment"}
    ),
    "patients": frozenset({"AddPatient", "UpdatePatient", "DeletePatient", "MergePatient"}),
}
"""The events without which something would be missed until the next sweep. Slots and freezing do not concern us."""


class Subscriptions:
    """Looks at and makes the subscriptions of one key in one practice."""

    def __init__(self, asking: Asking, departments: str, *, may_subscribe: bool) -> None:
        """`departments`: the complete list of their ids with commas between; "" is the whole practice."""
        self._asking = asking
        self._departments = departments
        self.may_subscribe = may_subscribe

    def trouble(self, feed: str, *, urgency: Urgency) -> str:
        """What is missing of a feed's subscription, after making it where we may; "" if nothing.

        Raises the errors of asking.
        """
        missing = self._missing(feed, urgency)
        if missing and self.may_subscribe:
            self.subscribe(feed, urgency=urgency)
            missing = self._missing(feed, urgency)
        if not missing:
            return ""
        return (
            f"Changes of {feed} do not reach this key: {missing}. {self._what_to_do(feed)} Until then changes of "
            f"{feed} are found only by reading everything, a few times a day."
        )

    def subscribe(self, feed: str, *, urgency: Urgency) -> None:
        """Subscribes to all events of a feed; the list of departments replaces the one before.

        Raises RequestRefused where athenahealth says no with status 200, and the errors of asking.
        """
        form = {"departmentids": self._departments} if self._departments else {}
        path = f"{feed}/changed/subscription"
        answer = self._asking.post(path, form, operation=path, urgency=urgency)
        try:
            is_done = flag(REFUSALS.decode(answer.body.strip()).success, "success")
        except (msgspec.DecodeError, UnicodeDecodeError):
            is_done = False
        if not is_done:
            raise RequestRefused(f"{path}: athenahealth did not subscribe us.")

    def _missing(self, feed: str, urgency: Urgency) -> str:
        path = f"{feed}/changed/subscription"
        try:
            answer = self._asking.get(path, operation=path, urgency=urgency)
        except NotSubscribed:
            return "nobody has subscribed to them"
        state = _state(answer.body)
        if state.status.strip().upper() == ACTIVE:
            return ""
        events = {row.eventname for row in state.subscriptions or ()}
        if state.status.strip().upper() == INACTIVE or not events:
            return "the subscription is not active"
        lacking = sorted(NEEDED[feed] - events)
        return f"the subscription lacks {', '.join(lacking)}" if lacking else ""

    def _what_to_do(self, feed: str) -> str:
        if self.may_subscribe:
            return "athenahealth did not make the subscription complete; ask its API support why."
        return (
            f"Set “subscribe” to yes here, or have whoever looks after this key call POST {feed}/changed/subscription "
            "without an event name."
        )


def _state(body: bytes) -> SubscriptionAnswer:
    try:
        return SUBSCRIPTIONS.decode(body.strip())
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerUnreadable("The state of the subscription makes no sense.") from None
