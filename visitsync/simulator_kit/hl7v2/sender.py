"""The pretend scheduling system: watches its clinic, writes messages, and delivers them until they are answered."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from visitsync.simulator_kit.app import App, Control
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.hl7v2.deeds import Diary
from visitsync.simulator_kit.hl7v2.habits import NO_ADDRESS
from visitsync.simulator_kit.hl7v2.letters import Letter, Letters, collapsed
from visitsync.simulator_kit.hl7v2.mllp import END, START, Line, NoAnswer, target_from, verdict
from visitsync.simulator_kit.scenarios import Scenario

SENDER_FAULTS: Mapping[str, str] = {
    "ack_lost": "The answer to a message is lost: the same bytes are sent again (match=SIU or ADT^A08 …)",
    "reconnect_mid_frame": "The connection breaks inside a message, which is sent again on a new one",
    "split_writes": "A message is written in pieces=7",
    "joined_writes": "A message is written together with the next, before its answer",
    "noise_between": "Line ends and blanks stand between messages",
    "end_without_return": "A frame ends with 0x1C alone",
    "wrong_order": "A message is sent after the one that follows it",
    "duplicate_id": "A message carries the MSH-10 of the one before",
    "test_message": "A message is marked as a test (MSH-11 T)",
    "sent_twice": "A message is sent again although it was answered",
    "clock_ahead": "A message says that it was sent tomorrow",
}
MOST_IN_ONE_TICK = 200
_GOOD = {"AA": ("AA", "CA"), "CA": ("CA",)}


class Hl7Sender(App):
    """A pretend sender. `outbox` holds what is not delivered yet, oldest first."""

    def __init__(
        self,
        clinic: Clinic,
        *,
        emr: str,
        clock: Clock,
        habits: Mapping[str, str],
        letters: Letters,
        scenarios: Mapping[str, Scenario],
        faults: Mapping[str, str] = SENDER_FAULTS,
    ) -> None:
        self.emr = emr
        self.clinic = clinic
        self.clock = clock
        self.variants = habits
        self.faults = Faults(faults)
        self.letters = letters
        self.outbox: deque[Letter] = deque()
        self.delivered: list[tuple[Letter, str]] = []
        """Each message that was answered, with the code of the answer."""
        self.refused: list[Letter] = []
        self._scenarios = scenarios
        self._diary = Diary(clinic, with_what_is_there=habits["initial_load"] == "sent")
        self._line: Line | None = None
        self._sending = threading.Lock()
        if habits["mllp_address"] != NO_ADDRESS:
            self.aim(habits["mllp_address"])

    def answer(self, request: Request) -> Response:
        """Nothing is served over HTTP but the steering wheel."""
        return as_json({"error": "this system sends HL7 over MLLP; see /_simulator/"}, 404)

    def vendor_id(self, appointment_id: int) -> str:
        """What a receiver calls the appointment that puts application and facility in front."""
        shelf = self.clinic.appointments
        appointment = shelf.get(appointment_id) or shelf.removed.get(appointment_id)
        number = str(appointment_id) if appointment is None else self.letters.entry(appointment).filler
        return "/".join((self.letters.letterhead.application, self.letters.letterhead.facility[0], number))

    def patient_key(self, patient_id: int) -> str:
        """What a receiver calls the chart: the first part of PID-3."""
        charts = self.clinic.patients
        chart = charts.get(patient_id) or charts.removed.get(patient_id)
        return str(patient_id) if chart is None else self.letters.patient_number(chart)[0]

    def scenarios(self) -> Mapping[str, Scenario]:
        """What can be staged."""
        return self._scenarios

    def controls(self) -> Mapping[str, Control]:
        """What a person does at the interface engine."""
        return {
            "target": self._set_target,
            "outbox": lambda wish: self._status(),
            "replay": lambda wish: {"queued": self.replay()},
            "send": lambda wish: {"answer": self.send_raw(str(wish["message"]).encode())},
        }

    def tick(self) -> None:
        """Write what is due and deliver what can be delivered."""
        self.write()
        if self._line is not None and self._sending.acquire(blocking=False):
            try:
                self.deliver()
            finally:
                self._sending.release()

    # --- writing -------------------------------------------------------------------------------------

    def write(self) -> None:
        """Turn what was done in the clinic since the last time into messages."""
        with self.clinic.lock:
            deeds = self._diary.take_shown()
            if self.variants["collapse"] == "yes":
                deeds = collapsed(deeds)
            for deed in deeds:
                self.outbox.extend(self.letters.about(deed))

    def take_all(self) -> list[Letter]:
        """Everything in the outbox, as if it had been delivered."""
        self.write()
        taken = list(self.outbox)
        self.outbox.clear()
        self.delivered += [(letter, "AA") for letter in taken]
        return taken

    def replay(self) -> int:
        """The interface engine starts again and sends everything it ever sent once more."""
        again = [letter for letter, _ in self.delivered]
        self.outbox.extend(again)
        return len(again)

    # --- delivering ----------------------------------------------------------------------------------

    def aim(self, address: str, **tls: str) -> None:
        """Send to this address from now on."""
        if self._line is not None:
            self._line.hang_up()
        self._line = Line(target_from(address, **tls), int(self.variants["ack_wait_tenths"]) / 10)

    def deliver(self, most: int = MOST_IN_ONE_TICK) -> int:
        """Deliver what waits, in order; stop at the first that is not answered. How many were answered."""
        answered = 0
        while self.outbox and answered < most and self._line is not None:
            try:
                answered += self._deliver_next(self._line)
            except NoAnswer:
                return answered
        return answered

    def send_raw(self, content: bytes) -> str:
        """Send any bytes as one message; the answer, as text. Raises NoAnswer."""
        if self._line is None:
            raise NoAnswer("no target")
        with self._sending:
            self._line.send(content)
            return self._line.answer().decode("latin-1")

    def _deliver_next(self, line: Line) -> int:
        letter = self.outbox[0]
        if len(self.outbox) > 1 and self._strikes("wrong_order", letter):
            self.outbox[0], self.outbox[1] = self.outbox[1], self.outbox[0]
            letter = self.outbox[0]
        body = self._spoilt(letter)
        if len(self.outbox) > 1 and self._strikes("joined_writes", letter):
            line.send_raw(START + body + END + START + self.outbox[1].body + END)
            self._answered(letter, line.answer())
            self._answered(self.outbox[0], line.answer())
            return 2
        self._write_out(line, letter, body)
        answer = line.answer()
        if self._strikes("ack_lost", letter):
            line.hang_up()
            raise NoAnswer("lost on the way")
        self._answered(letter, answer)
        if self._strikes("sent_twice", letter):
            self.outbox.appendleft(letter)
        return 1

    def _write_out(self, line: Line, letter: Letter, body: bytes) -> None:
        if self._strikes("reconnect_mid_frame", letter):
            line.send_raw(START + body[: len(body) // 2])
            line.hang_up()
        if self._strikes("noise_between", letter):
            line.send_raw(b"\r\n \r")
        if self._strikes("end_without_return", letter):
            line.send_raw(START + body + b"\x1c")
            return
        line.send(body, pieces=7 if self._strikes("split_writes", letter) else 1)

    def _spoilt(self, letter: Letter) -> bytes:
        """The message with what faults do to its header."""
        separator = letter.body[3:4]
        end = min(position for position in (letter.body.find(b"\r"), letter.body.find(b"\n")) if position >= 0)
        fields = letter.body[:end].split(separator)
        if self._strikes("test_message", letter):
            fields[10] = b"T"
        if self._strikes("duplicate_id", letter) and self.delivered:
            fields[9] = self.delivered[-1][0].number.encode()
        if self._strikes("clock_ahead", letter):
            fields[6] = str(int(fields[6][:8]) + 1).encode() + fields[6][8:]
        return separator.join(fields) + letter.body[end:]

    def _answered(self, letter: Letter, answer: bytes) -> None:
        """A good answer, and also a refusal, ends the sending; a strict sender waits for the kind it asked for."""
        code, _ = verdict(answer)
        if code in _GOOD[self.variants["accepts"]]:
            self.delivered.append((letter, code))
        elif code[-1:] in ("E", "R"):
            self.refused.append(letter)
        else:
            raise NoAnswer("not the kind of answer that was asked for")
        self.outbox.popleft()

    def _strikes(self, fault: str, letter: Letter) -> bool:
        return self.faults.take(fault, Request(method="MLLP", path=f"/{letter.line}")) is not None

    def _set_target(self, wish: Mapping[str, Any]) -> dict[str, object]:
        tls = {name: str(wish[name]) for name in ("authority", "certificate", "key", "server_name") if name in wish}
        self.aim(str(wish["address"]), **tls)
        return self._status()

    def _status(self) -> dict[str, object]:
        return {
            "waiting": [letter.line for letter in list(self.outbox)[:100]],
            "delivered": len(self.delivered),
            "refused": [letter.line for letter in self.refused[-100:]],
            "connections": self._line.connections if self._line is not None else 0,
        }
