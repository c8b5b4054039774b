"""A client of the pretend Kareo written by hand: envelopes as text, answers as plain rows. For its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree

from visitsync.connectors.kareo.simulator import CREDENTIALS, PATH, KareoSimulator, simulator
from visitsync.connectors.kareo.simulator.namespaces import INSTANCE, K7, SOAP, K
from visitsync.connectors.kareo.simulator.operations import IN_K7
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.plain_client import Answer, call
from visitsync.simulator_kit.server import SimulatorServer

MONDAY_NOON = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
"""Noon in New York, a day after its clocks went back."""

Row = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer with its XML."""

    status: int
    body: bytes

    @property
    def root(self) -> etree._Element:
        """The envelope."""
        return etree.fromstring(self.body, etree.XMLParser(resolve_entities=False, huge_tree=True))

    @property
    def fault(self) -> str:
        """Code and text of the fault, "" when there is none."""
        found = self.root.find(f".//{{{SOAP}}}Fault")
        return "" if found is None else " ".join(part.text or "" for part in found)

    def text(self, name: str) -> str | None:
        """The text of the first element of this name; None when nil. Raises LookupError when there is none."""
        found = next((element for element in self.root.iter(f"{{*}}{name}")), None)
        if found is None:
            raise LookupError(name)
        return None if _is_nil(found) else found.text or ""

    def rows(self, name: str) -> list[Row]:
        """Every element of this name as its members' texts, nil ones left out."""
        return [
            {etree.QName(member).localname: member.text for member in element if not _is_nil(member)}
            for element in self.root.iter(f"{{*}}{name}")
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """Speaks to one simulator over HTTP."""

    app: KareoSimulator
    url: str

    @property
    def clinic(self) -> Clinic:
        """The clinic behind it."""
        return self.app.clinic

    def pass_time(self, span: timedelta) -> None:
        """Move the clock on."""
        assert isinstance(self.app.clock, VirtualClock)  # noqa: S101 - for tests
        self.app.clock.advance(span)

    def post(self, body: bytes | str, action: str, **headers: str) -> Reply:
        """Send any body under any SOAPAction."""
        raw = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action} | headers
        answered = call(f"{self.url}{PATH}", method="POST", body=raw, headers=sent)
        return Reply(status=answered.status, body=answered.body)

    def get(self, query: str) -> Answer:
        """Read a description."""
        return call(f"{self.url}{PATH}?{query}")

    def call(self, operation: str, members: str = "", **header: str) -> Reply:
        """Call an operation with these members after RequestHeader, written as XML."""
        return self.post(envelope(operation, request_header(**header) + members), quoted_action(operation))

    def listed(self, operation: str, criteria: Mapping[str, str] | None = None, fields: str = "") -> Reply:
        """Call an operation that lists, with criteria in the right order and these Fields."""
        given = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in sorted((criteria or {}).items()))
        kept = f' xmlns="{K7}"' if operation in IN_K7 else ""
        return self.call(operation, f"<Fields{kept}>{fields}</Fields><Filter{kept}>{given}</Filter>")

    def november(self, **criteria: str) -> list[Row]:
        """All appointments of November 2026, in New York's winter time."""
        span = {"StartDate": "11/1/2026", "EndDate": "11/30/2026 11:59:59 PM", "TimeZoneOffsetFromGMT": "-5"}
        return self.listed("GetAppointments", span | criteria).rows("AppointmentData")


@contextmanager
def kareo(clinic: Clinic | None = None, /, **variants: str) -> Iterator[ByHand]:
    """A pretend Kareo on a free port; not throttled unless asked for."""
    clinic = clinic or Clinic(clock=VirtualClock.frozen_at(MONDAY_NOON))
    app = simulator(clinic, clock=clinic.clock, variants={"throttle_percent": "0"} | variants)
    with SimulatorServer(app) as server:
        yield ByHand(app=app, url=server.url)


def quoted_action(operation: str) -> str:
    """The SOAPAction header of an operation."""
    return f'"{K}KareoServices/{operation}"'


def envelope(operation: str, members: str) -> str:
    """A SOAP message with these members in its request."""
    wrapper = f'<{operation} xmlns="{K}"><request>{members}</request></{operation}>'
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{wrapper}</s:Body></s:Envelope>'


def request_header(**changed: str) -> str:
    """The login, with some of it changed; in Kareo's order."""
    known = {"CustomerKey": "customer_key", "Password": "password", "User": "user"}
    values = {member: changed.get(key, CREDENTIALS[key]) for member, key in known.items()}
    inner = "".join(f"<{member}>{escape(value)}</{member}>" for member, value in values.items())
    return f"<RequestHeader><ClientVersion>By hand 1.0</ClientVersion>{inner}</RequestHeader>"


def _is_nil(element: etree._Element) -> bool:
    return element.get(f"{{{INSTANCE}}}nil") == "true"
