"""A message that names an appointment by its other number, or only in part, means the same appointment."""

from datetime import timedelta

import pytest

from tests.push.conftest import NOW, Pushed
from visitsync.connector_kit.connector import ConnectionConfig
from visitsync.connectors import connector_for
from visitsync.sync import door, messages
from visitsync.sync.door import Sender
from visitsync.sync.link import Link

START = "20261126093000"


def _message(event: str, minute: int, schedule: str, *rest: str) -> bytes:
    sent = f"{NOW - timedelta(hours=6) + timedelta(minutes=minute):%Y%m%d%H%M}00"
    header = f"MSH|^~\\&|INTERGY|ALDER^7|VISITS|VISITS|{sent}||SIU^{event}^SIU_S12|{event}-{minute}|P|2.3"
    return "\r".join((header, schedule, *rest, "")).encode()


def _schedule(placer: str, filler: str, *, start: str = START, parent: str = "", status: str = "Booked") -> str:
    return (
        f"SCH|{placer}|{filler}|||||TELEFU^VIDEO FOLLOW UP|TELE^Video|20|MIN|^^20^{start}"
        f"|||||D^Desk||||D^Desk||||{parent}|{status}"
    )


def _person(number: int) -> str:
    return f"PID|1||{number}^^^ALDER^MR||Sedge^Rowan{number}||19710305|F"


def _at(center: str) -> str:
    return f"PV1|1|O|{center}^^^ALDER||||57^Fennimore^Odile^^^^MD"


class Practice:
    """One that a real connector understands the messages of."""

    def __init__(self, pushed: Pushed, emr: str) -> None:
        self.pushed, module = pushed, connector_for(emr)
        config = ConnectionConfig(
            connection_id=str(pushed.connection_id),
            base_url="",
            practice_zone="America/Chicago",
            settings={"patients_by": "messages"} if emr == "greenway_intergy" else {},
        )
        receiver = vars(module)["RECEIVER"]
        self._sender = Sender(
            peer_id=pushed.peer_id, practice_id=pushed.practice_id, emr=emr, config=config, receiver=receiver
        )
        link = pushed.link
        self._link = Link(
            practice_id=link.practice_id,
            connection_id=link.connection_id,
            manifest=link.manifest,
            connector=link.connector,
            translator=module.TRANSLATOR,
            database=link.database,
            vault=link.vault,
            clock=link.clock,
        )

    def say(self, event: str, minute: int, schedule: str, *rest: str) -> None:
        """Pushes a message and takes it in."""
        answer = door.receive(self.pushed.door, self._sender, _message(event, minute, schedule, *rest), answer_id="1")
        assert b"|AA|" in answer.answer
        messages.take_in_pushed(self._link)


@pytest.fixture
def intergy(pushed: Pushed) -> Practice:
    return Practice(pushed, "greenway_intergy")


@pytest.fixture
def hl7v2(pushed: Pushed) -> Practice:
    return Practice(pushed, "hl7v2")


def test_a_cancellation_that_does_not_name_the_service_center_ends_the_booking(intergy: Practice) -> None:
    intergy.say("S12", 1, _schedule("810045", "810045"), _person(31), _at("MAIN"))
    intergy.say("S15", 2, _schedule("810045", "810045", status="Cancelled"), _person(31))
    assert intergy.pushed.outcomes() == {"7/MAIN/810045": "cancelled"}


def test_a_move_to_a_new_number_finds_the_one_it_replaces_without_its_service_center(intergy: Practice) -> None:
    intergy.say("S12", 1, _schedule("810045", "810045"), _person(31), _at("MAIN"))
    moved = _schedule("810099", "810099", start="20261127100000", parent="810045")
    intergy.say("S13", 2, moved, _person(31))
    outcomes = intergy.pushed.outcomes()
    assert outcomes.pop("7/MAIN/810045") == "cancelled"
    assert set(outcomes) == {"7/810099"}
    assert outcomes["7/810099"] != "cancelled"


def test_what_was_first_named_in_part_is_known_again_when_it_is_named_in_full(intergy: Practice) -> None:
    intergy.say("S12", 1, _schedule("810099", "810099"), _person(31))
    intergy.say("S15", 2, _schedule("810099", "810099", status="Cancelled"), _person(31), _at("MAIN"))
    assert intergy.pushed.outcomes() == {"7/810099": "cancelled"}


def test_the_same_number_at_two_service_centers_is_told_apart_by_the_patient(intergy: Practice) -> None:
    intergy.say("S12", 1, _schedule("810045", "810045"), _person(31), _at("MAIN"))
    intergy.say("S12", 2, _schedule("810045", "810045"), _person(32), _at("NORTH"))
    intergy.say("S15", 3, _schedule("810045", "810045", status="Cancelled"), _person(32))
    outcomes = intergy.pushed.outcomes()
    assert outcomes["7/NORTH/810045"] == "cancelled"
    assert outcomes["7/MAIN/810045"] != "cancelled"


def test_where_several_may_be_meant_nothing_is_changed_and_the_message_is_set_aside(intergy: Practice) -> None:
    intergy.say("S12", 1, _schedule("810045", "810045"), _person(31), _at("MAIN"))
    intergy.say("S12", 2, _schedule("810045", "810045"), _person(31), _at("NORTH"))
    intergy.say("S15", 3, _schedule("810045", "810045", status="Cancelled"), _person(31))
    assert "cancelled" not in intergy.pushed.outcomes().values()
    [(reason,)] = intergy.pushed.query("select reason from quarantine where resolved_at is null")
    assert "more than one appointment may be meant" in str(reason)


@pytest.mark.parametrize("first_by", ["both", "placer alone"])
def test_an_appointment_is_found_by_either_number(hl7v2: Practice, first_by: str) -> None:
    filler = "F77^SCHED" if first_by == "both" else ""
    hl7v2.say("S12", 1, _schedule("P12^DESK", filler), _person(31))
    [(known, outcome)] = hl7v2.pushed.outcomes().items()
    assert outcome != "cancelled"
    rest = "" if first_by == "both" else "F77^SCHED"
    hl7v2.say("S15", 2, _schedule("P12^DESK", rest, status="Cancelled"), _person(31))
    assert hl7v2.pushed.outcomes() == {known: "cancelled"}


def test_another_persons_appointment_of_the_same_other_number_is_left_alone(hl7v2: Practice) -> None:
    hl7v2.say("S12", 1, _schedule("P12^DESK", "F77^SCHED"), _person(31))
    [known] = hl7v2.pushed.outcomes()
    hl7v2.say("S15", 2, _schedule("P12^DESK", "", status="Cancelled"), _person(32))
    assert hl7v2.pushed.outcomes()[known] != "cancelled"
