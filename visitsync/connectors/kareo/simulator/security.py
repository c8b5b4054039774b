"""ErrorResponse and SecurityResponse: who may do what, told with status 200 (kareo reference, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visitsync.connectors.kareo.simulator.account import CREDENTIALS, CUSTOMER_ID, PRACTICE_ID, Account
from visitsync.connectors.kareo.simulator.reader import Record

Values = dict[str, Any]
SUCCESS = "Success"
WRONG_LOGIN = "Invalid user name and/or password"
WRONG_KEY = "Invalid customer key"
NOT_ALLOWED = "User is not authorized to perform this operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the service thinks of a caller."""

    text: str = SUCCESS
    is_authenticated: bool = True
    is_authorized: bool = True
    is_key_valid: bool = True
    missing_permissions: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """May the caller go on?"""
        return self.is_authenticated and self.is_authorized and self.is_key_valid


GOOD = Verdict()
LOGIN_REFUSED = Verdict(text=WRONG_LOGIN, is_authenticated=False, is_authorized=False)
KEY_REFUSED = Verdict(text=WRONG_KEY, is_authenticated=False, is_authorized=False, is_key_valid=False)


def forbidden(operation: str) -> Verdict:
    """A login that is right, of a user who lacks the permission."""
    return Verdict(text=NOT_ALLOWED, is_authorized=False, missing_permissions=(f"{operation} API",))


def verdict(header: Record) -> Verdict:
    """What the three strings of a request are worth."""
    if header.get("CustomerKey") != CREDENTIALS["customer_key"]:
        return KEY_REFUSED
    if (header.get("User"), header.get("Password")) != (CREDENTIALS["user"], CREDENTIALS["password"]):
        return LOGIN_REFUSED
    return GOOD


def security_response(account: Account, found: Verdict) -> Values:
    """The members of SecurityResponse."""
    success_when_good = account.is_variant("security_result_success", "true_when_good")
    return {
        "Authenticated": found.is_authenticated,
        "Authorized": found.is_authorized,
        "CustomerId": CUSTOMER_ID if found.is_key_valid and found.is_authenticated else 0,
        "CustomerKeyValid": found.is_key_valid,
        "PermissionsMissing": {"Permission": list(found.missing_permissions)} if found.missing_permissions else None,
        "PracticesAuthorized": {"PracticeID": [PRACTICE_ID]} if found.is_good else None,
        "SecurityResult": found.text,
        "SecurityResultSuccess": found.is_good == success_when_good,
    }


def error_response(message: str | None = None, stack_trace: str | None = None) -> Values:
    """The members of ErrorResponse; no message, no error."""
    return {"ErrorMessage": message, "IsError": message is not None, "StackTrace": stack_trace}


def refusal(account: Account, found: Verdict) -> Values:
    """The result for a caller who may not go on: status 200, and not necessarily an error."""
    if not found.is_key_valid and account.is_variant("wrong_key", "null_list"):
        return {"ErrorResponse": error_response(), "SecurityResponse": None}
    is_told_as_error = account.is_variant("wrong_login", "is_error")
    return {
        "ErrorResponse": error_response(found.text if is_told_as_error else None),
        "SecurityResponse": security_response(account, found),
    }
