"""Answers that are wrong, torn, repeated or empty: they cancel nothing, hold nobody else up, and end when they end."""

import re
from datetime import timedelta

import msgspec
import pytest

from tests.nothing_lost.clinics import MONDAY, a_clinic_of_regulars, ticking_from
from tests.nothing_lost.house import Arrange, House
from tests.nothing_lost.oracle import differences
from tests.nothing_lost.vendors import VENDORS, Vendor
from visitsync.sync.keeping import keep
from visitsync.sync.readings import begin, finish
from visitsync.sync.run import claim

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=lambda vendor: vendor.emr)

UNREADABLE = [(vendor, how) for vendor in VENDORS.values() for how in vendor.unreadable]
FIELDS = [(vendor, name) for vendor in VENDORS.values() for name in vendor.fields]
with_a_list = [vendor for vendor in VENDORS.values() if vendor.a_list_of_the_practice]
with_charts = [vendor for vendor in VENDORS.values() if vendor.one_chart]
with_own_changes = [vendor for vendor in VENDORS.values() if vendor.changes]


@every_vendor
def test_rows_that_come_twice_are_taken_in_once(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 60)
    decided = house.query("select count(*) from decision")
    house.app.faults.switch_on("duplicate_rows", times=None, share=0.3)
    house.turns(2, full=True)
    assert house.query("select count(*) from decision") == decided
    churn(house)
    house.turns(2, full=True)
    assert differences(house) == []


@every_vendor
@pytest.mark.parametrize("disturbance", ["row_inserted_between_pages", "row_deleted_between_pages"])
@pytest.mark.parametrize("is_the_other_way", [False, True])
def test_rows_that_come_and_go_between_two_pages(
    arrange: Arrange, vendor: Vendor, disturbance: str, is_the_other_way: bool
) -> None:
    other = vendor.swarm_variants[:1] if is_the_other_way else ()
    house = a_house_of(arrange, vendor, 60, **vendor.small_pages, **(other[0] if other else {}))
    house.app.faults.switch_on(disturbance, times=4, match=house.vendor.windows)
    house.turns(1, full=True)
    house.turns(4, every=DAY + HOUR)
    assert differences(house) == []


@pytest.mark.parametrize(("vendor", "how"), UNREADABLE, ids=lambda it: getattr(it, "emr", it))
def test_one_unreadable_record_among_200_blocks_no_other(arrange: Arrange, vendor: Vendor, how: str) -> None:
    house = arrange(vendor, a_clinic_of_regulars(ticking_from(MONDAY), 200))
    house.app.faults.switch_on("unreadable_record", times=None, match=vendor.lists, row=3, how=how)
    report = house.sync()
    assert report.trouble is None
    unread = house.query("select record_key from quarantine where kind = 'appointment' and resolved_at is null")
    assert 1 <= len(unread) <= len(house.server.requests_matching("ppointment"))
    assert len(differences(house)) <= 2 * len(unread)
    house.app.faults.clear()
    house.turns(2, full=True)
    assert differences(house) == []


@pytest.mark.parametrize(("vendor", "how"), UNREADABLE, ids=lambda it: getattr(it, "emr", it))
def test_a_record_that_is_read_well_again_leaves_quarantine(arrange: Arrange, vendor: Vendor, how: str) -> None:
    house = a_house_of(arrange, vendor, 30)
    before_the_sweep = asked_by_a_turn(house, vendor.windows)
    house.app.faults.switch_on(
        "unreadable_record", times=1, match=vendor.windows, skip=before_the_sweep, row=3, how=how
    )
    house.sync(full=True)
    assert len(house.active()) == 30
    assert house.query("select count(*) from quarantine where resolved_at is null") == [(1,)]
    house.turns(2, full=True)
    assert house.query("select count(*) from quarantine where resolved_at is null") == [(0,)]


def test_rows_that_say_nothing_at_all_are_counted_each_and_once(arrange: Arrange) -> None:
    house = arrange(VENDORS["carecloud"])
    page = next(iter(house.link.connector.read_changes(None)))
    rows = [*msgspec.json.decode(page.body, type=list[msgspec.Raw]), *[msgspec.Raw(b"null")] * 3]
    for _ in range(2):
        run = claim(house.link)
        begin(run, "changes")
        keep(run, msgspec.structs.replace(page, body=msgspec.json.encode(rows)), None)
        finish(run)
        assert house.query("select count(*) from quarantine where resolved_at is null") == [(3,)]


@every_vendor
@pytest.mark.parametrize(
    "fault",
    ["dropped_page", "empty_list", "error_in_200", "html_as_data", "no_content", "empty_body", "short_body",
     "truncated_body", "outage", "connection_reset", "answer_lost", "broken_gzip", "shrunk_page",
     "next_is_same_page"],
)  # fmt: skip
def test_a_list_that_is_torn_or_empty_for_days_cancels_nothing(arrange: Arrange, vendor: Vendor, fault: str) -> None:
    house = a_house_of(arrange, vendor, 60, **vendor.small_pages)
    before = house.active()
    house.app.faults.switch_on(fault, times=None, match=vendor.lists)
    house.turns(6, every=7 * HOUR)
    assert house.active() == before - ended(house)
    house.app.faults.clear()
    house.turns(2, every=DAY + HOUR)
    assert differences(house) == []


@pytest.mark.parametrize(("vendor", "name"), FIELDS, ids=lambda it: getattr(it, "emr", it))
def test_a_field_that_gets_another_name_one_day_cancels_nothing(arrange: Arrange, vendor: Vendor, name: str) -> None:
    house = a_house_of(arrange, vendor, 40)
    before = house.active()
    house.app.faults.switch_on("field_renamed", times=None, match=vendor.lists, field=name, to="renamed")
    house.turns(4, every=7 * HOUR)
    assert house.active() >= before - ended(house)
    house.app.faults.clear()
    house.turns(2, every=DAY + HOUR)
    assert differences(house) == []


@every_vendor
def test_a_mass_cancellation_stops_until_a_person_has_looked(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 60, **vendor.small_pages)
    for appointment in list(house.clinic.appointments)[:40]:
        house.clinic.cancel(appointment.id)
    reports = house.turns(12)
    assert {report.trouble for report in reports} == {"too-many-cancellations"}
    assert len(house.active()) >= 60 * 0.8 - 1
    assert house.query("select trouble from connection") == [("too-many-cancellations",)]
    house.clock.advance(timedelta(minutes=5))
    assert house.sync(accepted=True).trouble is None
    assert differences(house) == []


@every_vendor
def test_a_stop_that_the_emr_itself_takes_back_ends_by_itself(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 60)
    cancelled = list(house.clinic.appointments)[:40]
    for appointment in cancelled:
        house.clinic.cancel(appointment.id)
    assert house.turns(1)[0].trouble == "too-many-cancellations"
    for appointment in cancelled:
        house.clinic.uncancel(appointment.id)
    assert house.turns(2)[-1].trouble is None
    assert differences(house) == []
    assert house.query("select count(*) from quarantine where resolved_at is null") == [(0,)]


@every_vendor
def test_refused_answers_do_not_pile_up(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 60)
    for appointment in list(house.clinic.appointments)[:40]:
        house.clinic.cancel(appointment.id)
    house.turns(12)
    (count,) = house.query("select count(*) from quarantine where kind = 'answer'")[0]
    assert count <= 3


@every_vendor
def test_a_sweep_that_is_stopped_again_and_again_goes_on_where_it_was(arrange: Arrange, vendor: Vendor) -> None:
    """An EMR, or our share of its budget, that gives out after a few pages each time."""
    house = arrange(vendor, a_clinic_of_regulars(ticking_from(MONDAY), 60), **vendor.small_pages)
    for _ in range(10):
        house.app.faults.clear()
        skip = 3 + vendor.windows_before_sweep
        house.app.faults.switch_on("outage", times=None, skip=skip, match=vendor.windows)
        house.turns(1)
    assert house.query("select count(*) from sync_run where kind = 'sweep' and is_complete") == [(1,)]
    house.app.faults.clear()
    house.turns(1)
    assert differences(house) == []


@pytest.mark.parametrize("vendor", with_charts, ids=lambda vendor: vendor.emr)
def test_one_chart_that_the_emr_cannot_show_holds_up_no_other(arrange: Arrange, vendor: Vendor) -> None:
    house = arrange(vendor, a_clinic_of_regulars(ticking_from(MONDAY), 20))
    first = next(iter(house.clinic.patients)).id
    times = None if vendor.has_one_question_per_chart else 1
    house.app.faults.switch_on("outage", times=times, match=vendor.one_chart.format(patient=first), status=500)
    reports = house.turns(4)
    assert len(house.active()) >= 19
    assert reports[-1].trouble is None
    house.app.faults.clear()
    house.turns(1, every=HOUR)
    assert differences(house) == []


@every_vendor
def test_trouble_that_is_over_stays_in_no_decision(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 20)
    house.app.faults.switch_on("outage", times=None)
    assert house.turns(1)[0].trouble == "emr-outage"
    house.app.faults.clear()
    house.clock.advance(DAY + HOUR)  # the EMR's lists are due as well
    churn(house)
    house.turns(1)
    findings = house.query("select distinct convert_from(findings, 'utf8') from appointment")
    assert not [text for (text,) in findings if "outage" in text]


@pytest.mark.parametrize("vendor", with_a_list, ids=lambda vendor: vendor.emr)
def test_a_list_of_the_practice_that_cannot_be_read_holds_up_no_appointment(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 20)
    house.app.faults.switch_on("html_as_data", times=None, match=vendor.a_list_of_the_practice)
    churn(house)
    reports = house.turns(2, every=DAY + HOUR)
    assert [report.trouble for report in reports] == ["emr-answer-unreadable"] * 2
    assert differences(house) == []


@pytest.mark.parametrize("vendor", with_own_changes, ids=lambda vendor: vendor.emr)
def test_a_feed_of_changes_that_cannot_be_read_leaves_the_sweep(arrange: Arrange, vendor: Vendor) -> None:
    house = a_house_of(arrange, vendor, 20)
    house.app.faults.switch_on("html_as_data", times=None, match=vendor.changes)
    churn(house)
    house.turns(4, every=7 * HOUR)
    assert differences(house) == []


def a_house_of(arrange: Arrange, vendor: Vendor, count: int, **variants: str) -> House:
    """That many regulars, all of whom have their visits."""
    house = arrange(vendor, a_clinic_of_regulars(ticking_from(MONDAY), count), **variants)
    house.turns(2)
    assert differences(house) == []
    return house


def asked_by_a_turn(house: House, match: str) -> int:
    """How many such requests a turn costs in which neither a sweep nor the EMR's lists are due."""
    before = len(house.server.requests)
    house.turns(1)
    return sum(bool(re.search(match, request.line)) for request in list(house.server.requests)[before:])


def churn(house: House) -> None:
    """A few edits of every kind."""
    first, second, third, *_ = house.clinic.appointments
    house.clinic.move(first.id, start=first.start + DAY)
    house.clinic.cancel(second.id)
    house.clinic.change_patient(third.patient_id or 0, email="another@example.net")


def ended(house: House) -> set[str]:
    """Appointments that are over by now."""
    appointments = house.clinic.appointments
    over = (a for a in appointments if house.clinic.instant_of(a) + timedelta(minutes=a.minutes) <= house.now())
    return {house.vendor_id(appointment.id) for appointment in over}
