"""One request to Prime Suite: credentials in the body, the key in the address; what refusals mean (section 4)."""

import re
from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.connector import Clock, CredentialStore
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RecordGone,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.retry_after import wait_seconds
from visitsync.connector_kit.statuses import error_for, is_good
from visitsync.connectors.greenway_prime_suite.failures import Failure, failure_in
from visitsync.connectors.greenway_prime_suite.secrecy import without_secrets

MEDIA_TYPES = ("application/json", "text/json")
SCHEDULE_METHOD = "User/PatientListGet"
GATEWAY_HEADER = "x-mashery-error-code"

THROTTLED_SECONDS = 5.0
"""Too many within a second."""
OVER_QUOTA_SECONDS = 15 * 60.0
"""Too many within the day, or whatever longer time the gateway counts in."""

_METHOD = re.compile(r"[A-Za-z0-9_]+/[A-Za-z0-9_]+", re.ASCII)


class Asking:
    """Asks with the connection's credentials. Everything is POST, reading too; nothing that is sent is ever shown."""

    def __init__(
        self, client: PoliteClient, credentials: CredentialStore, clock: Clock, settings: Mapping[str, str]
    ) -> None:
        self._client = client
        self._credentials = credentials
        self._clock = clock
        self._settings = settings

    def ask(self, method: str, parameters: Mapping[str, object], *, urgency: Urgency) -> bytes:
        """The body of a good answer, less social security numbers.

        `method`: Service/Method. Raises the errors of errors.py; RecordGone where the answer says that there is no such
        record, AnswerUnreadable for anything that is no JSON object.
        """
        if not _METHOD.fullmatch(method):
            raise RequestRefused("A call must be named as Service/Method in the connection's settings.")
        credentials = self._credentials.read()
        answer = self._client.request(
            "POST",
            f"/{method}",
            operation=method,
            urgency=urgency,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            params={"api_key": credentials.get("api_key", "")},
            content=msgspec.json.encode({**self._envelope(credentials), **parameters}),
            media_types=MEDIA_TYPES,
            is_repeatable=True,
        )
        if not is_good(answer):
            raise self._error(answer, method)
        failure = failure_in(answer.body)
        if failure is not None:
            raise _told_in_200(failure, method)
        return without_secrets(answer.body)

    def _envelope(self, credentials: Mapping[str, str]) -> dict[str, object]:
        site = credentials.get("site_id", "")
        return {
            "Credentials": {
                "PrimeSuiteCredential": {
                    "PrimeSuiteSiteId": site,
                    "PrimeSuiteUserAlias": "",
                    "PrimeSuiteUserName": credentials.get("user_name", ""),
                    "PrimeSuiteUserPassword": credentials.get("user_password", ""),
                },
                "VendorCredential": {
                    "VendorLogin": credentials.get("vendor_login", ""),
                    "VendorPassword": credentials.get("vendor_password", ""),
                },
            },
            "Header": {
                "DestinationSiteID": site,
                "PrimeSuiteUserID": self._user_id(credentials.get("user_id", "")),
                "SourceSiteID": site if self._settings.get("source_site_id") == "site" else "",
            },
        }

    def _user_id(self, text: str) -> int | str:
        is_number = text.strip().isascii() and text.strip().isdigit()
        return int(text) if is_number and self._settings.get("user_id_form") != "text" else text.strip()

    def _error(self, answer: Answer, method: str) -> ConnectorError:
        told = answer.headers.get(GATEWAY_HEADER, "").upper()
        if answer.status == 403 and told:
            return self._gateway_error(answer, told, method)
        if answer.status == 401:
            return NeedsReconnect(f"{method}: Prime Suite does not accept the credentials.")
        if answer.status == 404:
            return RequestRefused(
                f"{method}: there is no such call at this address; look at the base URL and settings."
            )
        return error_for(answer, self._client, method, self._clock())

    def _gateway_error(self, answer: Answer, told: str, method: str) -> ConnectorError:
        """What the gateway in front of Prime Suite means by one of its codes."""
        waits = {"OVER_QPS": THROTTLED_SECONDS, "OVER_RATE": OVER_QUOTA_SECONDS}
        for mark, seconds in waits.items():
            if mark in told:
                asked_for = wait_seconds(answer.headers.get("retry-after"), self._clock())
                return self._client.throttled(method, wait_seconds=seconds if asked_for is None else asked_for)
        if "INACTIVE" in told or "UNKNOWN" in told:
            return NeedsReconnect(f"{method}: Greenway's gateway says that the API key is not active.")
        return NeedsPermission(f"{method}: Greenway's gateway does not let this API key ask for it.")


def _told_in_200(failure: Failure, method: str) -> ConnectorError:
    kinds: Mapping[Failure, type[ConnectorError]] = {
        Failure.SIGN_IN: NeedsReconnect,
        Failure.PERMISSION: NeedsPermission,
        Failure.NO_SUCH_RECORD: RecordGone,
        Failure.TIME: TryAgainLater,
        Failure.UNCLEAR: AnswerUnreadable,
    }
    return kinds[failure](f"{method}: Prime Suite answers with an error: {failure.value}.")
