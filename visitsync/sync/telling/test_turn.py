"""A practice is looked at again and again: everybody is told once, and once more when it is over."""

import threading
from datetime import datetime, timedelta

import msgspec
import pytest

from visitsync.domain.role import Role
from visitsync.domain.telling_choices import USUAL, Kind
from visitsync.storage import catalog, practices, staff, telling_choices, tellings
from visitsync.storage.practices import ConnectionState
from visitsync.storage.tellings import MailState
from visitsync.sync.telling.conftest import MONDAY_NINE, Workplace, always

HOUR = timedelta(hours=1)
MINUTES = timedelta(minutes=1)


def test_a_visit_within_hours_that_is_not_ready_is_told_once_and_all_clear_once(workplace: Workplace) -> None:
    front = workplace.front
    frida = workplace.hire("Frida", Role.FRONT_DESK, choices=always(Role.FRONT_DESK, wants=frozenset({Kind.WARNING})))
    front.knows("p2", "Zoltan Quillfeather", "")
    front.books("a1", "2026-11-23T12:30", "p2")
    workplace.passes(HOUR)
    assert workplace.titles(frida) == ["The visit at 12:30 PM is not ready"]
    front.knows("p2", "Zoltan Quillfeather", "z@mail.example.org")
    front.books("a1", "2026-11-23T12:30", "p2", now=workplace.now)
    workplace.passes(HOUR)
    assert workplace.titles(frida)[1:] == ["All clear: the visit at 12:30 PM needs nobody any more"]


def test_what_begins_unmended_is_told_no_more(workplace: Workplace) -> None:
    front = workplace.front
    frida = workplace.hire("Frida", Role.FRONT_DESK, choices=always(Role.FRONT_DESK, wants=frozenset({Kind.WARNING})))
    front.knows("p2", "Zoltan Quillfeather", "")
    front.books("a1", "2026-11-23T10:30", "p2")
    workplace.passes(timedelta(hours=4))
    assert workplace.titles(frida) == ["The visit at 10:30 AM is not ready"]


def test_several_visits_are_one_warning_and_hours_ahead_are_each_persons_own(workplace: Workplace) -> None:
    front = workplace.front
    early = workplace.hire("Early", Role.ADMIN, choices=always(Role.ADMIN, hours_ahead=6, wants={Kind.WARNING}))
    late = workplace.hire("Late", Role.ADMIN, choices=always(Role.ADMIN, hours_ahead=1, wants={Kind.WARNING}))
    front.knows("p2", "Zoltan Quillfeather", "")
    front.books("a1", "2026-11-23T14:00", "p2")
    front.books("a2", "2026-11-23T14:30", "p2")
    workplace.passes(HOUR)
    assert workplace.titles(early) == ["2 visits are not ready, the first at 2:00 PM"]
    assert workplace.told(early)[0].lines == ("2:00 PM, 2:30 PM",)
    assert workplace.titles(late) == []
    workplace.passes(4 * HOUR)
    assert workplace.titles(late) == ["The visit at 2:00 PM is not ready", "The visit at 2:30 PM is not ready"]
    assert len(workplace.titles(early)) == 1


def test_only_the_locations_and_providers_that_somebody_cares_for_are_told(workplace: Workplace) -> None:
    front = workplace.front
    there = always(Role.ADMIN, wants={Kind.WARNING}, locations=frozenset({f"{front.connection_id}:2"}))
    olga = workplace.hire("Olga", Role.ADMIN, choices=there)
    front.knows("p2", "Zoltan Quillfeather", "")
    front.books("a1", "2026-11-23T11:00", "p2", location="1")
    front.books("a2", "2026-11-23T12:00", "p2", location="2")
    workplace.passes(HOUR)
    assert workplace.titles(olga) == ["The visit at 12:00 PM is not ready"]


def test_a_provider_hears_of_their_own_day_alone(workplace: Workplace) -> None:
    front = workplace.front
    okafor = workplace.hire("Okafor", Role.PROVIDER)
    stranger = workplace.hire("Stranger", Role.PROVIDER)
    with front.database.practice(front.practice_id) as transaction:
        catalog.link_staff(transaction, front.connection_id, "1", okafor)
    front.books("a1", "2026-11-24T10:00")
    front.books("a2", "2026-11-24T11:00", practitioner="2")
    workplace.look()
    assert workplace.titles(okafor) == ["Tomorrow: 1 visit, which is on track"]
    assert workplace.told(okafor)[0].leads_to == "my-day"
    assert workplace.titles(stranger) == []


def test_the_digest_tells_of_today_and_of_the_next_open_day_once(workplace: Workplace) -> None:
    front = workplace.front
    ana = workplace.hire("Ana", Role.ADMIN)
    front.knows("p2", "Zoltan Quillfeather", "")
    front.books("a1", "2026-11-23T20:30")
    front.books("a2", "2026-11-24T10:00", "p2")
    front.books("a3", "2026-11-24T11:00")
    workplace.passes(HOUR)
    [digest] = workplace.told(ana)
    assert digest.title == "Tomorrow: 2 visits, 1 needs you"
    assert digest.lines == ("Today: 1 visit, which is on track.",)
    assert digest.mail is MailState.WAITING


def test_without_visits_there_is_no_digest_all_day(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    workplace.look()
    workplace.front.books("a1", "2026-11-24T10:00")
    workplace.passes(HOUR)
    assert workplace.titles(ana) == []


def test_a_connection_to_be_signed_in_again_is_told_to_admins_and_operators(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    olga = workplace.hire("Olga", Role.OPERATOR)
    frida = workplace.hire("Frida", Role.FRONT_DESK)
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.passes(HOUR)
    expected = ["DrChrono: The connection must be signed in again"]
    assert workplace.titles(ana) == workplace.titles(olga) == expected
    assert workplace.titles(frida) == []
    assert workplace.told(ana)[0].leads_to == "connections"
    _turn(workplace, ConnectionState.ACTIVE)
    workplace.passes(HOUR)
    assert workplace.titles(ana) == [*expected, "All clear: DrChrono works as usual again"]


def test_a_pause_is_told_only_after_a_day_and_never_if_it_ends_before(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    _turn(workplace, ConnectionState.PAUSED)
    workplace.passes(23 * HOUR, step=HOUR)
    assert workplace.titles(ana) == []
    workplace.passes(2 * HOUR, step=HOUR)
    assert workplace.titles(ana) == ["DrChrono: The connection is paused"]
    _turn(workplace, ConnectionState.ACTIVE)
    workplace.passes(HOUR)
    _turn(workplace, ConnectionState.PAUSED)
    workplace.passes(5 * HOUR, step=HOUR)
    assert len(workplace.titles(ana)) == 2


def test_running_late_is_told_after_the_abnormal_time_and_worse_is_told_anew(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    workplace.look()
    workplace.is_read = False
    workplace.passes(30 * MINUTES)
    assert workplace.titles(ana) == []
    workplace.passes(5 * MINUTES)
    assert workplace.titles(ana) == ["DrChrono: Running late"]
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.passes(10 * MINUTES)
    assert workplace.titles(ana)[1:] == ["DrChrono: The connection must be signed in again"]
    _turn(workplace, ConnectionState.ACTIVE)
    workplace.is_read = True
    workplace.passes(HOUR)
    assert workplace.titles(ana)[2:] == ["All clear: DrChrono works as usual again"]


def test_what_comes_back_within_minutes_is_still_the_same(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    for _ in range(6):
        _turn(workplace, ConnectionState.NEEDS_RECONNECT)
        workplace.passes(5 * MINUTES)
        _turn(workplace, ConnectionState.ACTIVE)
        workplace.passes(5 * MINUTES)
    assert len(workplace.titles(ana)) == 1


def test_at_night_nobody_is_told_and_in_the_morning_only_what_still_stands(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    workplace.now = MONDAY_NINE + 12 * HOUR
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.passes(3 * HOUR, step=30 * MINUTES)
    _turn(workplace, ConnectionState.ACTIVE)
    workplace.passes(2 * HOUR, step=30 * MINUTES)
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.passes(4 * HOUR, step=30 * MINUTES)
    assert workplace.titles(ana) == []
    workplace.passes(2 * HOUR, step=30 * MINUTES)
    [alarm] = workplace.told(ana)
    assert alarm.told_at == datetime(2026, 11, 24, 12, 0, tzinfo=MONDAY_NINE.tzinfo)


def test_the_whole_weekend_is_silent_and_an_operator_hears_all_the_same(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    olga = workplace.hire("Olga", Role.OPERATOR)
    workplace.now = datetime(2026, 11, 21, 15, 0, tzinfo=MONDAY_NINE.tzinfo)
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.passes(44 * HOUR, step=HOUR)
    assert workplace.titles(ana) == []
    assert len(workplace.titles(olga)) == 1
    workplace.passes(2 * HOUR, step=HOUR)
    assert len(workplace.titles(ana)) == 1


@pytest.mark.parametrize("how", ["left", "lost the account", "has no account", "has no role that we know"])
def test_who_cannot_sign_in_is_told_nothing(workplace: Workplace, how: str) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    with workplace.front.database.practice(workplace.practice_id) as transaction:
        if how == "left":
            staff.set_active(transaction, ana, is_active=False)
        if how == "has no role that we know":
            staff.set_role(transaction, ana, "janitor")
    with workplace.front.database.shared() as connection:
        if how == "lost the account":
            connection.execute("update account_user set is_active = false")
        if how == "has no account":
            connection.execute("delete from account_membership")
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    assert workplace.look() == 0
    assert workplace.titles(ana) == []


def test_a_role_that_may_no_longer_see_connections_hears_no_alarms_in_spite_of_what_was_chosen(
    workplace: Workplace,
) -> None:
    paul = workplace.hire("Paul", Role.PROVIDER, choices=always(Role.PROVIDER, wants=frozenset(Kind)))
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.passes(HOUR)
    assert workplace.titles(paul) == []


def test_in_an_emergency_somebody_hears_what_their_role_of_that_time_hears(workplace: Workplace) -> None:
    paul = workplace.hire("Paul", Role.PROVIDER)
    with workplace.front.database.practice(workplace.practice_id) as transaction:
        staff.give_emergency_role(transaction, paul, Role.ADMIN, until=workplace.now + HOUR)
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.look()
    assert len(workplace.titles(paul)) == 1
    workplace.now += 2 * HOUR
    _turn(workplace, ConnectionState.ACTIVE)
    workplace.passes(HOUR)
    assert len(workplace.titles(paul)) == 1


def test_without_a_mail_server_everything_stands_in_the_app(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    workplace.look(sends_mail=False)
    assert [one.mail for one in workplace.told(ana)] == [MailState.NONE]


def test_workers_that_look_at_the_same_moment_tell_nobody_twice(workplace: Workplace) -> None:
    people = [workplace.hire(f"Person{number}", Role.ADMIN) for number in range(3)]
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)
    threads = [threading.Thread(target=workplace.look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workplace.look()
    assert [len(workplace.titles(one)) for one in people] == [1, 1, 1]


def test_a_look_that_is_rolled_back_has_told_nothing_and_the_next_tells_it_once(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    _turn(workplace, ConnectionState.NEEDS_RECONNECT)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(tellings, "forget", dies)
        with pytest.raises(KeyboardInterrupt):
            workplace.look()
    assert workplace.titles(ana) == []
    workplace.passes(HOUR)
    assert len(workplace.titles(ana)) == 1


def test_what_somebody_chose_stays_when_their_role_changes_and_unset_follows_the_role(workplace: Workplace) -> None:
    ana = workplace.hire("Ana", Role.ADMIN)
    chosen = msgspec.structs.replace(USUAL[Role.ADMIN], hours_ahead=8, quiet=None)
    with workplace.front.database.practice(workplace.practice_id) as transaction:
        before = telling_choices.listener(transaction, ana, workplace.now)
        telling_choices.choose(transaction, ana, chosen, now=workplace.now)
        after = telling_choices.listener(transaction, ana, workplace.now)
    assert before is not None
    assert after is not None
    assert (before.choices, after.choices) == (USUAL[Role.ADMIN], chosen)


def test_what_is_told_names_no_patient(workplace: Workplace) -> None:
    front = workplace.front
    ana = workplace.hire("Ana", Role.ADMIN)
    front.knows("p2", "Zoltan Quillfeather", "")
    front.books("a1", "2026-11-23T11:30", "p2")
    front.books("a2", "2026-11-24T11:30", "p2")
    workplace.passes(2 * HOUR)
    said = " ".join(part for one in workplace.told(ana) for part in (one.title, *one.lines))
    assert "1 needs you" in said
    assert not any(word in said for word in ("Zoltan", "Quillfeather", "Okafor", "Main Street", "Telemedicine"))


def _turn(workplace: Workplace, state: ConnectionState) -> None:
    with workplace.front.database.practice(workplace.practice_id) as transaction:
        practices.change_state(transaction, workplace.front.connection_id, state)
