"""Every change of settings can be taken back, and all is as it was; unless something newer is in the way."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from uuid import UUID

import pytest

from tests.every_cause.practice import Practice
from tests.taken_back.admin import Admin
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.storage import catalog, practice_settings, practices, setting_touches, staff
from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState
from visitsync.storage.setting_touches import NoSuchChange
from visitsync.sync.admin import connecting, entries, marks, patients_and_tests, practice_wide
from visitsync.sync.admin.carrying_out import Change, preview, preview_for_practice
from visitsync.sync.admin.connection_settings import change_settings
from visitsync.sync.admin.refusals import (
    ChangedSince,
    EntryNotListed,
    FinishConnectingFirst,
    NoHousehold,
    NothingToTakeBack,
    SettingUnknown,
    TakenBackAlready,
)
from visitsync.sync.admin.undo import undo

TYPE = MarkKind.TYPE
TELEMEDICINE = "Telemedicine Visit"


@pytest.fixture(scope="module")
def admin(module_database_url: str) -> Iterator[Admin]:
    """All tests share the practice: each leaves it as it found it, for that is what they are about."""
    with closing(Practice("drchrono", module_database_url, slug="lakeside")) as practice:
        yield Admin(practice)


def test_an_approved_type_is_no_longer_approved(admin: Admin) -> None:
    kind = admin.clinic.add_type("Remote Check")
    booked = admin.booked(type_id=kind.id)
    before = admin.outcome(booked)
    done = admin.change(lambda at: marks.approve_mark(at, admin.at_first, admin.author(), TYPE, "Remote Check"))
    admin.read()
    assert (before, admin.outcome(booked)) == ("not_telemedicine", "ready")
    undone = admin.take_back(done)
    assert admin.outcome(booked) == before
    assert undone.sentence.startswith("1 stopped: now ")
    assert not _is_connected(admin, "Remote Check")


def test_a_withdrawn_type_is_approved_again_by_whom_it_was(admin: Admin) -> None:
    booked = admin.booked()
    approved = _approvals(admin)
    done = admin.change(lambda at: marks.withdraw_mark(at, admin.at_first, admin.author("Bob"), TYPE, TELEMEDICINE))
    assert admin.outcome(booked) != "ready"
    admin.take_back(done)
    assert (admin.outcome(booked), _approvals(admin)) == ("ready", approved)


def test_an_accepted_spelling_is_a_near_miss_again(admin: Admin) -> None:
    booked = SCENARIOS["A2"].provoke(admin.clinic)
    admin.read()
    before = admin.practice.codes(booked)
    done = admin.change(
        lambda at: marks.accept_spelling(
            at, admin.at_first, admin.author(), TYPE, "Telemedicne Visit", approved=TELEMEDICINE
        )
    )
    assert admin.practice.codes(booked) != before
    admin.take_back(done)
    assert admin.practice.codes(booked) == before


def test_the_meaning_of_a_status_is_forgotten_or_what_it_was(admin: Admin) -> None:
    booked = admin.booked(status="Phoned-OK")
    before = admin.outcome(booked)

    def mean(status: AppointmentStatus) -> Change:
        return lambda at: marks.mean_status(at, admin.at_first, admin.author(), "Phoned-OK", status)

    first = admin.change(mean(AppointmentStatus.BOOKED))
    assert admin.outcome(booked) == "ready"
    second = admin.change(mean(AppointmentStatus.CANCELLED))
    assert admin.outcome(booked) == "cancelled"
    admin.take_back(second)
    assert _meanings(admin) == {"phoned-ok": "booked"}
    admin.take_back(first)
    assert (admin.outcome(booked), _meanings(admin)) == (before, {})


def test_a_practitioner_who_was_switched_off_is_on_again_and_visits_link(admin: Admin) -> None:
    booked = admin.booked()
    who = admin.practice.listed_as(admin.clinic.appointments[booked].practitioner_id)
    done = admin.change(
        lambda at: entries.enable_practitioner(at, admin.connection_id, admin.author(), who, None, is_enabled=False)
    )
    assert admin.outcome(booked) == "needs_provider"
    assert "now ready" in admin.take_back(done).sentence
    assert admin.outcome(booked) == "ready"


def test_a_practitioner_who_was_unlinked_is_linked_to_the_same_person_again(admin: Admin) -> None:
    booked = admin.booked()
    number = admin.clinic.appointments[booked].practitioner_id
    login = admin.practice.login_of(number)
    who = admin.practice.listed_as(number)
    done = admin.change(lambda at: entries.link_practitioner(at, admin.connection_id, admin.author(), who, None))
    assert admin.practice.codes(booked) == ["provider-without-login"]
    admin.take_back(done)
    assert (admin.practice.codes(booked), admin.practice.login_of(number)) == ([], login)


def test_a_chosen_location_and_its_zone_are_given_up(admin: Admin) -> None:
    elsewhere = admin.clinic.add_location("North Annex")
    booked = admin.booked()
    annex = admin.entry_id(RecordKind.LOCATION, elsewhere.name)
    before = _entry(admin, RecordKind.LOCATION, elsewhere.name)
    done = admin.change(
        lambda at: entries.sync_location(at, admin.connection_id, admin.author(), annex, zone="America/Denver")
    )
    assert _entry(admin, RecordKind.LOCATION, elsewhere.name).zone == "America/Denver"
    assert admin.outcome(booked) != "ready", "only the chosen location is synced"
    admin.take_back(done)
    assert (admin.outcome(booked), _entry(admin, RecordKind.LOCATION, elsewhere.name)) == ("ready", before)


def test_a_zone_is_what_the_emr_says_again(admin: Admin) -> None:
    place = admin.clinic.locations[admin.practice.house.desk.place].name
    admin.booked()
    number, before = admin.entry_id(RecordKind.LOCATION, place), _entry(admin, RecordKind.LOCATION, place)
    done = admin.change(
        lambda at: entries.set_zone(
            at, admin.connection_id, admin.author(), RecordKind.LOCATION, number, "America/Denver"
        )
    )
    assert _entry(admin, RecordKind.LOCATION, place).zone == "America/Denver"
    admin.take_back(done)
    assert _entry(admin, RecordKind.LOCATION, place) == before


def test_a_confirmed_name_is_to_be_confirmed_again(admin: Admin) -> None:
    who = admin.clinic.practitioners[admin.practice.house.desk.practitioners[1]]
    admin.clinic.change_practitioner(who.id, last_name="Tran-Okonkwo")
    admin.read()
    number = admin.practice.listed_as(who.id)
    done = admin.change(
        lambda at: entries.confirm_name(at, admin.connection_id, admin.author(), RecordKind.PRACTITIONER, number)
    )
    assert admin.practice.listed(RecordKind.PRACTITIONER)[number].previous_name is None
    admin.take_back(done)
    assert "Tran" in (admin.practice.listed(RecordKind.PRACTITIONER)[number].previous_name or "")


def test_a_household_is_apart_again_whoever_of_it_is_asked_about(admin: Admin) -> None:
    seen = {one.id for one in admin.clinic.patients}
    SCENARIOS["B4"].provoke(admin.clinic)
    family = [one for one in admin.clinic.patients if one.id not in seen]
    booked = [admin.booked(patient=one) for one in family]
    charts = [admin.practice.chart(one.id) for one in family]
    before = [admin.practice.codes(one) for one in booked]
    done = admin.change(lambda at: patients_and_tests.link_household(at, admin.connection_id, admin.author(), charts))
    assert {admin.outcome(one) for one in booked} == {"ready"}
    out = admin.change(
        lambda at: patients_and_tests.unlink_household(at, admin.connection_id, admin.author(), charts[:1])
    )
    assert {admin.outcome(one) for one in booked} != {"ready"}, "those who stay share their address with somebody again"
    admin.take_back(out)
    assert {admin.outcome(one) for one in booked} == {"ready"}
    admin.take_back(done)
    assert [admin.practice.codes(one) for one in booked] == before
    with pytest.raises(NoHousehold):
        admin.change(lambda at: patients_and_tests.unlink_household(at, admin.connection_id, admin.author(), charts))


def test_a_declared_test_counts_as_a_visit_again(admin: Admin) -> None:
    booked = admin.booked()
    number = admin.practice.house.vendor_id(booked)

    def is_test() -> bool:
        visit = admin.practice.why(booked).visit
        return visit is not None and visit.is_test

    done = admin.change(
        lambda at: patients_and_tests.declare_test_visit(
            at, admin.engine.vault, admin.connection_id, admin.author(), number
        )
    )
    assert is_test()
    admin.take_back(done)
    assert not is_test()


def test_a_closure_is_taken_back_and_those_that_were_there_stay(admin: Admin) -> None:
    booked = admin.booked()
    day = admin.clinic.appointments[booked].start.date()
    first = admin.change(lambda at: practice_wide.close_on(at, admin.author(), [day]))
    assert admin.practice.codes(booked) == ["practice-closed"]
    same_day = admin.change(lambda at: practice_wide.close_on(at, admin.author(), [day, day.replace(year=2031)]))
    admin.take_back(same_day)
    assert admin.practice.codes(booked) == ["practice-closed"]
    admin.take_back(first)
    assert admin.practice.codes(booked) == []


def test_a_practice_has_its_old_name_and_zone_again(admin: Admin) -> None:
    def practice() -> tuple[str, str]:
        with admin.engine.database.practice(admin.practice_id) as transaction:
            found = practices.find_practice(transaction)
        return found.name, found.zone

    before = practice()
    done = admin.change(
        lambda at: practice_wide.describe_practice(at, admin.author(), name="Lakeside North", zone="America/Denver")
    )
    assert practice() == ("Lakeside North", "America/Denver")
    admin.take_back(done)
    assert practice() == before


def test_settings_are_what_they_were_or_gone(admin: Admin) -> None:
    booked = admin.booked(in_days=50)
    before = admin.connection().settings

    def months(value: str | None) -> Change:
        return lambda at: change_settings(at, admin.connection_id, admin.author(), {"sync_months": value})

    first, second = admin.change(months("1")), admin.change(months("2"))
    assert admin.outcome(booked) == "ready"
    admin.take_back(second)
    assert (admin.connection().settings["sync_months"], admin.outcome(booked)) == ("1", "waiting")
    admin.take_back(first)
    assert (admin.connection().settings, admin.outcome(booked)) == (before, "ready")


def test_what_is_demanded_of_a_record_can_be_tightened_loosened_and_taken_back(admin: Admin) -> None:
    booked = SCENARIOS["C1-address"].provoke(admin.clinic)
    admin.read()
    before = admin.practice.codes(booked)

    def demand(text: str) -> Change:
        return lambda at: change_settings(at, admin.connection_id, admin.author(), {"required_demographics": text})

    loosened = admin.change(demand("none"))
    assert admin.practice.codes(booked) == []
    tightened = admin.change(demand("first name | address"))
    assert admin.practice.codes(booked) == ["demographics-missing"]
    admin.take_back(tightened)
    assert admin.practice.codes(booked) == []
    admin.take_back(loosened)
    assert admin.practice.codes(booked) == before
    with pytest.raises(SettingUnknown, match="shoe size"):
        admin.change(demand("shoe size"))


def test_a_pause_is_over_and_reading_begins_at_once(admin: Admin) -> None:
    done = admin.change(lambda at: connecting.pause(at, admin.connection_id, admin.author()))
    assert admin.connection().state is ConnectionState.PAUSED
    admin.take_back(done)
    assert admin.connection().state is ConnectionState.ACTIVE
    assert _waiting_syncs(admin) == 1


def test_what_is_paused_is_resumed(admin: Admin) -> None:
    admin.change(lambda at: connecting.pause(at, admin.connection_id, admin.author()))
    done = admin.change(lambda at: connecting.resume(at, admin.connection_id, admin.author()))
    assert admin.connection().state is ConnectionState.ACTIVE
    admin.take_back(done)
    assert admin.connection().state is ConnectionState.PAUSED
    admin.change(lambda at: connecting.resume(at, admin.connection_id, admin.author()))


def test_a_connection_that_is_being_set_up_is_neither_paused_nor_resumed(admin: Admin) -> None:
    with pytest.raises(FinishConnectingFirst):
        admin.change(lambda at: connecting.resume(at, _half_connected(at), admin.author()))


def test_somebody_who_was_added_is_switched_off_and_their_address_is_free(admin: Admin) -> None:
    booked = admin.booked()
    address = admin.clinic.patients[admin.clinic.appointments[booked].patient_id or 0].email

    def add(at: Transaction) -> int:
        return practice_wide.add_staff(
            at, admin.engine.vault, admin.author(), name="Ottoline Varga", email=address, role="provider"
        )[1]

    done = admin.change(add)
    assert admin.outcome(booked) == "needs_fix"
    admin.take_back(done)
    assert admin.outcome(booked) == "ready"
    with admin.engine.database.practice(admin.practice_id) as at:
        assert [one.is_active for one in staff.staff_members(at, admin.engine.vault) if one.email == address] == [False]


def test_what_somebody_changed_since_is_not_overwritten(admin: Admin) -> None:
    number = admin.practice.listed_as(admin.practice.house.desk.practitioners[0])

    def switch(name: str, *, is_on: bool) -> Change:
        return lambda at: entries.enable_practitioner(
            at, admin.connection_id, admin.author(name), number, None, is_enabled=is_on
        )

    off = admin.change(switch("Alice", is_on=False))
    on = admin.change(switch("Bob", is_on=True))
    again = admin.change(switch("Charlie", is_on=False))
    with pytest.raises(
        ChangedSince, match=r"^Charlie has changed whether Imara Osei.* is connected since \(.*\)\. Take that back"
    ):
        admin.take_back(off)
    admin.take_back(again)
    with pytest.raises(TakenBackAlready):
        admin.take_back(again)
    admin.take_back(on)
    admin.take_back(off)
    assert admin.practice.listed(RecordKind.PRACTITIONER)[number].is_connected


def test_of_two_who_take_the_same_change_back_one_does_it(admin: Admin) -> None:
    done = admin.change(lambda at: practice_wide.close_on(at, admin.author(), [date(2030, 7, 5)]))

    def take_back(_: int) -> str:
        try:
            with admin.engine.database.practice(admin.practice_id) as at:
                undo(at, admin.author(), done.change_id)
                time.sleep(0.2)
        except TakenBackAlready:
            return "was taken back already"
        return "took it back"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(take_back, range(2))) == ["took it back", "was taken back already"]


def test_what_was_changed_past_these_ways_is_not_overwritten_either(admin: Admin) -> None:
    done = admin.change(
        lambda at: change_settings(at, admin.connection_id, admin.author(), {"duration_step_minutes": "15"})
    )
    before = admin.connection().settings
    with admin.engine.database.practice(admin.practice_id) as at:
        settings = {**before, "duration_step_minutes": "20"}
        practices.change_connection(at, admin.connection_id, settings=settings)
    with pytest.raises(ChangedSince, match="cannot be taken back any more"):
        admin.take_back(done)
    with admin.engine.database.practice(admin.practice_id) as at:
        practices.change_connection(at, admin.connection_id, settings=before)
    admin.take_back(done)


def test_taking_back_can_itself_be_taken_back(admin: Admin) -> None:
    done = admin.change(lambda at: change_settings(at, admin.connection_id, admin.author(), {"agreement": "any"}))
    undone = admin.take_back(done)
    redone = admin.take_back(undone)
    assert admin.connection().settings["agreement"] == "any"
    admin.take_back(redone)
    assert "agreement" not in admin.connection().settings
    with admin.engine.database.practice(admin.practice_id) as at:
        shown = {one.change_id: one for one in setting_touches.latest(at, at_most=4)}
    assert [shown[one.change_id].is_undone for one in (done, undone, redone)] == [True, False, True]
    assert shown[undone.change_id].undoes == done.change_id


def test_what_changed_nothing_or_never_was_is_not_taken_back(admin: Admin) -> None:
    same = admin.change(lambda at: change_settings(at, admin.connection_id, admin.author(), {"opening_hours": None}))
    with pytest.raises(NothingToTakeBack):
        admin.take_back(same)
    with pytest.raises(NoSuchChange):
        admin.take_back(10**9)
    with pytest.raises(EntryNotListed):
        admin.change(lambda at: entries.link_practitioner(at, admin.connection_id, admin.author(), "nobody", None))


def test_a_preview_counts_and_changes_nothing(admin: Admin) -> None:
    kind = admin.clinic.add_type("Evening Check")
    for _ in range(2):
        admin.booked(type_id=kind.id)

    def approve(at: Transaction) -> int:
        return marks.approve_mark(at, admin.at_first, admin.author(), TYPE, "Evening Check")

    one = preview(admin.engine, admin.practice_id, admin.connection_id, approve)
    assert (one.would_start, one.would_stop, len(one.moved)) == (2, 0, 2)
    assert one.sentence == "2 would start syncing (2 of them once the patient's record is read)"
    assert preview_for_practice(admin.engine, admin.practice_id, approve).turned == one.turned
    assert not _is_connected(admin, "Evening Check")


def _entry(admin: Admin, kind: RecordKind, name: str) -> CatalogEntry:
    with admin.engine.database.practice(admin.practice_id) as at:
        return entries.find_entry(at, admin.connection_id, kind, name)


def _is_connected(admin: Admin, type_name: str) -> bool:
    """One name has an id per practitioner in this EMR."""
    found = catalog.by_name(admin.practice.listed(RecordKind.APPOINTMENT_TYPE), type_name)
    assert found
    return any(one.is_connected for one in found)


def _approvals(admin: Admin) -> list[practice_settings.Approval]:
    with admin.engine.database.practice(admin.practice_id) as at:
        return practice_settings.approvals(at, admin.connection_id)


def _meanings(admin: Admin) -> dict[str, AppointmentStatus]:
    with admin.engine.database.practice(admin.practice_id) as at:
        return practice_settings.status_meanings(at, admin.connection_id)


def _waiting_syncs(admin: Admin) -> int:
    with admin.engine.database.shared() as shared:
        row = shared.execute(
            "select count(*) from procrastinate_jobs where task_name = 'sync_connection' and status = 'todo'"
        ).fetchone()
    return int(row[0]) if row else 0


def _half_connected(at: Transaction) -> UUID:
    identity = practices.add_connection(at, emr="kareo", base_url="https://kareo.example")
    practices.change_state(at, identity, ConnectionState.PAUSED, trouble=connecting.BEING_SET_UP)
    return identity
