"""Webhooks: the console's verification, deliveries with the plain secret, three late repetitions (section 8)."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from visitsync.connectors.drchrono.simulator.appointment_row import AppointmentRows
from visitsync.connectors.drchrono.simulator.patient_row import PatientRows
from visitsync.connectors.drchrono.simulator.stamps import Row
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.records import Happening

REPEATED_AFTER = (timedelta(hours=1), timedelta(hours=3), timedelta(hours=7))
EVENTS = (
    "APPOINTMENT_CREATE",
    "APPOINTMENT_MODIFY",
    "APPOINTMENT_DELETE",
    "PATIENT_CREATE",
    "PATIENT_MODIFY",
    "PING",
)
TIMEOUT_SECONDS = 5.0


class NotReachable(ValueError):
    """This simulator only calls addresses of its own machine."""


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One application's webhook as configured in the console."""

    id: int = 4411
    callback_url: str
    secret_token: str
    events: tuple[str, ...] = EVENTS
    verified: bool = False
    created_at: str = ""


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One event on its way; `due` are the times still to be tried."""

    number: int
    event: str
    body: bytes
    due: list[datetime]
    outcomes: list[str] = field(default_factory=list)


class Webhooks:
    """Sends what happened in the clinic to the application's callback address."""

    def __init__(
        self,
        clinic: Clinic,
        faults: Faults,
        variants: Mapping[str, str],
        appointments: AppointmentRows,
        patients: PatientRows,
    ) -> None:
        self._clinic = clinic
        self._faults = faults
        self._variants = variants
        self._appointments = appointments
        self._patients = patients
        self._told = 0
        self._last_number = 730_000
        self._held_back: list[Delivery] = []
        self.subscription: Subscription | None = None
        self.waiting: list[Delivery] = []
        self.done: list[Delivery] = []

    def configure(self, callback_url: str, secret_token: str, events: Iterable[str] = EVENTS) -> Subscription:
        """What the API console does: save the address, verify it, begin with what happens from now on.

        Raises NotReachable for an address that is not on this machine.
        """
        if urlsplit(callback_url).hostname not in ("localhost", "127.0.0.1"):
            raise NotReachable(f"{callback_url} is not on this machine")
        self.subscription = Subscription(
            callback_url=callback_url,
            secret_token=secret_token,
            events=tuple(events),
            created_at=f"{self._clinic.wall_time():%Y-%m-%dT%H:%M:%S}",
        )
        self._told = len(self._clinic.history)
        self.verify()
        return self.subscription

    def verify(self) -> bool:
        """The console's button: GET callback?msg=…, to be answered with the HMAC of msg under the secret."""
        hook = self._configured()
        message = secrets.token_hex(8)
        expected = hmac.new(hook.secret_token.encode(), message.encode(), hashlib.sha256).hexdigest()
        try:
            answer = call(hook.callback_url, query={"msg": message}, timeout_seconds=TIMEOUT_SECONDS)
            told = answer.json.get("secret_token") if answer.status == 200 else None
        except (OSError, http.client.HTTPException, msgspec.DecodeError, AttributeError):
            told = None
        hook.verified = told == expected
        return hook.verified

    def ping(self) -> None:
        """The console's other button."""
        self._queue("PING", {})

    def deliver_due(self) -> int:
        """Send everything that is due by the clinic's clock; how many were sent."""
        with self._clinic.lock:
            self._notice()
            now = self._clinic.clock()
            due = [delivery for delivery in self.waiting if delivery.due[0] <= now]
            self.waiting = [delivery for delivery in self.waiting if delivery.due[0] > now]
        for delivery in due:
            self._send(delivery)
        return len(due)

    def _notice(self) -> None:
        """Turn what happened since the last look into deliveries."""
        history = self._clinic.history
        while self._told < len(history):
            happening = history[self._told]
            self._told += 1
            event = self._event_of(happening)
            if self.subscription and event in self.subscription.events:
                row = self._row_of(happening)
                if row is not None:
                    self._queue(event, row)

    def _event_of(self, happening: Happening) -> str:
        if (happening.what, happening.kind) in _DELETIONS:
            return "APPOINTMENT_DELETE" if self._variants["delete_events"] == "sent" else ""
        made = happening.what in ("booked", "opened")
        return f"{happening.kind.upper()}_{'CREATE' if made else 'MODIFY'}"

    def _row_of(self, happening: Happening) -> Row | None:
        if happening.kind == "appointment":
            shelf = self._clinic.appointments
            appointment = shelf.get(happening.id) or shelf.removed.get(happening.id)
            return self._appointments.appointment(appointment) if appointment else None
        patient = self._clinic.patients.get(happening.id)
        return self._patients.patient(patient) if patient and happening.kind == "patient" else None

    def _queue(self, event: str, row: Row) -> None:
        hook = self._configured()
        receiver = {
            "id": hook.id,
            "callback_url": hook.callback_url,
            "events": hook.events,
            "created_at": hook.created_at,
            "updated_at": hook.created_at,
        }
        self._last_number += 1
        now = self._clinic.clock()
        delivery = Delivery(
            number=self._last_number,
            event=event,
            body=msgspec.json.encode({"receiver": receiver, "object": row}),
            due=[now, *(now + later for later in REPEATED_AFTER)],
        )
        for queued in self._mishandled(delivery):
            self.waiting.append(queued)

    def _mishandled(self, delivery: Delivery) -> list[Delivery]:
        """The deliveries that really go out now: lost, twice, or after the next one if a fault says so."""
        about = Request(method="POST", path=f"/webhook/{delivery.event}")
        if self._faults.take("webhook_lost", about):
            return []
        if self._faults.take("webhook_held_back", about):
            self._held_back.append(delivery)
            return []
        out = [delivery, *self._held_back]
        self._held_back = []
        if self._faults.take("webhook_duplicated", about):
            twin = Delivery(number=delivery.number, event=delivery.event, body=delivery.body, due=list(delivery.due))
            out.append(twin)
        return out

    def _send(self, delivery: Delivery) -> None:
        hook = self._configured()
        delivery.due.pop(0)
        try:
            answer = call(
                hook.callback_url,
                method="POST",
                body=delivery.body,
                headers=self._headers(hook, delivery),
                timeout_seconds=TIMEOUT_SECONDS,
            )
            outcome, arrived = str(answer.status), 200 <= answer.status < 300
        except (OSError, http.client.HTTPException) as problem:
            outcome, arrived = type(problem).__name__, False
        delivery.outcomes.append(outcome)
        with self._clinic.lock:
            (self.done if arrived or not delivery.due else self.waiting).append(delivery)

    def _headers(self, hook: Subscription, delivery: Delivery) -> dict[str, str]:
        signature = hook.secret_token
        if self._variants["webhook_signature"] == "hmac":
            signature = hmac.new(hook.secret_token.encode(), delivery.body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-drchrono-event": delivery.event,
            "X-drchrono-signature": signature,
            "X-drchrono-delivery": str(delivery.number),
        }

    def _configured(self) -> Subscription:
        if self.subscription is None:
            raise NotReachable("no webhook is configured")
        return self.subscription


_DELETIONS = frozenset({("archived", "appointment"), ("deleted", "appointment")})
