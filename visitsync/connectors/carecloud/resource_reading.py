"""Reads the columns of CareCloud's schedule; whose a column is, only its own answer says (reference, section 4)."""

from collections.abc import Iterator
from urllib.parse import quote

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import JsonRow, decode_record, read_listing, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.carecloud.asking import Asking
from visitsync.connectors.carecloud.lists import Lists
from visitsync.connectors.carecloud.payloads import IDENTITIES
from visitsync.connectors.carecloud.wrappers import LIST_KEYS, RESOURCES, single_of, unwrapped


def resource_pages(asking: Asking, lists: Lists, *, has_providers: bool) -> Iterator[bytes]:
    """The pages of the list; with `has_providers` each row is replaced by the column's own answer."""
    for page in lists.pages(RESOURCES, {}, urgency=Urgency.ROUTINE):
        if not has_providers:
            yield page.body
            continue
        rows = read_listing(page.body, LIST_KEYS).rows
        yield b"[" + b",".join(_in_full(asking, row) for row in rows) + b"]"


def _in_full(asking: Asking, row: JsonRow) -> bytes:
    """The column's own answer, else its row as it is: an inactive one is answered with a 404."""
    if row.trouble:
        return b"null"
    try:
        identity = record_id(decode_record(unwrapped(row.body)[0], IDENTITIES).id)
    except (AnswerUnreadable, RecordUnreadable):
        return row.body
    answer = asking.get_one(f"/{RESOURCES}/{quote(identity, safe='')}", operation=RESOURCES, urgency=Urgency.ROUTINE)
    return row.body if answer.status >= 400 else single_of(answer.body)
