"""athenahealth's lists: page after page by offset, never along links, never in a circle (reference, section 3.1)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.http import Answer
from visitsync.connector_kit.json_rows import JsonRow, read_listing
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.athenahealth.asking import Asking

MOST_PAGES = 20_000
"""More than any practice has; a list that goes on beyond is going in a circle."""

_numbers = msgspec.json.Decoder(int | str | None)
_texts = msgspec.json.Decoder(str | None)


class ListPage(NamedTuple):
    """One page of a list."""

    answer: Answer
    rows: list[JsonRow]
    total: int | None
    """Of the whole result, as far as athenahealth tells."""
    following: int | None
    """The offset of the next page; None after the last."""


class Lists:
    """Reads whole lists through one signed-in way of asking."""

    def __init__(self, asking: Asking, page_size: int) -> None:
        self._asking = asking
        self.page_size = page_size

    def pages(
        self,
        path: str,
        key: str,
        params: Mapping[str, str],
        *,
        urgency: Urgency,
        operation: str = "",
        offset: int | None = 0,
    ) -> Iterator[ListPage]:
        """Every page of a list from an offset on; its links are not followed: they may lead to hosts long gone.

        `operation`: where that is not the path. Raises AnswerUnreadable and the errors of asking.
        """
        for _ in range(MOST_PAGES):
            if offset is None:
                return
            page = self.page(path, key, params, urgency=urgency, operation=operation, offset=offset)
            yield page
            offset = page.following
        raise AnswerUnreadable(f"{operation or path}: more than {MOST_PAGES} pages.")

    def page(
        self,
        path: str,
        key: str,
        params: Mapping[str, str],
        *,
        urgency: Urgency,
        operation: str = "",
        offset: int = 0,
    ) -> ListPage:
        """One page. Raises AnswerUnreadable and the errors of asking."""
        size = {"limit": str(self.page_size)} | ({"offset": str(offset)} if offset else {})
        answer = self._asking.get(path, operation=operation or path, urgency=urgency, params={**params, **size})
        return _read(answer, key, offset, self.page_size)


def _read(answer: Answer, key: str, offset: int, size: int) -> ListPage:
    listing = read_listing(answer.body, (key,))
    count = len(listing.rows)
    total = _total(listing.members.get("totalcount", b"null"))
    following = _next_offset(listing.members.get("next", b"null"))
    if following is not None and (following <= offset or not count):
        raise AnswerUnreadable(f"{key}: the next page is one that was read before.")
    is_more = following is not None or (count >= size if total is None else total > offset + count)
    return ListPage(answer, listing.rows, total, offset + count if is_more and count else None)


def _total(raw: bytes) -> int | None:
    try:
        told = _numbers.decode(raw)
        return None if told is None else int(told)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise AnswerUnreadable("totalcount is no whole number.") from None


def _next_offset(raw: bytes) -> int | None:
    """The offset that a link names; a link without one leads nowhere."""
    try:
        link = _texts.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerUnreadable("The link to the next page is no text.") from None
    if not link:
        return None
    query = {name.lower(): value for name, value in parse_qsl(urlsplit(link).query)}
    text = query.get("offset", "")
    return int(text) if text.isascii() and text.isdigit() else 0
