"""Edits that a feed tells late, all at once, or never: none is lost, and each that only a sweep found is counted.

Sync tools that people use lost 500 of 500 late edits, 300 of 300 changes with one stamp and 100 of 100 deletes.
"""

from datetime import timedelta

from tests.nothing_lost.clinics import MONDAY, a_clinic_of_regulars, ticking_from
from tests.nothing_lost.house import Arrange, House
from tests.nothing_lost.oracle import differences, must_have_visits
from tests.nothing_lost.vendors import DRCHRONO, VENDORS, Vendor, each
from visitsync.simulator_kit.records import Appointment
from visitsync.sync.keeping import keep
from visitsync.sync.readings import begin, finish
from visitsync.sync.run import claim

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

every_vendor = each(VENDORS.values())
can_be_asked_for_one = each(vendor for vendor in VENDORS.values() if vendor.manifest.reads_single)
cannot_be_asked_for_one = each(vendor for vendor in VENDORS.values() if not vendor.manifest.reads_single)
shows_stamps = each(vendor for vendor in VENDORS.values() if vendor.tells_when_changed)


@every_vendor
def test_500_edits_that_show_after_the_overlap_with_their_old_stamp(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 500, first_day=8, days=60)
    with house.clinic.editing(visible_after=60 * HOUR):
        for appointment in house.clinic.appointments:
            house.clinic.move(appointment.id, start=appointment.start + timedelta(hours=9))
    house.turns(11, every=5 * HOUR)
    assert len(differences(house)) == 500
    hidden = only_sweeps_find(house)
    house.turns(7, every=5 * HOUR)
    assert differences(house) == []
    assert house.repaired() == hidden


@every_vendor
def test_edits_that_show_within_the_overlap_need_no_sweep(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 60)
    house.turns(1)
    with house.clinic.editing(visible_after=timedelta(minutes=40)):
        for appointment in house.clinic.appointments:
            house.clinic.move(appointment.id, start=appointment.start + timedelta(hours=9))
    house.turns(10)
    assert differences(house) == []
    assert house.repaired() == 0


@every_vendor
def test_300_changes_with_one_stamp_half_of_them_seen_only_after_that_stamp_was_read(
    arrange: Arrange, vendor: Vendor
) -> None:
    house = a_house_of(arrange, vendor, 300)
    house.clock.advance(DAY)
    stamp = house.now()
    first, second = halves(list(house.clinic.appointments))
    with house.clinic.editing(stamp=stamp):
        for appointment in first:
            house.clinic.move(appointment.id, start=appointment.start + timedelta(hours=9))
        house.sync()
        for appointment in second:
            house.clinic.move(appointment.id, start=appointment.start + timedelta(hours=9))
    house.turns(1)
    assert differences(house) == []


@every_vendor
def test_100_appointments_deleted_for_good_that_no_feed_mentions(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 600)
    for appointment in list(house.clinic.appointments)[::6]:
        house.clinic.delete(appointment.id)
    reports = house.turns(13, every=6 * HOUR)
    assert [report.trouble for report in reports] == [None] * 13
    assert differences(house) == []
    assert len(house.active()) == must_have_visits(house)
    assert house.repaired() == 100


@every_vendor
def test_no_visit_ends_before_two_complete_sweeps_and_the_emrs_own_word(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 40)
    gone = house.vendor_id(next(iter(house.clinic.appointments)).id)
    house.clinic.delete(next(iter(house.clinic.appointments)).id)
    house.sync(full=True)
    assert gone in house.active()
    house.sync(full=True)
    assert gone not in house.active()


@can_be_asked_for_one
def test_what_moved_silently_out_of_the_window_is_found_by_asking_for_it(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 40, first_day=20)
    house.turns(1, every=3 * DAY)
    moved_silently_by(house, 400 * DAY)
    house.turns(3, every=DAY + HOUR)
    assert differences(house) == []
    assert house.repaired() == 1


@cannot_be_asked_for_one
def test_what_moved_silently_out_of_the_window_and_cannot_be_asked_for_is_cancelled_until_its_days_come(
    arrange: Arrange, vendor: Vendor
) -> None:
    house = a_house_of(arrange, vendor, 40, first_day=20)
    house.turns(1, every=3 * DAY)
    moved = moved_silently_by(house, 200 * DAY)
    house.turns(3, every=DAY + HOUR)
    assert differences(house) == []
    outcome = house.query("select outcome from appointment where appointment_id = %(id)s", id=moved)
    assert outcome == [("cancelled",)]
    assert moved not in house.active()
    house.turns(2, every=80 * DAY)
    assert differences(house) == []
    assert moved in house.active()


@every_vendor
def test_a_chart_that_changes_silently_is_seen_before_the_visit(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 8, first_day=5, days=1)
    charts = list(house.clinic.patients)
    with house.clinic.editing(touches_stamp=False):
        house.clinic.change_patient(charts[3].id, email="")
    with house.clinic.editing(visible_after=30 * HOUR):
        house.clinic.change_patient(charts[4].id, email="")
    house.turns(4 * 6, every=4 * HOUR)
    assert differences(house) == []


@every_vendor
def test_an_id_that_comes_back_for_another_patient_never_turns_into_their_visit(
    arrange: Arrange, vendor: Vendor
) -> None:
    house = a_house_of(arrange, vendor, 20)
    before = next(iter(house.clinic.appointments))
    house.clinic.delete(before.id)
    house.clock.advance(timedelta(minutes=1))
    house.clinic.book(
        id=before.id,
        patient_id=house.desk.patient().id,
        practitioner_id=before.practitioner_id,
        location_id=before.location_id,
        type_id=before.type_id,
        start=before.start,
        minutes=before.minutes,
    )
    house.turns(1)
    assert differences(house) == []
    visits = house.query(
        "select patient_id, state from visit where appointment_id = %(id)s order by created_at",
        id=house.vendor_id(before.id),
    )
    after = house.clinic.appointments[before.id]
    assert visits == [(str(before.patient_id), "cancelled"), (str(after.patient_id), "active")]


@every_vendor
def test_cancelled_and_booked_again_five_times_keeps_one_visit(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 20)
    appointment = next(iter(house.clinic.appointments))
    for _ in range(5):
        house.clinic.cancel(appointment.id)
        house.turns(1)
        assert house.vendor_id(appointment.id) not in house.active()
        house.clinic.uncancel(appointment.id)
        house.turns(1)
    assert differences(house) == []
    visits = house.query("select visit_id from visit where appointment_id = %(id)s", id=house.vendor_id(appointment.id))
    assert len(visits) == 1


@every_vendor
def test_five_flips_between_two_polls_are_no_news(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 20)
    appointment = next(iter(house.clinic.appointments))
    for _ in range(5):
        house.clinic.cancel(appointment.id)
        house.clinic.uncancel(appointment.id)
    house.turns(1)
    assert differences(house) == []
    assert house.query("select count(*) from visit_change") == [(0,)]


def test_an_older_answer_after_a_newer_one_turns_nothing_back(arrange: Arrange) -> None:
    """A person checks one appointment, answered at once; the list comes from a copy that lags behind."""
    house = a_house_of(arrange, DRCHRONO, 20, replica_lag_seconds="5")
    appointment = next(iter(house.clinic.appointments))
    house.clock.advance(HOUR)
    house.clinic.cancel(appointment.id)
    house.check_again(house.vendor_id(appointment.id))
    house.sync()
    assert house.vendor_id(appointment.id) not in house.active()
    house.turns(2)
    assert differences(house) == []


@shows_stamps
def test_of_two_versions_in_one_reading_the_newer_stands_whichever_came_last(arrange: Arrange, vendor: Vendor) -> None:
    """The first page from the EMR itself, the second from a copy that lags behind."""
    house = a_house_of(arrange, vendor, 20)
    appointment = next(iter(house.clinic.appointments))
    house.clinic.move(appointment.id, start=appointment.start + timedelta(hours=9))
    older = list(house.link.connector.read_changes(None))
    house.clock.advance(timedelta(minutes=2))
    house.clinic.cancel(appointment.id)
    newer = list(house.link.connector.read_changes(None))
    run = claim(house.link)
    begin(run, "changes")
    for page in (*newer, *older):
        keep(run, page, None)
    finish(run)
    assert house.vendor_id(appointment.id) not in house.active()


def a_house_of(
    arrange: Arrange, vendor: Vendor, count: int, *, first_day: int = 1, days: int = 80, **variants: str
) -> House:
    """That many regulars, all of whom have their visits."""
    desk = a_clinic_of_regulars(ticking_from(MONDAY), count, first_day=first_day, days=days)
    house = arrange(vendor, desk, **variants)
    house.sync()
    house.turns(1)
    assert differences(house) == []
    return house


def only_sweeps_find(house: House) -> int:
    """How many appointments lie where reading changes shows only what is newly stamped."""
    last = house.clinic.wall_time().date() + timedelta(days=house.vendor.rereads_days)
    return sum(appointment.start.date() > last for appointment in house.clinic.appointments)


def moved_silently_by(house: House, time: timedelta) -> str:
    """Moves the first appointment without a trace; what the EMR calls it."""
    with house.clinic.editing(touches_stamp=False):
        appointment = next(iter(house.clinic.appointments))
        house.clinic.move(appointment.id, start=appointment.start + time)
    return house.vendor_id(appointment.id)


def halves(appointments: list[Appointment]) -> tuple[list[Appointment], list[Appointment]]:
    return appointments[::2], appointments[1::2]
