"""Faults that can be switched on while a simulator runs: once, n times or for ever, on matching requests."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from visitsync.simulator_kit.exchange import HTML, JSON, Delivery, Request, Response, as_html

OUTAGE_PAGE = "<html><head><title>{status}</title></head><body><h1>{status}</h1><p>Please try later.</p></body></html>"


class UnknownFault(ValueError):
    """Nobody knows a fault of this name; the message lists those that exist."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault that is switched on. `left` None means for ever; `skip` matching requests pass first."""

    name: str
    left: int | None = 1
    match: str = ""
    skip: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    hits: int = 0

    def strikes(self, request: Request) -> bool:
        """Does it strike this request? Counts it if so."""
        if self.left == 0 or not re.search(self.match, request.line):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.hits += 1
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFault:
    """A fault no vendor needs to know of: answers instead of the vendor, or spoils the vendor's answer."""

    help: str
    instead: Callable[[Mapping[str, Any]], Response] | None = None
    spoil: Callable[[Response, Mapping[str, Any]], Response] | None = None


class Faults:
    """The faults of one simulator that are switched on; safe to use from several threads."""

    def __init__(self, vendor_faults: Mapping[str, str]) -> None:
        """`vendor_faults` are those the vendor's own code carries out, each with a line of help."""
        self.vendor_faults = dict(vendor_faults)
        self._active: list[Fault] = []
        self._lock = threading.Lock()

    @property
    def known(self) -> dict[str, str]:
        """Every fault that can be switched on, with its line of help."""
        return {name: fault.help for name, fault in WIRE_FAULTS.items()} | dict(DISTURBANCE_HELP) | self.vendor_faults

    @property
    def active(self) -> list[Fault]:
        """What is switched on and not used up."""
        return [fault for fault in self._active if fault.left != 0]

    def switch_on(self, name: str, *, times: int | None = 1, match: str = "", skip: int = 0, **options: Any) -> Fault:
        """Switch a fault on for `times` requests (None: for ever) whose `Request.line` matches the pattern."""
        if name not in self.known:
            raise UnknownFault(f"No fault is called {name!r}. There are: {', '.join(sorted(self.known))}.")
        fault = Fault(name=name, left=times, match=match, skip=skip, options=options)
        with self._lock:
            self._active.append(fault)
        return fault

    def clear(self, name: str | None = None) -> None:
        """Switch off all faults, or all of one name."""
        with self._lock:
            self._active = [fault for fault in self._active if name is not None and fault.name != name]

    def take(self, name: str, request: Request) -> Fault | None:
        """The vendor asks: does this fault strike this request? Using it up if so."""
        if not self._active:
            return None
        with self._lock:
            return next((fault for fault in self._active if fault.name == name and fault.strikes(request)), None)

    def answer_instead(self, request: Request) -> Response | None:
        """What a wire fault answers before the vendor sees the request."""
        for name, fault in WIRE_FAULTS.items():
            if fault.instead and self._is_ours(name) and (struck := self.take(name, request)):
                return fault.instead(struck.options)
        return None

    def spoil(self, request: Request, response: Response) -> Response:
        """The vendor's answer after all wire faults that strike it."""
        for name, fault in WIRE_FAULTS.items():
            if fault.spoil and self._is_ours(name) and (struck := self.take(name, request)):
                response = fault.spoil(response, struck.options)
        return response

    def _is_ours(self, name: str) -> bool:
        return bool(self._active) and name not in self.vendor_faults


def _outage(options: Mapping[str, Any]) -> Response:
    status = int(options.get("status", 502))
    return as_html(options.get("body", OUTAGE_PAGE.format(status=status)), status, (("Server", "cloudflare"),))


def _refused(status: int) -> Callable[[Mapping[str, Any]], Response]:
    def answer(options: Mapping[str, Any]) -> Response:
        body = str(options.get("body", '{"detail":"Refused."}'))
        return Response(status=status, body=body.encode(), content_type=options.get("content_type", JSON))

    return answer


def _throttled(options: Mapping[str, Any]) -> Response:
    wait = options.get("retry_after")
    headers = () if wait is None else (("Retry-After", str(wait)),)
    body = str(options.get("body", '{"detail":"Too many requests."}'))
    return Response(status=int(options.get("status", 429)), body=body.encode(), headers=headers)


def _page_instead_of_data(options: Mapping[str, Any]) -> Response:
    page = options.get("body", "<!doctype html><html><body>Scheduled maintenance</body></html>")
    return Response(status=200, body=page.encode(), content_type=options.get("content_type", JSON))


def _stall(response: Response, options: Mapping[str, Any]) -> Response:
    return response.but(delivery=replace(response.delivery, stall_seconds=float(options.get("seconds", 2.0))))


def _truncated(response: Response, options: Mapping[str, Any]) -> Response:
    cut = int(options.get("at", len(response.body) // 2))
    return response.but(delivery=replace(response.delivery, cut_after=min(cut, len(response.body))))


def _short(response: Response, options: Mapping[str, Any]) -> Response:
    return response.but(body=response.body[: int(options.get("at", len(response.body) // 2))])


def _oversize(response: Response, options: Mapping[str, Any]) -> Response:
    size = int(options.get("bytes", 64 * 1024 * 1024))
    return response.but(body=response.body + b" " * max(0, size - len(response.body)))


def _drip(response: Response, options: Mapping[str, Any]) -> Response:
    return response.but(
        delivery=replace(
            response.delivery,
            drip_bytes=int(options.get("bytes", 1)),
            drip_seconds=float(options.get("seconds", 0.05)),
        )
    )


def _broken_gzip(response: Response, options: Mapping[str, Any]) -> Response:
    squeezed = bytearray(gzip.compress(response.body))
    squeezed[len(squeezed) // 2] ^= 0xFF
    return response.but(body=bytes(squeezed), headers=(*response.headers, ("Content-Encoding", "gzip")))


def _gzip(response: Response, options: Mapping[str, Any]) -> Response:
    bomb = b" " * int(options.get("blown_up_to", 0))
    return response.but(
        body=gzip.compress(response.body + bomb), headers=(*response.headers, ("Content-Encoding", "gzip"))
    )


WIRE_FAULTS: Mapping[str, WireFault] = {
    "outage": WireFault(help="An HTML error page; status=502 unless given", instead=_outage),
    "unauthorized": WireFault(help="401, whatever the credentials; body, content_type", instead=_refused(401)),
    "forbidden": WireFault(help="403; body, content_type", instead=_refused(403)),
    "throttled": WireFault(help="429; retry_after (any text), body, status", instead=_throttled),
    "html_as_data": WireFault(help="200 with an HTML page that claims to be data", instead=_page_instead_of_data),
    "no_content": WireFault(help="204 with nothing", instead=lambda options: Response(status=204, content_type=None)),
    "connection_reset": WireFault(
        help="The connection breaks before anything is done",
        instead=lambda options: Response(delivery=Delivery(reset=True)),
    ),
    "answer_lost": WireFault(
        help="Everything is done, then the connection breaks",
        spoil=lambda response, options: response.but(delivery=Delivery(reset=True)),
    ),
    "stall": WireFault(help="The answer comes late; seconds=2", spoil=_stall),
    "empty_body": WireFault(
        help="The right status with an empty body", spoil=lambda response, options: response.but(body=b"")
    ),
    "wrong_content_type": WireFault(
        help="The right body under another content type",
        spoil=lambda response, options: response.but(content_type=options.get("content_type", HTML)),
    ),
    "oversize_body": WireFault(help="The body is padded; bytes=64 MiB", spoil=_oversize),
    "short_body": WireFault(help="The body ends early and Content-Length agrees; at=byte", spoil=_short),
    "gzip": WireFault(help="The body is compressed; blown_up_to=bytes makes it a bomb", spoil=_gzip),
    "broken_gzip": WireFault(help="The body claims to be gzip and is damaged", spoil=_broken_gzip),
    "truncated_body": WireFault(help="The connection closes inside the body; at=byte", spoil=_truncated),
    "slow_drip": WireFault(help="The body trickles; bytes=1 every seconds=0.05", spoil=_drip),
}

DISTURBANCE_HELP: Mapping[str, str] = {
    "row_inserted_between_pages": "After the answer somebody books early appointments; rows=1, in_days=1",
    "row_deleted_between_pages": "After the answer the next appointments are deleted for good; rows=1",
    "row_shown_late": "After the answer somebody books, shown only seconds=120 later with its true stamp",
    "rows_with_one_stamp": "After the answer rows=10 bookings are made with one stamp",
}
"""Things that happen in the clinic right after a matching request was answered."""

SHARED_FAULTS: Mapping[str, str] = {
    "duplicate_rows": "Rows of a list come twice; share=0.3",
    "dropped_page": "One page of a list is silently skipped",
    "next_is_same_page": "A list's next page is the page itself",
    "shrunk_page": "Pages suddenly hold fewer rows; rows=1",
    "empty_list": "A list answers that there is nothing",
    "unreadable_record": "One row of a list makes no sense; row=index, how=…",
    "field_renamed": "A field of every row has another name; field=, to=",
    "field_retyped": "A field of every row has another type; field=, value=",
    "error_in_200": "An error told with status 200",
    "token_expires": "The access token stops working now (vendors with tokens)",
    "refresh_fails": "The token endpoint refuses to refresh (vendors with tokens)",
}
"""Names every vendor uses for faults it carries out itself; a vendor's FAULTS takes those it can do."""
