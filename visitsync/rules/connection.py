"""What is wrong with the connection as a whole, and does anything new arrive at all?"""

from visitsync.domain.decision import Finding
from visitsync.domain.practice import ConnectionFacts
from visitsync.domain.reasons import REASONS, TROUBLE_OF_UNKNOWN_KIND

_PAUSED, _BEING_SET_UP = "connection-paused", "connection-being-set-up"


def check(connection: ConnectionFacts) -> tuple[Finding, ...]:
    """G. While it is set up, that it is not read goes without saying; what only showed in passing comes last."""
    trouble = connection.trouble
    codes = [_PAUSED] if connection.is_paused and trouble != _BEING_SET_UP else []
    if trouble is not None and trouble not in codes:
        codes.append(trouble if trouble in REASONS else TROUBLE_OF_UNKNOWN_KIND)
    codes += (code for code in connection.notices if code in REASONS and code not in codes)
    return tuple(map(Finding, codes))


def is_read(connection: ConnectionFacts) -> bool:
    """Whether the EMR is read as usual: only then can anybody say by when something will have arrived."""
    return not connection.is_paused and connection.trouble is None
