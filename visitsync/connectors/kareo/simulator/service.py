"""Kareo's SOAP service over HTTP: its description, its one endpoint, and the order in which it refuses."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from visitsync.connectors.kareo.simulator import faults as faults
from visitsync.connectors.kareo.simulator import security as security
from visitsync.connectors.kareo.simulator import wsdl
from visitsync.connectors.kareo.simulator.account import Account, Refused
from visitsync.connectors.kareo.simulator.answers import Answers
from visitsync.connectors.kareo.simulator.contract import Operation, contract
from visitsync.connectors.kareo.simulator.faults import MalformedRequest, SoapFault
from visitsync.connectors.kareo.simulator.namespaces import SOAP, K
from visitsync.connectors.kareo.simulator.operations import WITHOUT_REQUEST_HEADER
from visitsync.connectors.kareo.simulator.reader import Reader, Record
from visitsync.connectors.kareo.simulator.spoiling import FAULTS, Spoiler
from visitsync.connectors.kareo.simulator.throttle import Throttle
from visitsync.connectors.kareo.simulator.writer import Writer
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.scenarios import Scenario

PATH = "/services/soap/2.1/KareoServices.svc"
XML = "text/xml; charset=utf-8"
Values = dict[str, Any]
_NOT_AUTHORIZED: Mapping[str, Values] = {"GetCustomerIdFromKey": {"CustomerId": 0, "IsAuthorized": False}}


class KareoSimulator(App):
    """A pretend Kareo over one clinic."""

    emr = "kareo"

    def __init__(
        self, clinic: Clinic, *, clock: Clock, variants: Mapping[str, str], scenarios: Mapping[str, Scenario]
    ) -> None:
        self.clinic = clinic
        self.clock = clock
        self.variants = variants
        self.faults = Faults(FAULTS)
        self.seconds: Callable[[], float] = time.monotonic  # what throttling counts with, whatever the clock does
        self._scenarios = scenarios
        self._contract = contract(variants["contract"])
        self._reader = Reader(self._contract)
        self._writer = Writer(self._contract, sends_nil=variants["nil_members"] == "sent")
        self._account = Account(clinic=clinic, clock=clock, variants=variants)
        self._throttle = Throttle(int(variants["throttle_percent"]))
        self._answers = Answers(self._account, self._contract, self._throttle)

    def scenarios(self) -> Mapping[str, Scenario]:
        """What can be staged in this clinic, by name."""
        return self._scenarios

    def vendor_id(self, appointment_id: int) -> str:
        """Kareo's id; occurrences of one series may share it."""
        found = self.clinic.appointments.get(appointment_id)
        return str(appointment_id if found is None else self._answers.schedule.kareo_id(found))

    def tick(self) -> None:
        """Nothing is due by itself: Kareo pushes nothing."""

    def answer(self, request: Request) -> Response:
        """Answer as Kareo would."""
        if request.path.casefold() != PATH.casefold():
            return as_html("<h1>404 - File or directory not found.</h1>", 404)
        if request.method == "GET":
            return self._describe(request)
        if request.method != "POST":
            return as_html("<h1>405 - HTTP verb not allowed.</h1>", 405)
        return self._called(request)

    def _describe(self, request: Request) -> Response:
        """?wsdl, ?singleWsdl, ?xsd=xsd0 …, and a page for a person."""
        host = request.host if re.fullmatch(r"[\w.:\[\]-]+", request.host) else "127.0.0.1"
        address = f"http://{host}{PATH}"
        asked = request.query_text.casefold()
        number = re.fullmatch(r"xsd=xsd(\d)", asked)
        if asked in {"wsdl", "singlewsdl"}:
            made = wsdl.wsdl(self._contract.version, address, is_single=asked == "singlewsdl")
            return Response(content_type=XML, body=made)
        if number and (found := wsdl.schema(self._contract.version, address, int(number[1]))):
            return Response(content_type=XML, body=found)
        if asked:
            return as_html("<h1>404 - File or directory not found.</h1>", 404)
        return as_html(f"<h1>KareoServices Service</h1><p>See <a href='?wsdl'>{address}?wsdl</a>.</p>")

    def _called(self, request: Request) -> Response:
        content_type = request.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().casefold() != "text/xml":
            return as_html(
                f"Cannot process the message because the content type '{content_type}' was not '{XML}'.", 415
            )
        spoiler = Spoiler(self.faults, request)
        try:
            return Response(content_type=XML, body=spoiler.body(self._body(request, spoiler)))
        except SoapFault as fault:
            return Response(status=500, content_type=XML, body=fault.envelope())
        except MalformedRequest:
            return Response(status=400, content_type=None)

    def _body(self, request: Request, spoiler: Spoiler) -> bytes:
        operation = self._operation(request)
        if spoiler.strikes("internal_fault"):
            raise faults.internal("The server was unable to process the request due to an internal error.")
        wanted = self._reader.read(request.body, operation)
        header = None if wanted is None else _header(operation, wanted)
        if wanted is None or header is None:
            raise faults.null_reference()
        if self._is_throttled(operation, header, spoiler):
            return self._throttled(operation)
        return self._writer.envelope(operation, self._result(operation, wanted, header, spoiler))

    def _operation(self, request: Request) -> Operation:
        """The operation that SOAPAction names, quoted or not."""
        action = request.headers.get("soapaction", "").strip().strip('"')
        for operation in self._contract.operations.values():
            if action == operation.action:
                return operation
        raise faults.action_mismatch(action)

    def _is_throttled(self, operation: Operation, header: Record, spoiler: Spoiler) -> bool:
        is_allowed = self._throttle.allows(operation.name, header.get("CustomerKey") or "", self.seconds())
        return bool(spoiler.strikes("throttled")) or not is_allowed

    def _throttled(self, operation: Operation) -> bytes:
        """Status 200 all the same; perhaps in a shape that is not in the description."""
        text = f"429 - {operation.name} endpoint requested more than allowed"
        if self._account.is_variant("throttled_answer", "typed"):
            return self._writer.envelope(operation, {"ErrorResponse": security.error_response(text)})
        error = f"<ErrorResponse><IsError>true</IsError><ErrorMessage>{text}</ErrorMessage></ErrorResponse>"
        body = f'<Throttled xmlns="{K}">{error}</Throttled>'
        return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()

    def _result(self, operation: Operation, wanted: Record, header: Record, spoiler: Spoiler) -> Values:
        """All members of the result, the base's first."""
        verdict = _verdict(operation, header, spoiler)
        if not verdict.is_good:
            return security.refusal(self._account, verdict) | _NOT_AUTHORIZED.get(operation.name, {})
        secured: Values = {"SecurityResponse": security.security_response(self._account, verdict)}
        if spoiler.strikes("security_missing"):
            secured = {}
        try:
            answered = self._answered(operation, wanted, spoiler)
        except Refused as refused:
            is_kept = self._account.is_variant("security_on_error", "present")
            return {"ErrorResponse": security.error_response(*refused.args)} | (secured if is_kept else {})
        return {"ErrorResponse": security.error_response(), **secured, **answered}

    def _answered(self, operation: Operation, wanted: Record, spoiler: Spoiler) -> Values:
        if struck := spoiler.strikes("error_in_200"):
            raise Refused(str(struck.options.get("message", "An unexpected error occurred. Please try again.")))
        return self._answers.answer(operation, wanted, spoiler)


def _header(operation: Operation, wanted: Record) -> Record | None:
    """The three strings; one operation has them beside its own members."""
    if operation.name in WITHOUT_REQUEST_HEADER:
        return wanted
    header: Record | None = wanted["RequestHeader"]
    return header


def _verdict(operation: Operation, header: Record, spoiler: Spoiler) -> security.Verdict:
    if spoiler.strikes("unauthorized"):
        return security.LOGIN_REFUSED
    if spoiler.strikes("key_refused"):
        return security.KEY_REFUSED
    if spoiler.strikes("forbidden"):
        return security.forbidden(operation.name)
    return security.verdict(header)
