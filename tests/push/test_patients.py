"""Charts that are pushed: kept as long as there is reason to, merged with all that is theirs, completed by asking."""

from datetime import timedelta

from tests.push.conftest import NOW, Pushed
from tests.push.pretend import PATIENT, booking, message
from visitsync.domain.visit import VisitState
from visitsync.storage import patients


def _patients(pushed: Pushed) -> list[str]:
    return [row[0] for row in pushed.query("select patient_id from patient order by 1")]


def test_when_charts_are_merged_appointments_and_visits_move_to_the_survivor(pushed: Pushed) -> None:
    pushed.book("a1", patient="loser")
    pushed.book("a2", patient="survivor", start=NOW + timedelta(days=2))
    pushed.take_in()
    before = pushed.query("select visit_id from visit where appointment_id = 'a1'")
    pushed.clock.advance(timedelta(minutes=1))
    pushed.say_of_patient("loser", merged_into_id="survivor")
    pushed.take_in()
    assert pushed.visits() == {"a1": ("survivor", "active"), "a2": ("survivor", "active")}
    assert pushed.query("select visit_id from visit where appointment_id = 'a1'") == before
    assert pushed.query("select what, before, after from visit_change") == [("chart merged", "loser", "survivor")]
    assert pushed.query("select distinct patient_id from appointment") == [("survivor",)]


def test_a_late_message_that_still_names_the_merged_chart_books_for_the_survivor(pushed: Pushed) -> None:
    pushed.book("a1", patient="loser")
    pushed.say_of_patient("survivor", **{**PATIENT, "email": "s@example.org"})
    pushed.take_in()
    pushed.clock.advance(timedelta(minutes=1))
    pushed.say_of_patient("loser", merged_into_id="survivor")
    pushed.take_in()
    pushed.clock.advance(timedelta(minutes=1))
    pushed.say("a1", patient="loser", start=NOW + timedelta(days=3))
    pushed.say("a2", patient="loser")
    pushed.take_in()
    assert pushed.visits() == {"a1": ("survivor", "active"), "a2": ("survivor", "active")}


def test_merges_in_a_row_lead_to_the_last_survivor_and_a_circle_ends(pushed: Pushed) -> None:
    pushed.book("a1", patient="one")
    for chart in ("two", "three"):
        pushed.say_of_patient(chart, **{**PATIENT, "email": f"{chart}@example.org"})
    pushed.take_in()
    pushed.clock.advance(timedelta(minutes=1))
    pushed.say_of_patient("two", merged_into_id="three")
    pushed.say_of_patient("one", merged_into_id="two", sent=pushed.clock() + timedelta(seconds=1))
    pushed.take_in()
    assert pushed.visits() == {"a1": ("three", "active")}
    pushed.clock.advance(timedelta(minutes=1))
    pushed.say_of_patient("three", merged_into_id="one")
    assert pushed.take_in().trouble is None


def test_nobody_elses_visit_moves_when_charts_are_merged(pushed: Pushed) -> None:
    for number in (1, 2, 3):
        pushed.book(f"a{number}", patient=f"p{number}")
    pushed.take_in()
    pushed.clock.advance(timedelta(minutes=1))
    pushed.say_of_patient("p1", merged_into_id="p2")
    pushed.take_in()
    assert pushed.visits()["a3"] == ("p3", VisitState.ACTIVE)


def test_charts_without_any_appointment_to_come_are_forgotten_in_time(pushed: Pushed) -> None:
    pushed.book("soon", patient="kept", start=NOW + timedelta(days=85))
    pushed.say_of_patient("never", **PATIENT)
    pushed.book("past", patient="gone", start=NOW + timedelta(days=1))
    pushed.sync()
    assert _patients(pushed) == ["gone", "kept", "never"]
    pushed.clock.advance(timedelta(days=84))
    pushed.sync()
    assert _patients(pushed) == ["gone", "kept", "never"]
    pushed.book("later", patient="kept", start=pushed.clock() + timedelta(days=30))
    pushed.clock.advance(timedelta(days=7))
    pushed.sync()
    assert _patients(pushed) == ["kept"]


def test_where_patients_can_be_asked_for_only_needed_ones_are_kept(pushed_and_asked: Pushed) -> None:
    pushed = pushed_and_asked
    pushed.say_of_patient("stranger", **PATIENT)
    pushed.book("a1", patient="p1")
    pushed.book("office", patient="p2", kind="Office Visit")
    pushed.take_in()
    assert _patients(pushed) == ["p1"]
    assert pushed.visits() == {"a1": ("p1", "active")}


def test_what_messages_leave_out_of_a_chart_is_asked_for(pushed_and_asked: Pushed) -> None:
    pushed = pushed_and_asked
    pushed.connector.patients["p1"] = {"first_name": "Maren", "last_name": "Asked", "email": "asked@example.org"}
    who = {"id": "p1", **PATIENT, "coverages": None}
    pushed.push(message(sent=NOW, appointments=[booking("a1", NOW + timedelta(days=1))], patients=[who]))
    pushed.take_in()
    assert pushed.connector.asked == ["p1"]
    with pushed.database.practice(pushed.practice_id) as transaction:
        found = patients.find(transaction, pushed.vault, pushed.connection_id, ["p1"])
    assert found["p1"].patient.last_name == "Asked"


def test_a_patient_whom_no_message_described_is_asked_for(pushed_and_asked: Pushed) -> None:
    pushed = pushed_and_asked
    pushed.connector.patients["p1"] = {"first_name": "Maren", "last_name": "Asked", "email": "asked@example.org"}
    pushed.say("a1")
    pushed.take_in()
    assert pushed.connector.asked == ["p1"]
    assert pushed.visits() == {"a1": ("p1", "active")}


def test_where_nobody_can_be_asked_an_appointment_without_its_patient_waits(pushed: Pushed) -> None:
    pushed.say("a1")
    pushed.take_in()
    assert pushed.outcomes() == {"a1": "waiting"}
    pushed.sync()
    pushed.say_of_patient("p1", **PATIENT)
    pushed.take_in()
    assert pushed.visits() == {"a1": ("p1", "active")}
    assert pushed.query("select count(*) from wanted") == [(0,)]
