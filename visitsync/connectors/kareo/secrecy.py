"""Social security numbers: Kareo sends them along with patients, policies and providers, and nobody here wants them."""

import re

import msgspec
from lxml import etree

from visitsync.connector_kit.soap import Element, local_name, read_answer

_NAME = re.compile(r"SSN|SocialSecurity")
_NAME_IN_BYTES = re.compile(_NAME.pattern.encode())


def is_secret(member: str) -> bool:
    """Whether a member of this name must never be kept, sent on or shown."""
    return _NAME.search(member) is not None


def blank_secrets(element: Element) -> bool:
    """Empties every secret member below an element; returns whether one held anything."""
    found = False
    for each in element.iter():
        if is_secret(local_name(each)) and (len(each) or each.text):
            each.text = None
            del each[:]
            found = True
    return found


def without_secrets(body: bytes) -> bytes:
    """An answer less every secret; the same bytes where there is none. Raises AnswerUnreadable."""
    if not _NAME_IN_BYTES.search(body):
        return body
    answer = read_answer(body)
    return etree.tostring(answer.getroottree().getroot(), encoding="utf-8") if blank_secrets(answer) else body


def record_without_secrets(body: bytes) -> bytes:
    """A record's own JSON less every secret; those made in records.py have none."""
    if not body.startswith(b"{") or not _NAME_IN_BYTES.search(body):
        return body
    return msgspec.json.encode(_less_secrets(msgspec.json.decode(body)))


def _less_secrets(value: object) -> object:
    if isinstance(value, dict):
        return {name: _less_secrets(held) for name, held in value.items() if not is_secret(name)}
    return [_less_secrets(item) for item in value] if isinstance(value, list) else value
