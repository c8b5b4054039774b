"""One signed-in request to ExampleCharts, and its lists page after page."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from visitsync.connector_kit.connector import Clock, CredentialStore
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsPermission, NeedsReconnect, RequestRefused
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.json_rows import read_listing
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.statuses import error_for, is_good
from visitsync.connector_kit.wall_time import utc_instant
from visitsync.connectors.examplecharts.payloads import REFUSALS

JSON = "application/json"
MOST_PAGES = 20_000
"""More than any practice has; a list that goes on beyond is going in a circle."""

_texts = msgspec.json.Decoder(str | None)


class ListPage(NamedTuple):
    """One page of a list."""

    body: bytes
    next: str
    """The cursor of the next page; "" after the last."""
    as_of: datetime
    """ExampleCharts' own clock when it looked (aware, UTC)."""


class Asking:
    """Asks with the connection's API key."""

    def __init__(self, client: PoliteClient, credentials: CredentialStore, clock: Clock) -> None:
        self._client = client
        self._credentials = credentials
        self._clock = clock

    def one(self, path: str, *, operation: str, urgency: Urgency) -> Answer:
        """A good answer, or ExampleCharts' own 404: news about the one record.

        Raises the errors of errors.py.
        """
        answer = self._get(path, {}, operation, urgency)
        if is_good(answer) or (answer.status == 404 and _is_own(answer)):
            return answer
        raise self._error(answer, operation)

    def pages(
        self, collection: str, params: Mapping[str, str], *, urgency: Urgency, cursor: str = ""
    ) -> Iterator[ListPage]:
        """Every page of a list, from the cursor on where it still works, else from the beginning.

        Raises AnswerUnreadable and the other errors of errors.py.
        """
        met = {cursor}
        for number in range(MOST_PAGES):
            try:
                page = self._page(collection, {**params, **({"cursor": cursor} if cursor else {})}, urgency)
            except RequestRefused:
                if number or not cursor:
                    raise
                cursor = ""  # it has expired; reading from the beginning does no harm
                continue
            if page.next in met and page.next:
                raise AnswerUnreadable(f"{collection}: the next page is one that was read before.")
            yield page
            if not page.next:
                return
            cursor = page.next
            met.add(cursor)
        raise AnswerUnreadable(f"{collection}: more than {MOST_PAGES} pages.")

    def _page(self, collection: str, params: Mapping[str, str], urgency: Urgency) -> ListPage:
        answer = self._get(f"/v1/{collection}", params, collection, urgency)
        if not is_good(answer):
            raise self._error(answer, collection)
        members = read_listing(answer.body, ("rows",)).members
        try:
            as_of = utc_instant(_texts.decode(members["as_of"]) or "")
            return ListPage(answer.body, _texts.decode(members["next"]) or "", as_of)
        except (KeyError, ValueError, msgspec.DecodeError):
            raise AnswerUnreadable(f"{collection}: the list does not say whether there is more, as of when.") from None

    def _get(self, path: str, params: Mapping[str, str], operation: str, urgency: Urgency) -> Answer:
        key = self._credentials.read().get("api_key", "")
        if not key:
            raise NeedsReconnect("No API key has been entered.")
        headers = {"Authorization": f"Bearer {key}", "Accept": JSON}
        return self._client.request(
            "GET", path, operation=operation, urgency=urgency, headers=headers, params=params, media_types=(JSON,)
        )

    def _error(self, answer: Answer, operation: str) -> Exception:
        if answer.status == 403:
            return NeedsPermission(f"ExampleCharts does not let this API key read {operation.replace('-', ' ')}.")
        if answer.status == 404:
            return AnswerUnreadable(f"{operation}: somebody says that ExampleCharts' API is not here.")
        return error_for(answer, self._client, operation, self._clock())


def _is_own(answer: Answer) -> bool:
    """Whether ExampleCharts itself says so; a proxy's page must never delete an appointment."""
    try:
        return answer.media_type == JSON and bool(REFUSALS.decode(answer.body).error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
