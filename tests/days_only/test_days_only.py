"""An EMR that cannot be asked for one appointment: its day is read, and two complete sweeps are its word on absence."""

from datetime import UTC, date, datetime, timedelta

from tests.days_only.conftest import Listed
from tests.push.conftest import NOW
from visitsync.sync import pipeline


def test_check_again_reads_the_known_day_and_nothing_else(listed: Listed) -> None:
    listed.books("a1", kind="Office")
    listed.books("a2", NOW + timedelta(days=3))
    listed.sweeps()
    listed.schedule.days_read.clear()
    listed.books("a1", status="cancelled")
    assert pipeline.check_again(listed.link, "a1").trouble is None
    assert listed.schedule.days_read == [(date(2026, 11, 25), date(2026, 11, 25))]
    assert listed.query("select count(*) from decision where appointment_id = 'a1'") == [(2,)]


def test_check_again_of_what_was_never_seen_reads_the_near_days(listed: Listed) -> None:
    listed.books("a1")
    pipeline.check_again(listed.link, "a1")
    ((first, last),) = listed.schedule.days_read
    assert first <= date(2026, 11, 25) <= last
    assert set(listed.outcomes()) == {"a1"}
    assert listed.query("select count(*) from wanted where kind = 'appointment'") == [(0,)]


def test_the_known_day_is_the_one_on_the_wall(listed: Listed) -> None:
    late = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)  # 22:30 on the 25th in Chicago
    listed.books("a1", late)
    listed.sweeps()
    listed.schedule.days_read.clear()
    pipeline.check_again(listed.link, "a1")
    assert listed.schedule.days_read == [(date(2026, 11, 25), date(2026, 11, 25))]


def test_what_two_complete_sweeps_have_missed_is_gone_and_one_is_not_enough(listed: Listed) -> None:
    for number in range(30):
        listed.books(f"a{number}", NOW + timedelta(days=2, minutes=40 * number))
    listed.sweeps()
    del listed.schedule.booked["a3"]
    listed.sweeps()
    assert listed.outcomes()["a3"] != "cancelled"
    pipeline.check_again(listed.link, "a3")
    assert listed.missing()["a3"] == 1, "a single day is no complete reading"
    listed.sweeps()
    assert listed.outcomes()["a3"] == "cancelled"
    assert "cancelled" not in {outcome for name, outcome in listed.outcomes().items() if name != "a3"}
    assert listed.query("select sum(repaired) from sync_run") == [(1,)]


def test_what_comes_back_counts_from_the_beginning(listed: Listed) -> None:
    listed.books("a1", NOW + timedelta(days=2))
    listed.books("a2", NOW + timedelta(days=2))
    listed.sweeps()
    gone = listed.schedule.booked.pop("a1")
    listed.sweeps()
    listed.schedule.booked["a1"] = gone
    listed.sweeps()
    assert listed.missing()["a1"] == 0
    del listed.schedule.booked["a1"]
    listed.sweeps()
    assert listed.outcomes()["a1"] != "cancelled"
    listed.sweeps()
    assert listed.outcomes()["a1"] == "cancelled"
    listed.schedule.booked["a1"] = gone
    listed.sweeps()
    assert listed.outcomes()["a1"] != "cancelled"


def test_a_schedule_that_suddenly_looks_empty_cancels_nothing_until_a_person_agrees(listed: Listed) -> None:
    for number in range(30):
        listed.books(f"a{number}", NOW + timedelta(days=2, minutes=40 * number))
    listed.sweeps()
    for number in range(20):
        del listed.schedule.booked[f"a{number}"]
    assert listed.sweeps(4).trouble == "too-many-cancellations"
    assert "cancelled" not in set(listed.outcomes().values())
    for _ in range(2):
        listed.clock.advance(timedelta(hours=1))
        assert listed.sync(full=True, cancellations_accepted=True).trouble is None
    assert list(listed.outcomes().values()).count("cancelled") == 20


def test_what_is_over_stays_what_it_was(listed: Listed) -> None:
    listed.books("a1", NOW + timedelta(hours=1))
    listed.books("a2", NOW + timedelta(days=3))
    listed.sweeps()
    listed.clock.advance(timedelta(days=2))
    listed.sync()
    before = listed.outcomes()["a1"]
    del listed.schedule.booked["a1"]
    listed.sweeps(3)
    assert listed.outcomes()["a1"] == before
