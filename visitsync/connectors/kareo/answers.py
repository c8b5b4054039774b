"""Is this an answer? All signs of success together, or the error that says what to do next.

Kareo refuses logins, lacks permissions and throttles with HTTP status 200; who looks only at IsError reads "no
appointments" instead. Source: kareo reference, section 3.
"""

import re
from collections.abc import Callable

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.http import THROTTLED
from visitsync.connector_kit.soap import Element, is_nil, local_name, read_answer, read_beginning
from visitsync.connectors.kareo.contract import REPLIES, K, answer_tag


class VendorWords(Exception):
    """What Kareo says went wrong: in `text`, and never printed by itself, since it may quote a record or a request."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{len(text)} characters from Kareo")
        self.text = text


class SaysError(RequestRefused):
    """A whole, signed-in answer with IsError: the same question gets the same answer again."""

    @property
    def is_about_a_missing_record(self) -> bool:
        """Whether it says that the appointment or patient asked for does not exist (wording undocumented)."""
        words = self.__cause__.text if isinstance(self.__cause__, VendorWords) else ""
        return bool(_RECORD.search(words) and _MISSING.search(words))


def glance(body: bytes, operation: str, *, practice_id: str = "") -> None:
    """Judges an answer by its beginning, without taking a long list apart. Raises what result_of raises.

    That the rest is well-formed and in the right namespaces shows only when result_of reads it all.
    """
    verdicts = frozenset({_ERROR, _SECURITY})
    tag = answer_tag(operation)
    answer = _read(lambda: read_beginning(body, tag, until_depth=2, skipping=verdicts), body, operation)
    _judge(_only_result(answer, operation), operation, practice_id)


def result_of(body: bytes, operation: str, *, practice_id: str = "") -> Element:
    """The `…Result` of an answer that passes every sign of success.

    Raises TryAgainLater (throttled, server broken), AnswerUnreadable, NeedsReconnect, NeedsPermission, SaysError, or
    RequestRefused. `practice_id`: where known, the login must be authorized for it.
    """
    result = unjudged_result_of(body, operation)
    _judge(result, operation, practice_id)
    return result


def unjudged_result_of(body: bytes, operation: str) -> Element:
    """The `…Result` of an answer, whatever it says of itself; for operations whose result is not documented."""
    tag = answer_tag(operation)
    return _only_result(_read(lambda: read_answer(body, tag), body, operation), operation)


def payload_of(result: Element, operation: str) -> Element | None:
    """The list or record that a result holds; None where it is nil. Raises AnswerUnreadable where it is none at all."""
    reply = REPLIES[operation]
    found = [member for member in result if local_name(member) == reply.payload]
    if [member.tag for member in found] != [f"{{{reply.namespace}}}{reply.payload}"]:
        raise AnswerUnreadable(f"{operation}: the result does not hold one {reply.payload} in its namespace.")
    return None if is_nil(found[0]) else found[0]


def refuse_throttled(body: bytes, operation: str) -> None:
    """For a body that is no answer: raises TryAgainLater where it says that we ask too often.

    Throttled answers are reported to break the service's own description.
    """
    if _ASKED_TOO_OFTEN.search(body[:_HOW_FAR_AN_ERROR_REACHES].decode(errors="replace")):
        raise _throttled(operation)


_ERROR, _SECURITY = f"{{{K}}}ErrorResponse", f"{{{K}}}SecurityResponse"
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_ASKED_TOO_OFTEN = re.compile(r"requested more than allowed|\b429\b.{0,200}\bendpoint\b", re.IGNORECASE | re.DOTALL)
_BAD_LOGIN = re.compile(r"invalid (user|customer ?key|password|login|credential)", re.IGNORECASE)
_NOT_ALLOWED = re.compile(r"not (been )?(authori[sz]ed|permitted|allowed)|permission", re.IGNORECASE)
_RECORD = re.compile(r"\b(appointment|patient)", re.IGNORECASE)
_PASSING = re.compile(r"try again|unexpected|temporar|unavailable|timed? ?out|maintenance", re.IGNORECASE)
_MISSING = re.compile(r"not (be )?found|not exist|no longer exist|n't exist|unable to find|no such", re.IGNORECASE)
_HOW_FAR_AN_ERROR_REACHES = 4096


def _read(read: Callable[[], Element], body: bytes, operation: str) -> Element:
    try:
        return read()
    except AnswerUnreadable as error:
        refuse_throttled(body, operation)
        raise AnswerUnreadable(f"{operation}: {error}") from error


def _throttled(operation: str) -> TryAgainLater:
    return TryAgainLater(f"{operation}: Kareo says that it is asked too often.", code=THROTTLED)


def _only_result(answer: Element, operation: str) -> Element:
    if [member.tag for member in answer] != [f"{{{K}}}{operation}Result"] or is_nil(answer[0]):
        raise AnswerUnreadable(f"{operation}: the answer does not hold one result.")
    return answer[0]


def _judge(result: Element, operation: str, practice_id: str) -> None:
    error, security = result.find(_ERROR), result.find(_SECURITY)
    is_error, words = _flag(error, "IsError"), _text(error, "ErrorMessage")
    if is_error and _ASKED_TOO_OFTEN.search(words):
        raise _throttled(operation) from VendorWords(words)
    _refuse_login(security, operation)
    _refuse_practice(security, operation, practice_id)
    if is_error:
        raise _error_for(words, operation) from VendorWords(words)
    if is_error is None:
        raise AnswerUnreadable(f"{operation}: the answer does not say whether it is an error.")
    if not (_flag(security, "Authenticated") and _flag(security, "Authorized")):
        raise _error_without_verdict(result, operation)


def _refuse_login(security: Element | None, operation: str) -> None:
    """What SecurityResponse says against us. SecurityResultSuccess is ignored: its sources contradict each other."""
    if _flag(security, "CustomerKeyValid") is False:
        raise NeedsReconnect(f"{operation}: Kareo does not accept the customer key.")
    if _flag(security, "Authenticated") is False:
        raise NeedsReconnect(f"{operation}: Kareo does not accept the user and password.")
    missing = _texts(security, "PermissionsMissing")
    if missing:
        raise NeedsPermission(f"{operation}: the API user lacks the permission {', '.join(missing)[:200]}.")
    if _flag(security, "Authorized") is False:
        raise NeedsPermission(f"{operation}: the API user is not authorized.")


def _refuse_practice(security: Element | None, operation: str, practice_id: str) -> None:
    authorized = _texts(security, "PracticesAuthorized")
    if practice_id and authorized and practice_id not in authorized:
        raise NeedsPermission(f"{operation}: the API user is not authorized for practice {practice_id}.")


def _error_for(words: str, operation: str) -> ConnectorError:
    if _BAD_LOGIN.search(words):
        return NeedsReconnect(f"{operation}: Kareo does not accept the credentials.")
    if _NOT_ALLOWED.search(words):
        return NeedsPermission(f"{operation}: Kareo says that the API user may not do this.")
    if _PASSING.search(words):
        return TryAgainLater(f"{operation}: Kareo says that it is out of order.")
    return SaysError(f"{operation}: Kareo answers with an error ({len(words)} characters of explanation).")


def _error_without_verdict(result: Element, operation: str) -> ConnectorError:
    """Without a verdict there is no success; with no list either, this is how a wrong customer key can look."""
    held = [member for member in result if member.tag not in (_ERROR, _SECURITY) and not is_nil(member)]
    if held:
        return AnswerUnreadable(f"{operation}: the answer does not say whether we are signed in.")
    return NeedsReconnect(f"{operation}: neither verdict nor list, as for a customer key that is not valid.")


def _text(parent: Element | None, name: str) -> str:
    return "" if parent is None else (parent.findtext(f"{{{K}}}{name}") or "").strip()


def _flag(parent: Element | None, name: str) -> bool | None:
    return _TRUTH.get(_text(parent, name).lower())


def _texts(parent: Element | None, name: str) -> list[str]:
    """The texts of all leaves under a member, whatever namespace the array's items are in."""
    member = None if parent is None else parent.find(f"{{{K}}}{name}")
    return (
        []
        if member is None
        else [text for leaf in member.iter() if not len(leaf) and (text := (leaf.text or "").strip())]
    )
