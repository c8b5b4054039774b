"""Sends what waits in the outbox, each mail at most once, with a growing pause while the mail server is away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

import msgspec
import structlog

from visitsync.domain.telling_choices import Kind, wanted
from visitsync.storage import practices, telling_choices, tellings
from visitsync.storage.database import Transaction
from visitsync.storage.staff import email_place
from visitsync.storage.tellings import MailState, ToMail
from visitsync.storage.vault import Vault
from visitsync.sync.engine import Engine
from visitsync.sync.telling.letter import Envelope, Links, letter
from visitsync.sync.telling.stop_link import Stop, stop_token

log = structlog.get_logger()

SENDING_TAKES = timedelta(minutes=10)
"""Longer than any server is waited for: a mail that is still being sent then has lost its sender."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
MOST_AT_ONCE = 200
"""Of one practice in one turn; the others come next."""


class MailServerAway(Exception):
    """The server cannot be reached or asks to come back later; the mail has certainly not gone. Try again."""


class LetterRefused(Exception):
    """The server will never take this letter, or its address is none. Do not try again."""


class OutcomeOfMailUnknown(Exception):
    """The connection broke after the letter was handed over: it may have gone. Do not send it again."""


class Post(Protocol):
    """Somebody who takes letters to the mail server."""

    @property
    def sender(self) -> str:
        """The address from which our mail comes."""
        ...

    def deliver(self, message: EmailMessage) -> None:
        """Raises MailServerAway, LetterRefused, OutcomeOfMailUnknown."""
        ...


AddressOf = Callable[[str, str], str]
"""(practice's slug, name of a page) → its absolute address."""


class PostOffice(msgspec.Struct, frozen=True, kw_only=True):
    """What posting needs besides the outbox."""

    engine: Engine
    post: Post
    address_of: AddressOf
    stop_address: Callable[[str], str]
    """Token → absolute address."""


def post_waiting(office: PostOffice, practice_id: UUID, slug: str) -> int:
    """Sends the practice's mails that are due; returns how many went. Raises MailServerAway: leave the others, too."""
    _close_hopeless(office, practice_id)
    went = 0
    for _ in range(MOST_AT_ONCE):
        claimed = _claimed(office, practice_id, slug)
        if claimed is None:
            break
        to_mail, message = claimed
        if message is not None:
            went += _sent(office, practice_id, to_mail, message)
    return went


def pause_after(tries: int) -> timedelta:
    """How long a mail waits that was tried so often in vain."""
    doublings: int = min(tries - 1, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _close_hopeless(office: PostOffice, practice_id: UUID) -> None:
    now = office.engine.clock()
    with office.engine.database.practice(practice_id) as transaction:
        lost = tellings.lost_on_the_way(transaction, now)
        too_old = tellings.too_old_to_mail(transaction, now)
    for telling_id in lost:
        log.error("a mail was lost on the way, and may have gone", practice=str(practice_id), job=str(telling_id))
    for telling_id in too_old:
        log.error("a mail was given up: the server was away", practice=str(practice_id), job=str(telling_id))


def _claimed(office: PostOffice, practice_id: UUID, slug: str) -> tuple[ToMail, EmailMessage | None] | None:
    """The next mail, claimed and committed; without a letter where nobody wants it any more."""
    now = office.engine.clock()
    with office.engine.database.practice(practice_id) as transaction:
        to_mail = tellings.take_to_mail(transaction, now, takes=SENDING_TAKES)
        if to_mail is None:
            return None
        if not _is_still_wanted(transaction, to_mail, now):
            tellings.settle(transaction, to_mail.telling.telling_id, MailState.DROPPED, now=now)
            return to_mail, None
        try:
            return to_mail, _letter(office, transaction, to_mail, slug, now)
        except ValueError:
            tellings.settle(transaction, to_mail.telling.telling_id, MailState.GIVEN_UP, now=now)
    log.error(
        "a mail was given up: the address is none",
        practice=str(practice_id),
        job=str(to_mail.telling.telling_id),
    )
    return to_mail, None


def _is_still_wanted(transaction: Transaction, to_mail: ToMail, now: datetime) -> bool:
    """Who left, or chose otherwise in the meantime, gets nothing; nor does anybody of what is over."""
    listener = telling_choices.listener(transaction, to_mail.telling.staff_id, now)
    if listener is None or to_mail.is_overtaken:
        return False
    return Kind(to_mail.telling.kind) in wanted(listener.choices, listener.role)


def _letter(office: PostOffice, transaction: Transaction, to_mail: ToMail, slug: str, now: datetime) -> EmailMessage:
    """To the address that the person has now. Raises ValueError."""
    telling, vault = to_mail.telling, office.engine.vault
    practice = practices.find_practice(transaction)
    stop = Stop(transaction.practice_id, telling.staff_id, Kind(telling.kind))
    envelope = Envelope(
        sender=office.post.sender,
        recipient=_address(vault, transaction.practice_id, to_mail),
        practice_name=practice.name,
    )
    links = Links(
        more=office.address_of(slug, telling.leads_to),
        choices=office.address_of(slug, "notices"),
        stop=office.stop_address(stop_token(vault, stop)),
    )
    return letter(telling, envelope, links, now=now)


def _address(vault: Vault, practice_id: UUID, to_mail: ToMail) -> str:
    sealed = to_mail.sealed_email
    return vault.open(sealed, email_place(practice_id, to_mail.telling.staff_id)).decode().strip()


def _sent(office: PostOffice, practice_id: UUID, to_mail: ToMail, message: EmailMessage) -> bool:
    told = {"practice": str(practice_id), "job": str(to_mail.telling.telling_id)}
    try:
        office.post.deliver(message)
    except MailServerAway:
        _settle(office, practice_id, to_mail, MailState.WAITING)
        log.warning("the mail server is away", **told, attempt=to_mail.tries)
        raise
    except LetterRefused:
        _settle(office, practice_id, to_mail, MailState.GIVEN_UP)
        log.exception("a mail was given up: the server refuses it", **told)
        return False
    except OutcomeOfMailUnknown:
        _settle(office, practice_id, to_mail, MailState.UNCLEAR)
        log.exception("a mail was lost on the way, and may have gone", **told)
        return False
    _settle(office, practice_id, to_mail, MailState.SENT)
    log.info("a mail went", **told)
    return True


def _settle(office: PostOffice, practice_id: UUID, to_mail: ToMail, mail: MailState) -> None:
    now = office.engine.clock()
    with office.engine.database.practice(practice_id) as transaction:
        tellings.settle(
            transaction,
            to_mail.telling.telling_id,
            mail,
            now=now,
            next_try_at=now + pause_after(to_mail.tries) if mail is MailState.WAITING else None,
        )
