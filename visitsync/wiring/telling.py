"""Looks after the telling: now and then at every practice, whoever of the workers comes first, and sends the mails."""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog

from visitsync.storage import tellings
from visitsync.sync.office import OfficeCache
from visitsync.sync.telling.posting import MailServerAway, PostOffice, post_waiting
from visitsync.sync.telling.turn import tell
from visitsync.web.staff.notices.addresses import page_address, stop_address
from visitsync.wiring.house import House
from visitsync.wiring.mail import SmtpPost
from visitsync.wiring.site_of_house import mail_of, public_url

EVERY = timedelta(minutes=2)
"""So often each practice is looked at."""
AT_ONCE = 20
LEAVES_SERVER_ALONE_SECONDS = 60.0

log = structlog.get_logger()


class Teller:
    """Tells the people of all practices what they do not know yet; for the life of a worker."""

    def __init__(self, house: House) -> None:
        """Raises SetUpMissing where the mail server is given in a way that makes no sense."""
        self._house = house
        self._offices = OfficeCache()
        self._post_office = post_office_of(house)
        self._leave_server_until = 0.0

    def round(self, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Looks at every practice whose turn it is; returns how many that were."""
        count = 0
        while not is_stopping():
            with self._house.database.shared() as connection:
                turns = tellings.take_turns(connection, self._house.clock(), pause=EVERY, at_most=AT_ONCE)
            for practice_id, slug in turns:
                self._look_at(practice_id, slug)
            count += len(turns)
            if len(turns) < AT_ONCE:
                break
        return count

    def _look_at(self, practice_id: UUID, slug: str) -> None:
        """What goes wrong with one practice keeps nobody else from being told."""
        try:
            tell(self._house.engine, self._offices, practice_id, sends_mail=self._post_office is not None)
            if self._post_office is not None and time.monotonic() >= self._leave_server_until:
                post_waiting(self._post_office, practice_id, slug)
        except MailServerAway:
            self._leave_server_until = time.monotonic() + LEAVES_SERVER_ALONE_SECONDS
        except Exception:
            log.exception("nobody could be told anything", practice=str(practice_id))


def post_office_of(house: House) -> PostOffice | None:
    """None where the installation has no mail server: people are told in the app only. Raises SetUpMissing."""
    mail = mail_of(house.settings)
    if mail is None:
        return None
    base = public_url(house.settings)
    return PostOffice(
        engine=house.engine,
        post=SmtpPost(mail),
        address_of=lambda slug, page: base + page_address(slug, page),
        stop_address=lambda token: base + stop_address(token),
    )
