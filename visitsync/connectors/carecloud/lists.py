"""CareCloud's lists: page after page by the Link header alone, never to another host, never in a circle (section 2)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from visitsync.connector_kit.errors import AnswerUnreadable, RequestRefused
from visitsync.connector_kit.http import Answer
from visitsync.connector_kit.json_rows import JsonRow, read_listing
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.link_header import linked
from visitsync.connectors.carecloud.asking import Asking
from visitsync.connectors.carecloud.wrappers import LIST_KEYS

ROWS_OF_A_PAGE = 100
"""Fixed by the vendor; a page as full as that, from which the Link header was lost, may not be the last."""
MOST_PAGES = 10_000

Query = Mapping[str, str]


class ListPage(NamedTuple):
    """One page's bytes, and what to ask for next; {} after the last."""

    body: bytes
    next: Query


class Lists:
    """Reads whole lists through one signed-in way of asking."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def pages(
        self, collection: str, params: Query, *, urgency: Urgency, path: str = "", resume: Query | None = None
    ) -> Iterator[ListPage]:
        """Every page of a list, from `resume` on where that still works, else from the beginning.

        Of `next` only the query counts, and never for what was asked for: without its dates a list shows today.
        Raises AnswerUnreadable and the errors of asking.
        """
        following: Query = dict(resume or {})
        is_resumed, met, before = bool(following), [following], b""
        for _ in range(MOST_PAGES):
            try:
                answer = self._ask(collection, path, {**following, **params}, urgency)
            except (RequestRefused, AnswerUnreadable):
                if not is_resumed:
                    raise
                # That page is gone by now. Reading from the beginning does no harm.
                is_resumed, following, met = False, {}, [{}]
                continue
            is_resumed = False
            following = _next(answer, following, params, before)
            if following and following in met:
                raise AnswerUnreadable(f"{collection}: the next page is one that was read before.")
            yield ListPage(answer.body, following)
            if not following:
                return
            met.append(following)
            before = answer.body
        raise AnswerUnreadable(f"{collection}: more than {MOST_PAGES} pages.")

    def rows(self, collection: str, *, urgency: Urgency) -> Iterator[JsonRow]:
        """Every row of a list."""
        for page in self.pages(collection, {}, urgency=urgency):
            yield from read_listing(page.body, LIST_KEYS).rows

    def _ask(self, collection: str, path: str, query: Query, urgency: Urgency) -> Answer:
        return self._asking.get(path or f"/{collection}", operation=collection, urgency=urgency, params=query)


def _next(answer: Answer, asked: Query, params: Query, before: bytes) -> Query:
    """What the Link header says, less what was asked for anyway. Raises AnswerUnreadable unless the body is a list."""
    rows = read_listing(answer.body, LIST_KEYS).rows
    header = answer.headers.get("link")
    if header is None:
        return {} if answer.body == before else _guessed(len(rows), asked)
    target = linked(header, "next")
    if target is None:
        return {}
    query = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
    following = {name: value for name, value in query.items() if name not in params}
    if not following:
        raise AnswerUnreadable("The Link header names a next page and does not say which.")
    return following


def _guessed(rows: int, asked: Query) -> Query:
    """Without a Link header a list is whole; but a proxy may have dropped it, so after a full page the next is tried.

    CareCloud answers beyond the last page with an empty list.
    """
    page = asked.get("page", "1")
    return {"page": str(int(page) + 1)} if rows >= ROWS_OF_A_PAGE and page.isdigit() else {}
