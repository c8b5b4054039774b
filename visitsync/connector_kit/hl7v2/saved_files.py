"""Guesses what a saved file is: a message, several, a batch, frames of MLLP, or something that is none of these."""

import re
from html import unescape

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.hl7v2.receiver import MEDIA_TYPE
from visitsync.connector_kit.hl7v2.splitting import MOST_BEFORE, before_the_first, messages_in
from visitsync.connector_kit.pages import FetchedPage, RecordKind

_SPELT_OUT = re.compile(rb"<(?:VT|SB|FS|EB|CR|LF)>")
"""How documents write the characters around messages and at the ends of lines."""
_QUOTED = re.compile(rb"""(?m)^[ \t]*["'`]([A-Z][A-Z0-9]{2}\|[^\r\n]*?)(?:\\r|\\n)*["'`][ \t+.,;\\)\]]*$""")
"""A segment as one line of a program."""
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def page_from_file(content: bytes) -> FetchedPage:
    """A page with all messages of the file. Raises AnswerUnreadable, saying what it is instead."""
    body = content.decode("utf-16", "replace").encode() if content[:2] in _UTF_16_MARKS else content
    body = _as_sent(body.removeprefix(b"\xef\xbb\xbf"))
    if not messages_in(body):
        raise AnswerUnreadable(_instead(body))
    if len(before_the_first(body)) > MOST_BEFORE:
        raise AnswerUnreadable("The file holds HL7 somewhere inside something else; save the messages alone.")
    return FetchedPage(kind=RecordKind.APPOINTMENT, body=body, media_type=MEDIA_TYPE)


def _as_sent(body: bytes) -> bytes:
    r"""Messages copied out of programs have \r, \n and backslashes spelt out; those out of XML and documents more."""
    if b"^~\\&amp;" in body[:MOST_BEFORE]:
        body = unescape(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    body = _SPELT_OUT.sub(b"\r", body)
    if b"^~\\\\&" in body[:MOST_BEFORE]:
        body = body.replace(b"\\\\", b"\\")
    body = _QUOTED.sub(rb"\1", body)
    text = body.strip()
    if b"\r" in text or b"\n" in text or (b"\\r" not in text and b"\\n" not in text):
        return body
    return text.strip(b"\"'").replace(b"\\r\\n", b"\r").replace(b"\\r", b"\r").replace(b"\\n", b"\r")


def _instead(body: bytes) -> str:
    start = body[:2_000].lstrip()
    if not start:
        return "The file is empty."
    if b"urn:hl7-org:v2xml" in start:
        return "This is HL7 version 2 written in XML; ask the sender for the ordinary form that begins with MSH|."
    if start.startswith(b"<"):
        return "This is XML or a web page; an HL7 version 2 message begins with MSH|."
    if start[:1] in b"{[":
        return "This is JSON; an HL7 version 2 message begins with MSH|."
    return "There is no HL7 version 2 message in this; one begins with the segment MSH."
