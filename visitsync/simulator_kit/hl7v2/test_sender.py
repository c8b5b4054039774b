"""Trials of the pretend sender over real TCP: order, resending, its faults, and what each habit writes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.hl7v2.habits import HABITS, choose_habits
from visitsync.simulator_kit.hl7v2.letters import Letters
from visitsync.simulator_kit.hl7v2.receiver_on_trial import ReceiverOnTrial
from visitsync.simulator_kit.hl7v2.scenarios import TOLD
from visitsync.simulator_kit.hl7v2.sender import Hl7Sender
from visitsync.simulator_kit.staging import a_booking, a_patient

NOW = datetime(2026, 11, 9, 17, 0, tzinfo=UTC)
QUICK = {"ack_wait_tenths": "5"}


def a_sender(**habits: str) -> Hl7Sender:
    """A sender of an empty clinic."""
    clock = VirtualClock.frozen_at(NOW)
    clinic, chosen = Clinic(clock=clock), choose_habits(HABITS, {**QUICK, **habits})
    letters = Letters(clinic, chosen)
    return Hl7Sender(clinic, emr="pretend", clock=clock, habits=chosen, letters=letters, scenarios=TOLD)


def events(sender: Hl7Sender) -> list[str]:
    """What kinds of messages wait."""
    return [letter.line for letter in sender.take_all()]


def test_what_is_done_is_sent_in_order_and_each_message_once() -> None:
    sender = a_sender()
    booked = a_booking(sender.clinic)
    sender.clinic.cancel(booked.id)
    with ReceiverOnTrial() as receiver:
        sender.aim(receiver.address)
        sender.tick()
        assert [letter.line for letter, code in sender.delivered] == ["ADT^A04", "SIU^S12", "SIU^S15"]
        assert [code for _, code in sender.delivered] == ["AA"] * 3
        assert receiver.messages == [letter.body for letter, _ in sender.delivered]
        sender.tick()
        assert len(receiver.messages) == 3
        assert sender._line is not None
        assert sender._line.connections == 1


def test_what_is_not_answered_is_sent_again_with_the_same_bytes() -> None:
    sender = a_sender()
    a_patient(sender.clinic)
    with ReceiverOnTrial() as receiver:
        receiver.silent_for = 2
        sender.aim(receiver.address)
        for _ in range(3):
            sender.tick()
        assert len(receiver.messages) == 3
        assert len(set(receiver.messages)) == 1
        assert len(sender.delivered) == 1


def test_without_a_receiver_messages_wait() -> None:
    sender = a_sender(mllp_address="127.0.0.1:1")
    a_patient(sender.clinic)
    sender.tick()
    assert len(sender.outbox) == 1
    with ReceiverOnTrial() as receiver:
        sender.controls()["target"]({"address": receiver.address})
        sender.tick()
        assert len(receiver.messages) == 1


def test_a_refused_message_is_put_aside() -> None:
    sender = a_sender()
    a_patient(sender.clinic)
    with ReceiverOnTrial(code="AE") as receiver:
        sender.aim(receiver.address)
        sender.tick()
        assert [letter.line for letter in sender.refused] == ["ADT^A04"]


def test_a_strict_sender_goes_on_only_after_ca() -> None:
    sender = a_sender(accepts="CA")
    a_patient(sender.clinic)
    with ReceiverOnTrial(code="AA") as receiver:
        sender.aim(receiver.address)
        sender.tick()
        sender.tick()
        assert len(receiver.messages) == 2
        receiver.code = "CA"
        sender.tick()
        assert [code for _, code in sender.delivered] == ["CA"]


@pytest.mark.parametrize(
    ("fault", "messages"),
    [
        ("ack_lost", 4),
        ("sent_twice", 4),
        ("reconnect_mid_frame", 3),
        ("split_writes", 3),
        ("joined_writes", 3),
        ("noise_between", 3),
        ("wrong_order", 3),
        ("test_message", 3),
        ("clock_ahead", 3),
        ("duplicate_id", 3),
    ],
)
def test_a_fault_strikes_once_and_everything_arrives(fault: str, messages: int) -> None:
    sender = a_sender()
    for _ in range(3):
        a_patient(sender.clinic)
    sender.faults.switch_on(fault, skip=1 if fault == "duplicate_id" else 0)
    with ReceiverOnTrial() as receiver:
        sender.aim(receiver.address)
        for _ in range(3):
            sender.tick()
        assert len(receiver.messages) == messages
        assert len({letter.number for letter, _ in sender.delivered}) == 3
        assert sender.faults.active == []
        assert receiver.noise in (b"", receiver.messages[0][: len(receiver.messages[0]) // 2])


def test_a_day_can_be_replayed() -> None:
    sender = a_sender()
    a_booking(sender.clinic)
    first = sender.take_all()
    assert sender.controls()["replay"]({}) == {"queued": 2}
    assert sender.take_all() == first


def test_five_thousand_messages_after_an_outage_all_arrive() -> None:
    sender = a_sender(initial_load="not sent")
    booked = a_booking(sender.clinic)
    for number in range(5_000):
        sender.clinic.move(booked.id, start=booked.start + timedelta(minutes=number))
    with ReceiverOnTrial() as receiver:
        sender.aim(receiver.address)
        while sender.outbox or not receiver.messages:
            sender.tick()
        assert len(receiver.messages) == 5_002
        assert len(set(receiver.messages)) == 5_002


def _moved(clinic: Clinic) -> None:
    booked = a_booking(clinic)
    clinic.move(booked.id, start=booked.start + timedelta(days=1))


def _rebooked(clinic: Clinic) -> None:
    booked = a_booking(clinic)
    clinic.rebook(booked.id, start=booked.start + timedelta(days=1))


def _no_show(clinic: Clinic) -> None:
    clinic.no_show(a_booking(clinic).id)


def _undone(clinic: Clinic) -> None:
    clinic.uncancel(clinic.cancel(a_booking(clinic).id).id)


def _cancelled_at_once(clinic: Clinic) -> None:
    clinic.cancel(a_booking(clinic).id)


@pytest.mark.parametrize(
    ("deed", "habits", "sent"),
    [
        (_moved, {}, ["S12", "S13"]),
        (_moved, {"move": "S14"}, ["S12", "S14"]),
        (_rebooked, {}, ["S12", "S13"]),
        (_rebooked, {"reschedule": "S15 and S12"}, ["S12", "S15", "S12"]),
        (_rebooked, {"reschedule": "S12 with parent"}, ["S12", "S12"]),
        (_no_show, {}, ["S12", "S26"]),
        (_no_show, {"no_show": "S15"}, ["S12", "S15"]),
        (_undone, {}, ["S12", "S15", "S13"]),
        (_cancelled_at_once, {"collapse": "yes"}, ["S15"]),
        (_moved, {"collapse": "yes"}, ["S12"]),
    ],
)
def test_the_same_deed_is_told_by_each_habit(
    deed: Callable[[Clinic], None], habits: dict[str, str], sent: list[str]
) -> None:
    sender = a_sender(**habits)
    deed(sender.clinic)
    assert [line.removeprefix("SIU^") for line in events(sender) if line.startswith("SIU")] == sent


def test_what_the_system_shows_late_is_sent_late() -> None:
    sender = a_sender()
    patient = a_patient(sender.clinic)
    sender.take_all()
    with sender.clinic.editing(visible_after=timedelta(minutes=45)):
        a_booking(sender.clinic, patient=patient)
    assert events(sender) == []
    sender.clinic.clock.advance(timedelta(minutes=46))  # type: ignore[attr-defined] # a virtual clock
    (letter,) = sender.take_all()
    assert letter.line == "SIU^S12"
    assert b"|20261109124600|" in letter.body  # sent now


def test_a_merge_names_who_stays_and_who_goes() -> None:
    sender = a_sender()
    kept, gone = a_patient(sender.clinic), a_patient(sender.clinic)
    sender.take_all()
    sender.clinic.merge_patients(kept=kept.id, gone=gone.id)
    (letter,) = sender.take_all()
    assert letter.line == "ADT^A40"
    assert f"PID|1||{kept.id}^^^CLINIC^MR".encode() in letter.body
    assert f"MRG|{gone.id}^^^CLINIC^MR".encode() in letter.body
