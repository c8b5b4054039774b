"""Reads the Link header by which lists say that they go on (RFC 8288), however it is written."""

import re

from visitsync.connector_kit.errors import AnswerUnreadable

# <target> and its parameters; a comma or semicolon inside the brackets or in quotes separates nothing.
_VALUE = r'(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?'
_LINK = re.compile(rf'[\s,]*<([^<>]*)>((?:\s*;\s*[^\s;,="]+{_VALUE}|\s*;)*)\s*(?=,|\Z)')
_PARAMETER = re.compile(r';\s*([^\s;,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')


def linked(header: str, relation: str) -> str | None:
    """The target of this relation, as written; None where the header names no such link.

    Raises AnswerUnreadable for a header that makes no sense: it might have said that there is more.
    """
    position, target = 0, None
    while header[position:].strip(" \t,"):
        link = _LINK.match(header, position)
        if link is None:
            raise AnswerUnreadable("The Link header of the answer makes no sense.")
        if target is None and relation in _relations(link[2]):
            target = link[1].strip()
        position = link.end()
    return target


def _relations(parameters: str) -> list[str]:
    """What the first rel parameter says, in lower case; it may name several relations."""
    for name, quoted, plain in _PARAMETER.findall(parameters):
        if name.lower() == "rel":
            return str(quoted or plain).lower().split()
    return []
