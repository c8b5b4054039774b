"""DrChrono's lists: page after page along `next`, never to another host, never in a circle (reference, section 3)."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple, TypeVar

import msgspec

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    RecordGone,
    RecordUnreadable,
    RequestRefused,
)
from visitsync.connector_kit.http import Answer
from visitsync.connector_kit.json_rows import decode_record, read_listing, without_byte_order_mark
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.drchrono.asking import Asking
from visitsync.connectors.drchrono.payloads import ENVELOPES
from visitsync.connectors.drchrono.translate import LIST_KEYS

MOST_PAGES = 20_000
"""More than any practice has; a list that goes on beyond is going in a circle."""
RESTARTED = "restarted"

Row = TypeVar("Row")

_addresses = msgspec.json.Decoder(str | None)


class ListPage(NamedTuple):
    """One page, and the address of the next; "" after the last."""

    answer: Answer
    next: str


class Lists:
    """Reads whole lists through one signed-in way of asking."""

    def __init__(self, asking: Asking, page_size: int) -> None:
        self._asking = asking
        self._page_size = page_size

    def pages(
        self, collection: str, params: Mapping[str, str], *, urgency: Urgency, resume: str = "", most_rows: int = 250
    ) -> Iterator[ListPage]:
        """Every page of a list, from `resume` on where that address still works, else from the beginning.

        `most_rows`: what DrChrono gives at most; it may give fewer than asked for without saying so.
        Raises AnswerUnreadable, ForbiddenAddress and the errors of asking.
        """
        first = {**params, "page_size": str(min(self._page_size, most_rows))}
        address = resume if resume and self._asking.may_go_to(resume) else ""
        met: set[str] = set()
        for _ in range(MOST_PAGES):
            try:
                answer = self._ask(collection, address, first, urgency)
            except (RecordGone, RequestRefused):
                if not address or RESTARTED in met:
                    raise
                # The cursor has expired. Reading from the beginning does no harm.
                address, met = "", {RESTARTED}
                continue
            following = self._next_address(answer)
            if following in met:
                raise AnswerUnreadable(f"{collection}: the next page is one that was read before.")
            yield ListPage(answer, following)
            if not following:
                return
            met.add(following)
            address = following
        raise AnswerUnreadable(f"{collection}: more than {MOST_PAGES} pages.")

    def rows(self, collection: str, decoder: msgspec.json.Decoder[Row], *, urgency: Urgency) -> Iterator[Row]:
        """Every row of a list in its type; unreadable ones are passed over."""
        for page in self.pages(collection, {}, urgency=urgency):
            for row in read_listing(page.answer.body, LIST_KEYS).rows:
                with suppress(RecordUnreadable):
                    yield decode_record(row.body, decoder)

    def _ask(self, collection: str, address: str, first: Mapping[str, str], urgency: Urgency) -> Answer:
        if address:
            return self._asking.get(address, operation=collection, urgency=urgency)
        return self._asking.get(f"/api/{collection}", operation=collection, urgency=urgency, params=first)

    def _next_address(self, answer: Answer) -> str:
        address = _next(answer.body)
        if address and not self._asking.may_go_to(address):
            raise ForbiddenAddress("The next page is said to be on another host; our token does not go there.")
        return address


def _next(body: bytes) -> str:
    """The address in the envelope. Raises AnswerUnreadable unless the body is a list that says whether it goes on."""
    text = without_byte_order_mark(body)
    if text.lstrip()[:1] == b"[":
        read_listing(text, LIST_KEYS)
        return ""
    try:
        envelope = ENVELOPES.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _next_with_care(text)
    if sum(bytes(rows or b"")[:1] == b"[" for rows in (envelope.results, envelope.data)) != 1:
        raise AnswerUnreadable("The answer holds no list where one belongs.")
    if envelope.next is msgspec.UNSET:
        raise AnswerUnreadable("The answer does not say whether there is more.")
    return envelope.next or ""


def _next_with_care(text: bytes) -> str:
    """Where one row is so broken that the whole cannot be decoded at once."""
    told = read_listing(text, LIST_KEYS).members.get("next", b"?")
    try:
        return _addresses.decode(told) or ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerUnreadable("The answer does not say whether there is more.") from None
