"""What is pushed is taken in once, in the order in which it was sent, and judged like whatever else is read."""

from datetime import timedelta

import pytest

from tests.push import pretend
from tests.push.conftest import NOW, Pushed
from tests.push.pretend import booking, message
from visitsync.storage import practice_settings, practices, sync_runs
from visitsync.storage.decisions import Cause
from visitsync.storage.practice_context import load_practice_context
from visitsync.storage.practices import ConnectionState
from visitsync.sync import pipeline
from visitsync.sync.replay import replay

WITH_VISIT = {"ready", "needs_provider"}


def test_a_booking_that_is_pushed_becomes_a_visit(pushed: Pushed) -> None:
    pushed.book("a1")
    assert pushed.outcomes() == {}
    assert pushed.take_in().trouble is None
    assert set(pushed.outcomes().values()) <= WITH_VISIT
    assert pushed.visits() == {"a1": ("p1", "active")}
    assert pushed.query("select count(*) from decision") == [(1,)]


def test_the_same_message_again_is_answered_and_changes_nothing(pushed: Pushed) -> None:
    body = message(sent=NOW, appointments=[booking("a1", NOW + timedelta(days=1))], patients=[{"id": "p1"}])
    first = pushed.push(body)
    pushed.take_in()
    again = pushed.push(body)
    assert (first.answer, first.is_resent) == (again.answer, False)
    assert again.is_resent
    pushed.take_in()
    assert pushed.query("select count(*) from intake") == [(1,)]
    assert pushed.query("select count(*) from decision") == [(1,)]
    assert pushed.query("select messages, resent from peer_traffic") == [(2, 1)]


def test_messages_that_wait_are_taken_in_by_the_time_they_were_sent(pushed: Pushed) -> None:
    pushed.say("a1", status="cancelled", sent=NOW - timedelta(minutes=1))
    pushed.book("a1", sent=NOW - timedelta(minutes=5))
    pushed.take_in()
    assert pushed.outcomes() == {"a1": "cancelled"}
    assert pushed.visits() == {}


def test_an_older_message_that_comes_later_turns_nothing_back(pushed: Pushed) -> None:
    pushed.book("a1", sent=NOW - timedelta(minutes=5))
    pushed.say("a1", status="cancelled", sent=NOW - timedelta(minutes=1))
    pushed.take_in()
    pushed.say("a1", sent=NOW - timedelta(minutes=3))
    pushed.take_in()
    assert pushed.outcomes() == {"a1": "cancelled"}


def test_a_cancellation_of_what_we_never_had_stands_when_the_booking_comes_late(pushed: Pushed) -> None:
    pushed.say("a1", status="cancelled", sent=NOW)
    pushed.take_in()
    pushed.book("a1", sent=NOW - timedelta(hours=1))
    pushed.take_in()
    assert pushed.outcomes() == {"a1": "cancelled"}
    assert pushed.visits() == {}


def test_moving_an_appointment_moves_its_visit(pushed: Pushed) -> None:
    pushed.book("a1")
    pushed.take_in()
    pushed.clock.advance(timedelta(minutes=3))
    pushed.say("a1", start=NOW + timedelta(days=2))
    pushed.take_in()
    assert pushed.starts_of("a1") == NOW + timedelta(days=2)
    assert pushed.query("select what from visit_change") == [("moved",)]
    assert pushed.query("select count(*) from visit") == [(1,)]


def test_an_email_that_is_corrected_later_makes_the_visit(pushed: Pushed) -> None:
    start = NOW + timedelta(days=1)
    pushed.push(message(sent=NOW, appointments=[booking("a1", start)], patients=[{"id": "p1", "first_name": "M"}]))
    pushed.take_in()
    assert pushed.outcomes() == {"a1": "needs_fix"}
    pushed.say_of_patient("p1", email="maren@example.org")
    pushed.take_in()
    assert set(pushed.outcomes().values()) <= WITH_VISIT


def test_a_patient_who_is_pushed_before_any_appointment_is_kept_for_it(pushed: Pushed) -> None:
    pushed.say_of_patient("p1", first_name="Maren", last_name="Ostby", email="maren@example.org")
    pushed.take_in()
    pushed.say("a1")
    pushed.take_in()
    assert set(pushed.outcomes().values()) <= WITH_VISIT


def test_two_patients_with_one_address_stop_each_other(pushed: Pushed) -> None:
    pushed.book("a1", patient="p1")
    pushed.take_in()
    pushed.book("a2", patient="p2")
    pushed.say_of_patient("p2", email="p1@example.org")
    pushed.take_in()
    assert pushed.outcomes() == {"a1": "needs_fix", "a2": "needs_fix"}


def test_a_record_that_makes_no_sense_is_set_aside_and_let_out_when_it_comes_well(pushed: Pushed) -> None:
    pushed.push(message(sent=NOW, appointments=[booking("bad", NOW, status="?"), booking("good", NOW)]))
    pushed.take_in()
    assert set(pushed.outcomes()) == {"good"}
    assert pushed.quarantined() == [("appointment-update", "bad")]
    pushed.clock.advance(timedelta(seconds=9))
    pushed.say("bad")
    pushed.take_in()
    assert pushed.quarantined() == []
    assert set(pushed.outcomes()) == {"good", "bad"}


def test_a_replay_reads_what_could_not_be_read_and_leaves_the_rest_as_it_is(
    pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed.push(message(sent=NOW, appointments=[booking("bad", NOW + timedelta(days=1), status="phoned")]))
    pushed.book("good", patient="p2")
    pushed.take_in()
    before = pushed.query("select record from appointment where appointment_id = 'good'")
    monkeypatch.setitem(pretend.STATUSES, "phoned", "booked")
    done = replay(pushed.link, Cause("translator changed"))
    assert (done.let_out, done.still_unreadable, done.translated) == (1, 0, 0)
    assert set(pushed.outcomes()) == {"bad", "good"}
    assert pushed.quarantined() == []
    assert pushed.query("select record from appointment where appointment_id = 'good'") == before


def test_a_message_that_makes_no_sense_after_all_holds_nobody_up(pushed: Pushed) -> None:
    pushed.book("a1")
    pushed.push(message(sent=NOW, nonsense=True))
    pushed.book("a2", patient="p2")
    assert pushed.take_in().trouble is None
    assert set(pushed.outcomes()) == {"a1", "a2"}
    assert [kind for kind, _ in pushed.quarantined()] == ["message"]
    assert pushed.query("select count(*) from intake where taken_in_at is null") == [(0,)]


def test_a_mistake_of_ours_at_one_message_holds_no_other_up_and_loses_nothing(pushed: Pushed) -> None:
    pushed.book("a1")
    pushed.push(message(sent=NOW, mistake=True))
    pushed.book("a2", patient="p2")
    assert pushed.take_in().trouble is None
    assert set(pushed.outcomes()) == {"a1", "a2"}
    assert pushed.query("select count(*) from intake where taken_in_at is null") == [(1,)]
    pushed.book("a3", patient="p3")
    assert pushed.sync().trouble is None
    assert set(pushed.outcomes()) == {"a1", "a2", "a3"}


def test_what_is_refused_is_set_aside_within_bounds_and_once(pushed: Pushed) -> None:
    for number in range(130):
        assert pushed.push(f"garbage {number % 120}".encode()).answer == b"no"
        pushed.clock.advance(timedelta(seconds=1))
    assert len(pushed.quarantined()) == 100
    assert pushed.query("select messages, refused from peer_traffic") == [(130, 130)]
    assert pushed.query("select count(*) from intake") == [(0,)]


def test_types_that_messages_name_are_listed_and_none_is_retired(pushed: Pushed) -> None:
    pushed.push(message(sent=NOW, types=["Video Visit", "Office"]))
    pushed.take_in()
    pushed.push(message(sent=NOW, types=["Office"]))
    pushed.sync()
    rows = pushed.query("select entry_id, retired_at is null from catalog_entry order by 1")
    assert rows == [("Office", True), ("Video Visit", True)]


def test_many_cancellations_at_once_wait_for_a_person_while_others_go_on(pushed: Pushed) -> None:
    for number in range(10):
        pushed.book(f"a{number}", patient=f"p{number}")
    pushed.take_in()
    pushed.clock.advance(timedelta(minutes=1))
    for number in range(10):
        pushed.say(f"a{number}", patient=f"p{number}", status="cancelled")
    pushed.book("new", patient="new")
    assert pushed.take_in().trouble == "too-many-cancellations"
    states = [state for _, state in pushed.visits().values()]
    assert states.count("cancelled") == 5
    assert pushed.visits()["new"] == ("new", "active")
    assert pushed.sync().trouble == "too-many-cancellations"
    assert pushed.sync(cancellations_accepted=True).trouble is None
    assert [state for _, state in pushed.visits().values()].count("cancelled") == 10


def test_a_sync_asks_nobody_and_takes_in_what_was_left(pushed: Pushed) -> None:
    pushed.book("a1")
    assert pushed.sync(full=True).trouble is None
    assert pushed.visits() == {"a1": ("p1", "active")}


def test_an_appointment_is_never_missing_because_nothing_lists_it(pushed: Pushed) -> None:
    pushed.book("a1")
    for _ in range(4):
        pushed.clock.advance(timedelta(hours=5))
        assert pushed.sync(full=True).trouble is None
    assert pushed.visits() == {"a1": ("p1", "active")}


def test_check_again_takes_in_what_waits_and_judges_anew(pushed: Pushed) -> None:
    pushed.book("a1", kind="Telehealth")
    pushed.take_in()
    pushed.say("a1", kind="Telehealth", start=NOW + timedelta(days=3), sent=NOW + timedelta(seconds=1))
    assert pipeline.check_again(pushed.link, "a1").trouble is None
    assert pushed.starts_of("a1") == NOW + timedelta(days=3)
    assert pipeline.check_again(pushed.link, "unheard of").trouble is None


def test_while_the_connection_must_be_signed_in_again_messages_are_still_taken_in(pushed: Pushed) -> None:
    with pushed.database.practice(pushed.practice_id) as transaction:
        practices.change_state(transaction, pushed.connection_id, ConnectionState.NEEDS_RECONNECT, trouble="x")
    pushed.book("a1")
    pushed.take_in()
    assert set(pushed.outcomes().values()) <= WITH_VISIT


def test_silence_in_working_hours_is_a_worry_and_ends_with_the_next_message(pushed: Pushed) -> None:
    pushed.book("a1", start=NOW + timedelta(days=9))
    assert pushed.sync().trouble is None
    pushed.clock.advance(timedelta(hours=5))
    assert pushed.sync().trouble is None
    assert pushed.query("select trouble from connection") == [("feed-too-quiet",)]
    pushed.say("a1", start=NOW + timedelta(days=10))
    pushed.sync()
    assert pushed.query("select trouble from connection") == [(None,)]


def test_when_it_was_last_heard_from_is_when_the_last_message_came(pushed: Pushed) -> None:
    pushed.book("a1")
    pushed.clock.advance(timedelta(minutes=20))
    pushed.take_in()
    with pushed.database.practice(pushed.practice_id) as transaction:
        facts = load_practice_context(
            transaction, pushed.vault, pushed.connection_id, pushed.link.manifest, now=pushed.clock()
        ).connection
        assert "sweep" not in sync_runs.last_readings(transaction, pushed.connection_id)
    assert (facts.last_complete_read_at, facts.next_read_at) == (NOW, None)


def test_a_household_that_staff_linked_shares_an_address_also_when_pushed(pushed: Pushed) -> None:
    pushed.book("a1", patient="p1")
    pushed.book("a2", patient="p2")
    pushed.say_of_patient("p2", email="p1@example.org")
    pushed.take_in()
    author = practice_settings.Author("admin", NOW)
    with pushed.database.practice(pushed.practice_id) as transaction:
        practice_settings.link_household(transaction, pushed.connection_id, author, ["p1", "p2"])
    pipeline.check_again(pushed.link, "a1")
    assert pushed.outcomes()["a1"] in WITH_VISIT
