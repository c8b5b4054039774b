"""Who may come in: the gateway's key, then site, user and vendor in the body (sections 4.1 and 4.2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from visitsync.connectors.greenway_prime_suite.simulator.refusals import error, gateway
from visitsync.connectors.greenway_prime_suite.simulator.settings import CREDENTIALS
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults

_SECOND = timedelta(seconds=1)


class Gate:
    """Refuses whom it does not know, and who comes too often."""

    def __init__(self, clock: Clock, faults: Faults, variants: Mapping[str, str]) -> None:
        self._clock = clock
        self._faults = faults
        self._variants = variants
        self._recent: deque[datetime] = deque()

    def refusal(self, request: Request) -> Response | None:
        """What the gateway answers by itself."""
        if fault := self._faults.take("throttled", request):
            return gateway("ERR_403_DEVELOPER_OVER_QPS", retry_after=fault.options.get("retry_after"))
        if self._faults.take("over_quota", request):
            return gateway("ERR_403_DEVELOPER_OVER_RATE")
        is_inactive = request.query.get("api_key") != CREDENTIALS["api_key"]
        if is_inactive or self._faults.take("key_inactive", request):
            return gateway("ERR_403_DEVELOPER_INACTIVE")
        return gateway("ERR_403_DEVELOPER_OVER_QPS") if self._is_burst() else None

    def login_refusal(self, request: Request, asked: Mapping[str, Any]) -> Response | None:
        """What the service answers to wrong credentials."""
        if fault := self._faults.take("unauthorized", request):
            return self._refused(str(fault.options.get("body", "Invalid credentials.")))
        if self._faults.take("forbidden", request):
            return error("The user does not have permission to perform this operation.", "5")
        wrong = self._what_is_wrong(asked)
        return self._refused(wrong) if wrong else None

    def _what_is_wrong(self, asked: Mapping[str, Any]) -> str:
        given, header = _inner(asked, "Credentials"), _inner(asked, "Header")
        user, vendor = _inner(given, "PrimeSuiteCredential"), _inner(given, "VendorCredential")
        site = CREDENTIALS["site_id"]
        if user.get("PrimeSuiteSiteId") != site or header.get("DestinationSiteID") != site:
            return "Unknown site ID."
        if self._variants["source_site"] == "site" and header.get("SourceSiteID") != site:
            return "The source site ID is not valid."
        if not self._is_user(header.get("PrimeSuiteUserID"), user):
            return "Invalid user name or password."
        return "" if self._is_vendor(vendor) else "Invalid vendor credential."

    def _is_user(self, number: object, user: Mapping[str, Any]) -> bool:
        is_number = str(number) == CREDENTIALS["user_id"]
        if self._variants["user_id"] == "text" and not isinstance(number, str):
            return False
        given = (user.get("PrimeSuiteUserName"), user.get("PrimeSuiteUserPassword"))
        return is_number and given == (CREDENTIALS["user_name"], CREDENTIALS["user_password"])

    def _is_vendor(self, vendor: Mapping[str, Any]) -> bool:
        given = (vendor.get("VendorLogin"), vendor.get("VendorPassword"))
        if self._variants["vendor_login"] == "from gateway" and given == ("", ""):
            return True
        return given == (CREDENTIALS["vendor_login"], CREDENTIALS["vendor_password"])

    def _refused(self, text: str) -> Response:
        if self._variants["refused_login"] == "401":
            return as_json({"Message": text}, 401)
        return error(f"Authentication failed. {text}", "2")

    def _is_burst(self) -> bool:
        if self._variants["calls_per_second"] == "none":
            return False
        now = self._clock()
        while self._recent and now - self._recent[0] >= _SECOND:
            self._recent.popleft()
        if len(self._recent) >= int(self._variants["calls_per_second"]):
            return True
        self._recent.append(now)
        return False


def _inner(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
