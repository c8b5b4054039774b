"""How long a database is waited for: without end while it says that it is coming, not for ever while it is silent."""

import logging
import time

from visitsync.wiring.embedded_postgres.connecting import Answer

# All in seconds.
LONGEST_SILENCE = 120.0
UNUSUAL = 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 0.25

log = logging.getLogger(__name__)


class Waiting:
    """Looks again soon at first; later seldom enough not to fill PostgreSQL's log with refused logins."""

    def __init__(self) -> None:
        self._began = self._last_sign = time.monotonic()
        self._pause = SHORTEST_PAUSE
        self._has_said_so = False

    def has_lasted(self, seconds: float) -> bool:
        return time.monotonic() - self._began > seconds

    def is_in_vain_after(self, answer: Answer) -> bool:
        """Whether nothing at all has answered for too long."""
        if answer is not Answer.NONE:
            self._last_sign = time.monotonic()
        if answer is Answer.BUSY and self.has_lasted(UNUSUAL) and not self._has_said_so:
            self._has_said_so = True
            log.warning("The database is recovering, as after a kill or a power cut: waiting until it is ready")
        return time.monotonic() - self._last_sign > LONGEST_SILENCE

    def pause(self) -> None:
        time.sleep(self._pause)
        self._pause = min(self._pause * 1.3, LONGEST_PAUSE)
