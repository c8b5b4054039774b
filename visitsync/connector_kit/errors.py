"""What can go wrong when asking an EMR, named by what to do next. The vendor's own words ride in __cause__."""

from datetime import datetime


class ConnectorError(Exception):
    """Base of all; `code` is a reason of the catalogue (group G or H). Messages never carry patient data."""

    code = "emr-trouble"


class TryAgainLater(ConnectorError):
    """Nothing is wrong that time does not mend: throttled, an outage, our own budget used up."""

    code = "emr-outage"

    def __init__(self, message: str, *, until: datetime | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.until = until
        """Not before this instant (aware, UTC); None: by our own backing off."""
        if code is not None:
            self.code = code


class AnswerUnreadable(TryAgainLater):
    """The whole answer is not what was asked for: HTML, cut off, another shape. Never read as "no appointments"."""

    code = "emr-answer-unreadable"


class NeedsReconnect(ConnectorError):
    """The credentials no longer work; a practice admin must sign in again."""

    code = "connection-needs-reconnect"


class NeedsPermission(ConnectorError):
    """Signed in, but the connecting user may not see this; a practice admin must grant it in the EMR."""

    code = "connection-lacks-permission"


class RequestRefused(ConnectorError):
    """The EMR says that our request is wrong. Ours to mend; trying again changes nothing."""

    code = "emr-request-refused"


class RecordGone(ConnectorError):
    """The EMR no longer knows this one record."""

    code = "record-gone"


class RecordUnreadable(ConnectorError):
    """One record makes no sense; it is quarantined with its raw bytes and the others go on."""

    code = "record-unreadable"


class ForbiddenAddress(ConnectorError):
    """The base URL, or a redirect or link from the EMR, points where our requests and tokens must never go."""

    code = "forbidden-address"
