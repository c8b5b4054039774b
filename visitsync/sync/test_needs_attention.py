"""What waits for a person, grouped by what they must do."""

from datetime import UTC, datetime

from visitsync.domain.appointment import MarkKind
from visitsync.domain.reason import Owner
from visitsync.sync.conftest import Front
from visitsync.sync.needs import Group, GroupKind, NeedsAttention
from visitsync.sync.needs_attention import MOST_LINES, needs_attention

NEAR_SPRING = datetime(2027, 3, 10, 14, 0, tzinfo=UTC)
"""Days before the clocks skip an hour."""


def test_the_same_thing_to_do_is_one_group_with_the_soonest_first(front: Front) -> None:
    for number in range(2, 5):
        front.knows(f"p{number}", f"Ottoline Varga{number}", email="")
        front.books(f"a{number}", f"2026-11-2{9 - number}T10:30", f"p{number}")
    front.books("again", "2026-11-29T10:30", "p2")
    [group] = seen(front).groups
    assert (group.title, group.kind, group.owner) == ("3 patients have no e-mail", GroupKind.FIX, Owner.FRONT_DESK)
    assert [line.appointment_id for line in group.lines] == ["a4", "a3", "a2", "again"]
    assert (group.count, group.further, group.soonest_text) == (4, 0, "Wed, Nov 25, 10:30 AM")


def test_whoever_has_two_things_wrong_is_in_two_groups(front: Front) -> None:
    front.knows("p2", "Ottoline Varga", email="")
    front.books("a1", patient_id="p2", practitioner="2")
    assert {group.code for group in seen(front).groups} == {"email-missing", "provider-not-enabled"}


def test_ready_waiting_and_past_ones_need_nobody(front: Front) -> None:
    front.knows("p2", "Ottoline Varga", email="")
    front.books("ready")
    front.books("waiting", "2026-11-24T10:30", "unread")
    front.books("over", "2026-11-20T10:30", "p2")
    front.books("far", "2027-05-24T10:30", "p2")
    found = seen(front)
    assert (found.groups, found.count, found.is_cut) == ((), 0, False)


def test_a_spelling_can_be_accepted_as_it_stands(front: Front) -> None:
    front.books("a1", kind="3")
    group = of_kind(seen(front), GroupKind.SPELLING)
    assert group.spelling is not None
    assert (group.spelling.found, group.spelling.approved) == ("Telemedicne Visit", "Telemedicine Visit")
    assert (group.spelling.kind, group.spelling.connection_id) == (MarkKind.TYPE, front.connection_id)


def test_who_shares_an_address_is_named_so_that_they_can_be_linked(front: Front) -> None:
    for identity, name in (("p2", "Ottoline Varga"), ("p3", "Perpetua Varga")):
        front.knows(identity, name, email="the.vargas@mail.example.org")
    front.books("a2", patient_id="p2")
    group = of_kind(seen(front), GroupKind.SHARED_EMAIL)
    [shared] = group.shared
    assert [(one.patient_id, one.name, one.household_id) for one in shared.holders] == [
        ("p2", "Ottoline Varga", None),
        ("p3", "Perpetua Varga", None),
    ]
    assert group.title == "1 patient shares an e-mail with another"


def test_visits_of_nobody_are_grouped_by_the_provider_to_enable(front: Front) -> None:
    front.books("a1", practitioner="2")
    front.books("a2", "2026-11-24T10:30", practitioner="2")
    group = of_kind(seen(front), GroupKind.PROVIDER)
    assert group.provider is not None
    assert (group.provider.practitioner_id, group.provider.name) == ("2", "Dr. Lindgren")
    assert [key[1] for key in group.appointments] == ["a1", "a2"]


def test_what_is_not_safe_to_show_is_on_hold(front: Front) -> None:
    front.books("skipped", "2027-03-14T02:30", now=NEAR_SPRING)
    with front.reading(NEAR_SPRING) as (transaction, vault, office):
        group = of_kind(needs_attention(transaction, vault, office), GroupKind.ON_HOLD)
    assert (group.code, group.count) == ("time-nonexistent", 1)


def test_two_at_once_are_told_and_not_counted_as_work(front: Front) -> None:
    front.knows("p2", "Ottoline Varga")
    front.books("a1", "2026-11-23T10:30")
    front.books("a2", "2026-11-23T10:45", "p2")
    found = seen(front)
    assert [line.appointment_id for line in of_kind(found, GroupKind.OVERLAP).lines] == ["a1", "a2"]
    assert found.count == 0


def test_groups_of_any_size_take_few_queries_and_show_the_soonest(front: Front) -> None:
    front.knows("p2", "Ottoline Varga", email="")
    for number in range(MOST_LINES + 5):
        front.books(f"a{number}", f"2026-11-24T{8 + number // 4:02}:{number % 4 * 15:02}", "p2", minutes=15)
    group = next(one for one in seen(front).groups if one.code == "email-missing")
    assert (len(group.lines), group.further, len(group.appointments)) == (MOST_LINES, 5, MOST_LINES + 5)
    assert front.queries_of(needs_attention) <= 8


def seen(front: Front) -> NeedsAttention:
    with front.reading() as (transaction, vault, office):
        return needs_attention(transaction, vault, office)


def of_kind(found: NeedsAttention, kind: GroupKind) -> Group:
    [group] = [one for one in found.groups if one.kind is kind]
    return group
