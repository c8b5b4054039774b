"""SOAP 1.1: envelopes with every value escaped, and a reader that takes nothing but one plain, whole answer.

The reader refuses document type definitions, processing instructions and every encoding but UTF-8 before or right after
parsing. lxml alone is not enough: with resolve_entities=False it accepts entities and silently drops their text.
"""

import re
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any, TypeAlias

from lxml import etree
from lxml.etree import _Element

from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError, RequestRefused, TryAgainLater

Element: TypeAlias = _Element
"""One element of an answer."""

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
MEDIA_TYPE = "text/xml"
MAX_BYTES = 64 * 1024 * 1024
"""Longer answers are refused unparsed; the HTTP client has its own, usually smaller cap."""


class Fault(Exception):
    """What a SOAP fault says. `code` is without prefix; `text` is the vendor's own and may quote our request."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"SOAP fault {code}")
        self.code = code
        self.text = text


class OperationUnknown(RequestRefused):
    """This installation of the EMR does not have the operation."""


# SOAP 1.1, section 4.4.1, and the codes of Windows Communication Foundation's dispatcher.
FAULTS: Mapping[str, type[ConnectorError]] = {
    "Client": RequestRefused,
    "VersionMismatch": RequestRefused,
    "MustUnderstand": RequestRefused,
    "Server": TryAgainLater,
    "ActionNotSupported": OperationUnknown,
    "DeserializationFailed": RequestRefused,
    "InternalServiceFault": TryAgainLater,
}


def write_envelope(content: str, namespaces: Mapping[str, str]) -> bytes:
    """A request around the (already escaped) content of its body; `namespaces` are the prefixes that it uses."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in namespaces.items())
    head = f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{ENVELOPE}"{declared}>'
    return f"{head}<s:Body>{content}</s:Body></s:Envelope>".encode()


def write_text(name: str, value: str) -> str:
    """An element with a text, escaped. Raises RequestRefused for a character that no XML can carry."""
    if unwritable := _UNWRITABLE.search(value):
        raise RequestRefused(f"{name} contains the character U+{ord(unwritable[0]):04X}, which XML cannot carry.")
    return f"<{name}>{value.translate(_ESCAPES)}</{name}>"


def headers(action: str) -> dict[str, str]:
    """The HTTP headers of a request. The action stands in double quotes (SOAP 1.1, section 6.1.1)."""
    return {"Content-Type": f"{MEDIA_TYPE}; charset=utf-8", "SOAPAction": f'"{action}"'}


def read_answer(body: bytes, tag: str | None = None) -> Element:
    """The one element that the body of an answer holds; `tag` ({namespace}name) is what it must be.

    Raises AnswerUnreadable, or for a fault the error of `FAULTS` (TryAgainLater for a code not listed) from the Fault.
    """
    return _checked(_parse(body), tag)


def read_beginning(body: bytes, tag: str, *, until_depth: int, skipping: Collection[str]) -> Element:
    """Like read_answer, but stops at the first element of that depth (the answer is 0) whose tag is not in `skipping`.

    What it returns is complete up to there: enough to see, before a long list is taken apart, whether it is one at all.
    """
    _refuse_disguises(body)
    parser = etree.XMLPullParser(events=("start", "end"), encoding="utf-8", **_STRICT)
    depth = _ENVELOPE_DEPTH - 1
    for offset in range(0, len(body), _SLICE):
        _feed(parser, body[offset : offset + _SLICE])
        for event, element in parser.read_events():
            depth += 1 if event == "start" else -1
            if event != "start" or depth != until_depth or not isinstance(element, Element):
                continue
            root = element.getroottree().getroot()
            if element.tag not in skipping and root[-1].tag == _BODY:
                _refuse_instructions(root)
                return _checked(root, tag)
    return read_answer(body, tag)


def without_nil_members(body: bytes, *, sparing: str) -> bytes:
    """The same answer less every empty element that only says it is nil.

    Contract serializers write a nil element for each of dozens of members that hold nothing; taking them out first
    saves much of the time of parsing. Answers in which the bytes could mean anything else come back unchanged, and
    those in which an element called `sparing` is nil.
    """
    is_plain = body.count(b"xmlns:i=") == 1 and _DECLARES_I in body
    if not is_plain or _opens(body, b"!") or _opens(body, b"?") or f"<{sparing} i:nil".encode() in body:
        return body
    return _NIL_MEMBER.sub(b"", body)


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def is_nil(element: Element) -> bool:
    """Whether the element says of itself that it holds nothing (xsi:nil)."""
    return element.get(_NIL, "").strip() in {"true", "1"}


_NIL = f"{{{INSTANCE}}}nil"
_HEADER, _BODY, _FAULT = (f"{{{ENVELOPE}}}{name}" for name in ("Header", "Body", "Fault"))
_ENVELOPE_DEPTH = -2
_INSTRUCTION = etree.ProcessingInstruction
_INCLUSION = "{http://www.w3.org/2001/XInclude}*"
_DECLARES_I = f'xmlns:i="{INSTANCE}"'.encode()
_NIL_MEMBER = re.compile(rb'<[A-Za-z_]\w* i:nil="true"/>')
_START = len(b"\xef\xbb\xbf<?")  # where another instruction than the declaration may begin, mark or not
_SLICE = 8192
# Tab, newline and carriage return are legal; a carriage return survives only as a character reference.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Nothing may stand before the envelope but the declaration: so no DOCTYPE, which is legal nowhere else.
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml\s([^>]{0,200})\?>)?\s{0,1000}<[A-Za-z_]")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']")
_EXPECTED = re.compile(r"Expecting element '(\w{1,60})'", re.ASCII)  # Windows Communication Foundation's wording
_READABLE = frozenset({b"utf-8", b"utf8", b"us-ascii"})
_STRICT: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "collect_ids": False,
}


def _parse(body: bytes) -> Element:
    _refuse_disguises(body)
    try:
        root = etree.fromstring(body, etree.XMLParser(encoding="utf-8", **_STRICT))
    except etree.XMLSyntaxError as error:
        raise AnswerUnreadable("The answer is not well-formed XML.") from error
    _refuse_instructions(root)
    return root


def _refuse_disguises(body: bytes) -> None:
    if len(body) > MAX_BYTES:
        raise AnswerUnreadable(f"The answer is longer than {MAX_BYTES} bytes.")
    opening = _OPENING.match(body)
    if opening is None:
        raise AnswerUnreadable("The answer does not begin like a SOAP envelope in UTF-8.")
    declared = _ENCODING.search(opening[1] or b"")
    if declared is not None and declared[1].lower() not in _READABLE:
        raise AnswerUnreadable("The answer declares an encoding other than UTF-8.")


def _refuse_instructions(root: Element) -> None:
    """Processing instructions have no place in a SOAP message (SOAP 1.1, section 3), inclusions none in this house."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise AnswerUnreadable("The answer has a document type definition.")
    strays = (root.iter(_INSTRUCTION, _INCLUSION), root.itersiblings(), root.itersiblings(preceding=True))
    if next(chain(*strays), None) is not None:
        raise AnswerUnreadable("The answer has a processing instruction or includes another document.")


def _opens(body: bytes, mark: bytes) -> bool:
    """Whether `<` and this mark stand together after the declaration; looks for the mark, which is the rarer."""
    at = body.find(mark, _START)
    while at >= 0:
        if body[at - 1 : at] == b"<":
            return True
        at = body.find(mark, at + 1)
    return False


def _feed(parser: etree.XMLPullParser, data: bytes) -> None:
    try:
        parser.feed(data)
    except etree.XMLSyntaxError as error:
        raise AnswerUnreadable("The answer is not well-formed XML.") from error


def _checked(root: Element, tag: str | None) -> Element:
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise AnswerUnreadable(f"The answer is <{local_name(root)[:60]}>, not a SOAP 1.1 envelope.")
    if [part.tag for part in root] not in ([_BODY], [_HEADER, _BODY]):
        raise AnswerUnreadable("The envelope does not hold exactly one body, after at most one header.")
    content = list(root[-1])
    if len(content) != 1:
        raise AnswerUnreadable(f"The body of the answer holds {len(content)} elements instead of one.")
    answer = content[0]
    if answer.tag == _FAULT:
        raise _refusal(answer)
    if tag is not None and answer.tag != tag:
        raise AnswerUnreadable(f"The answer is <{answer.tag[:200]}>, not <{tag}>.")
    return answer


def _refusal(element: Element) -> ConnectorError:
    """The error for a fault, raised from the Fault itself."""
    fault = Fault(
        code=(element.findtext("faultcode") or "").rpartition(":")[2].strip()[:80],
        text=(element.findtext("faultstring") or "").strip()[:2000],
    )
    missed = _EXPECTED.search(fault.text)
    hint = f" It expected the element {missed[1]} and did not meet it in its place." if missed else ""
    error = FAULTS.get(fault.code.partition(".")[0], TryAgainLater)(f"The EMR answers with {fault}.{hint}")
    error.__cause__ = fault
    return error
