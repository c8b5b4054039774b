"""What an error that Prime Suite tells inside an answer with status 200 means (greenway reference, section 4.8)."""

import re
from collections.abc import Mapping
from enum import Enum

import msgspec

from visitsync.connector_kit.json_rows import read_members


class Failure(Enum):
    """What is to be done about it."""

    SIGN_IN = "the credentials are not accepted"
    PERMISSION = "the user or vendor may not do this"
    NO_SUCH_RECORD = "there is no such record"
    TIME = "it is out of order at the moment"
    UNCLEAR = "it is told in words that nobody here knows"


ERROR_MEMBERS = frozenset(
    {
        "errorcode", "errormessage", "error", "errors", "errordescription", "errortext", "exception",
        "exceptionmessage", "exceptiondetail", "fault", "faultstring", "faultcode", "stacktrace",
    }
)  # fmt: skip
"""Names (case-folded) that only an error has; which of them Prime Suite uses is not published."""
_SOLELY_MESSAGE = frozenset({"message", "code", "status", "detail", "description", "success", "details"})
"""Names that an error may have where it holds nothing else."""
_NO_ERROR = frozenset({"", "0", "none", "null", "false", "success", "ok", "no error"})
_SESSION_CODE = "10"
"""What the sister product's interface tells for a session or sign-in that is not valid (section 5)."""

_MEANINGS: tuple[tuple[re.Pattern[str], Failure], ...] = (
    (re.compile(r"no such patient|patient.{0,30}not (?:be )?found|not found|does not exist|no record|"
                r"invalid patient ?id|unknown patient", re.IGNORECASE), Failure.NO_SUCH_RECORD),
    (re.compile(r"permission|privilege|access (?:is )?denied|not allowed|not authori[sz]ed (?:to|for)|forbidden|"
                r"not enabled|not licensed", re.IGNORECASE), Failure.PERMISSION),
    (re.compile(r"credential|password|log[ -]?[io]n|sign[ -]?in|authenticat|unauthori[sz]ed|not authori[sz]ed|"
                r"site ?id|invalid (?:site|user|vendor|session)|unknown (?:site|user|vendor)|vendor|"
                r"session (?:is )?(?:not valid|invalid|expired)|locked out", re.IGNORECASE), Failure.SIGN_IN),
    (re.compile(r"time[d ]?-? ?out|try again|later|temporar|busy|unavailable|deadlock|maintenance|throttl",
                re.IGNORECASE), Failure.TIME),
)  # fmt: skip
"""The first that fits decides."""


def failure_in(body: bytes) -> Failure | None:
    """What the answer complains of; None where it holds no error. Raises AnswerUnreadable unless it is an object."""
    return failure_among(read_members(body))


def failure_among(members: Mapping[str, bytes]) -> Failure | None:
    """The same for an object's members as raw bytes by name."""
    told = {name: raw for name, raw in members.items() if name.casefold() in ERROR_MEMBERS and _tells(raw)}
    if not told and members and all(name.casefold() in _SOLELY_MESSAGE for name in members):
        told = dict(members)
    if not told:
        return None
    return _meaning(told)


def _meaning(told: Mapping[str, bytes]) -> Failure:
    text = " ".join(_text(raw) for raw in told.values())[:5_000]
    found = next((failure for pattern, failure in _MEANINGS if pattern.search(text)), None)
    if found is not None:
        return found
    codes = [_text(raw).strip() for name, raw in told.items() if name.casefold() == "errorcode"]
    return Failure.SIGN_IN if _SESSION_CODE in codes else Failure.UNCLEAR


def _tells(raw: bytes) -> bool:
    """Whether the member says that something went wrong: null, "", 0 and empty lists or objects do not."""
    text = _text(raw).strip().casefold()
    return text not in _NO_ERROR and text not in {"[]", "{}"}


def _text(raw: bytes) -> str:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return raw.decode("utf-8", "replace")
    return value if isinstance(value, str) else msgspec.json.encode(value).decode() if value is not None else ""
