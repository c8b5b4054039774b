"""Trials of what SIU messages mean: state, time, length, people, places, and what a later or older one changes."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.hl7v2.sample import (
    AIL,
    AIP,
    AIS,
    TRANSLATOR,
    ZONE,
    appointment,
    context,
    records,
    segment,
    siu,
)
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.appointment import AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import Clarity, from_wall

NINE_THIRTY = datetime(2026, 10, 22, 9, 30)
LATER, EARLIER = {7: "20261019150000"}, {7: "20261019120000"}
BOOKED, CANCELLED, NO_SHOW = AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW


def test_a_booking_is_understood_whole() -> None:
    found = appointment(siu())
    assert found.id == "CADENZA/HOLLOW/5501"
    assert found.start == from_wall(NINE_THIRTY, ZONE)
    assert (found.duration_minutes, found.status, found.status_text) == (20, BOOKED, "Booked")
    assert (found.patient_id, found.practitioner_id, found.location_id) == ("8801", "57", "MAIN")
    assert found.marks[0] == Mark(MarkKind.TYPE, "TELE", "Telehealth visit")
    assert found.booked_at == found.changed_at == datetime(2026, 10, 19, 18, 12, 5, tzinfo=UTC)


# --- state -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "word", "status"),
    [
        ("S12", "", BOOKED),
        ("S12", "BOOKED", BOOKED),
        ("S12", "Pending", AppointmentStatus.PENDING),
        ("S12", "WAITLIST", AppointmentStatus.WAITLIST),
        ("S12", "Overbook", BOOKED),
        ("S12", "Sch^Scheduled", BOOKED),
        ("S14", "1^SCH", BOOKED),
        ("S14", "7^Canceled", CANCELLED),
        ("S12", "O", BOOKED),
        ("S14", "Started", AppointmentStatus.ARRIVED),
        ("S14", "ARRIVED", AppointmentStatus.ARRIVED),
        ("S14", "Complete", AppointmentStatus.FULFILLED),
        ("S14", "CANCELED", CANCELLED),
        ("S14", "Dc", CANCELLED),
        ("S14", "No-Show", NO_SHOW),
        ("S14", "Phoned-OK", None),
        ("S14", "RESCHEDULED", None),
        ("S13", "RESCHEDULED", BOOKED),
        ("S15", "Booked", CANCELLED),
        ("S15", "NOSHOW", NO_SHOW),
        ("S15", "No Show", NO_SHOW),
        ("S16", "", CANCELLED),
        ("S17", "Booked", AppointmentStatus.ENTERED_IN_ERROR),
        ("S26", "Cancelled", NO_SHOW),
    ],
)
def test_the_event_goes_before_the_word(event: str, word: str, status: AppointmentStatus | None) -> None:
    assert appointment(siu(event, sch={25: word})).status is status


def test_a_no_show_may_be_told_as_the_reason_of_a_cancellation() -> None:
    assert appointment(siu("S15", sch={6: "NS^NO SHOW", 25: "Cancelled"})).status is NO_SHOW
    assert appointment(siu("S15", sch={6: "NOSHOW", 25: ""})).status is NO_SHOW
    assert appointment(siu("S15", sch={6: "PT^Patient request", 25: ""})).status is CANCELLED


def test_a_deleted_status_deletes() -> None:
    assert appointment(siu("S14", sch={25: "Deleted"})).is_deleted
    assert appointment(siu("S17")).is_deleted


def test_a_no_show_before_the_visit_is_taken_and_flagged() -> None:
    early = appointment(siu("S26"))
    late = appointment(siu("S26", msh={7: "20261022110000"}))
    assert early.status is late.status is NO_SHOW
    assert "before the visit" in early.status_text
    assert "before the visit" not in late.status_text


@pytest.mark.parametrize("action", ["D", "C"])
def test_where_every_resource_is_taken_away_it_is_cancelled(action: str) -> None:
    lines = (segment("RGS", {1: "1", 2: action}), segment("AIS", AIS | {2: action}), segment("AIP", AIP | {2: action}))
    found = appointment(siu("S14", *lines, sch={25: ""}))
    assert found.status is CANCELLED
    assert found.practitioner_id == "57"


def test_the_status_may_stand_elsewhere() -> None:
    lines = (segment("AIS", AIS | {10: "Cancelled"}),)
    assert appointment(siu("S14", *lines, sch={25: ""}), status_places="SCH-25, AIS-10").status is CANCELLED


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sch", "more"),
    [
        ({11: "^^20^20261022093000"}, ()),
        ({11: "^^^202610220930"}, ()),
        ({11: "^^20^20261022093000 ^20261022095000"}, ()),
        ({11: "^^20^20261022093000.0000"}, ()),
        ({11: "^^20^2026-10-22T09:30:00"}, ()),
        ({11: ""}, ("TQ1|1||||||20261022093000|20261022095000",)),
        ({11: ""}, (segment("AIS", AIS),)),
        ({11: ""}, (segment("AIP", AIP),)),
        ({11: ""}, (segment("AIL", AIL | {6: "20261022093000"}),)),
        ({11: ""}, (segment("AIG", {1: "1", 3: "9^Room 9", 8: "20261022093000"}),)),
        ({11: ""}, (segment("AIS", AIS | {4: "20261022091500", 5: "15", 6: "MIN"}),)),
        ({11: ""}, (segment("AIS", AIS | {4: "20261022091500", 5: "900", 6: "s"}),)),
        ({11: "^^20^20261022"}, (segment("AIS", AIS),)),
        ({11: "^^20^20261019141233"}, (segment("AIS", AIS),)),
    ],
)
def test_the_start_is_found_wherever_it_stands(sch: dict[int, str], more: tuple[str, ...]) -> None:
    found = appointment(siu("S12", *(more or ("NTE|1",)), sch=sch))
    assert found.start.wall == NINE_THIRTY
    assert found.duration_minutes == 20


def test_the_offset_of_the_header_is_never_used() -> None:
    """Sent in summer time about a visit in winter time."""
    found = appointment(siu(msh={7: "20261019141205-0400"}, sch={11: "^^20^20261110093000"}))
    assert found.start.instant == datetime(2026, 11, 10, 14, 30, tzinfo=UTC)
    assert found.changed_at == datetime(2026, 10, 19, 18, 12, 5, tzinfo=UTC)


def test_an_offset_of_the_fields_own_wins() -> None:
    found = appointment(siu(msh={7: "20261019141205+0100"}, sch={11: "^^20^20261022093000+0200^20261022095000+0200"}))
    assert found.start.instant == datetime(2026, 10, 22, 7, 30, tzinfo=UTC)
    assert found.start.zone == ZONE
    assert found.duration_minutes == 20


def test_utc_without_offset_is_a_setting() -> None:
    assert appointment(siu(), times="utc").start.instant == datetime(2026, 10, 22, 9, 30, tzinfo=UTC)


def test_a_location_may_have_a_zone_of_its_own() -> None:
    found = appointment(siu(), location_zones="WEST=America/Denver, MAIN=America/Chicago")
    assert found.start.instant == datetime(2026, 10, 22, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "clarity"), [("20261101013000", Clarity.AMBIGUOUS), ("20270314023000", Clarity.NONEXISTENT)]
)
def test_a_doubtful_hour_is_told_as_one(start: str, clarity: Clarity) -> None:
    assert appointment(siu(sch={11: f"^^20^{start}"})).start.clarity is clarity
    certain = appointment(siu(sch={11: f"^^20^{start}-0500"})).start
    assert certain.clarity is Clarity.CERTAIN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("^^20^20261322093000", "SCH-11.4"),
        ("^^20^10/22/2026 9:30 AM", "SCH-11.4"),
        ("^^20^20261022", "a day and no time"),
        ("^^20^", "no start"),
        ("^^20^99991022093000", "year"),
    ],
)
def test_a_booking_without_a_readable_start_is_unreadable(text: str, words: str) -> None:
    with pytest.raises(RecordUnreadable, match=words):
        appointment(siu("S12", "NTE|1", sch={11: text}))


# --- length ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sch", "minutes"),
    [
        ({9: "30", 10: "MIN"}, 30),
        ({9: "30", 10: "m"}, 30),
        ({9: "30", 10: ""}, 30),
        ({9: "30^MIN", 10: ""}, 30),
        ({9: "30", 10: "MIN^Minutes^ISO+"}, 30),
        ({9: "1800", 10: "S"}, 30),
        ({9: "1800", 10: ""}, 30),
        ({9: "30", 10: "S"}, 30),
        ({9: "300", 10: "sec"}, 5),
        ({9: "1", 10: "hr"}, 60),
        ({9: "2", 10: "HOURS"}, 120),
        ({9: "", 11: "^^M45^20261022093000"}, 45),
        ({9: "", 11: "^^45^20261022093000"}, 45),
        ({9: "450", 10: ""}, 0),  # minutes or seconds? nothing tells
        ({9: "450", 10: "", 11: "^^^20261022093000^20261022170000"}, 450),
        ({9: "20", 11: "^^^20261022093000^20261022100000"}, 30),
        ({9: "20", 11: "^^^20261022093000^20251022100000"}, 20),  # a slip in the year
        ({9: "20", 11: "^^^20261022093000^20271022100000"}, 20),
        ({9: "20", 11: "^^^20261022093000^20261022093000"}, 20),
        ({9: "20", 11: "^^^20261022093000^never"}, 20),
        ({9: "", 10: ""}, 0),
    ],
)
def test_the_length_in_all_its_units(sch: dict[int, str], minutes: int) -> None:
    found = appointment(siu("S12", "NTE|1", sch={11: "^^^20261022093000", **sch}))
    assert found.duration_minutes == minutes


def test_a_usual_length_may_be_set() -> None:
    message = siu("S12", "NTE|1", sch={9: "", 10: "", 11: "^^^20261022093000"})
    assert appointment(message, default_minutes="15").duration_minutes == 15


def test_a_month_is_no_length() -> None:
    with pytest.raises(RecordUnreadable, match="SCH-9"):
        appointment(siu("S12", "NTE|1", sch={9: "999999", 10: "MIN", 11: "^^^20261022093000"}))


def test_a_shifted_layout_is_read_where_it_is_allowed() -> None:
    shifted = {8: "20", 9: "MIN", 10: "^^20^20261022093000^20261022095000", 11: "", 24: "Cancelled", 25: ""}
    found = appointment(siu("S14", sch=shifted), shifted_layout="read")
    assert (found.start.wall, found.duration_minutes, found.status) == (NINE_THIRTY, 20, CANCELLED)


# --- who, where, what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "who", "name"),
    [
        (("AIP|1||57^Marlow^Iris|PROVIDER", "AIG|1||99^Room 9|ROOM"), "57", None),
        (("AIG|1||57^Marlow^Iris^^^MD|PHYSICIAN",), "57", None),
        (("AIG|1||57^Iris Marlow^99LOCAL^x",), "57", None),
        (("AIG|1||99^Room 9|ROOM", "PV1|1|O|||||57^Marlow^Iris"), "57", None),
        (("PV1|1|O|||||^^|||||||||", "PV1|1|O|||||57^Marlow^Iris"), "57", None),
        (("AIP|1||^Marlow^Iris",), None, "Iris Marlow"),
        (("AIG|1||Marlow, Iris",), None, "Marlow, Iris"),
        (("AIG|1||imarlow",), "imarlow", None),
        (("AIG|1||99^Room 9|ROOM",), None, None),
        (('AIP|1||""|PROVIDER',), None, None),
        (("NTE|1",), None, None),
    ],
)
def test_the_provider_is_found_in_the_senders_order(lines: tuple[str, ...], who: str | None, name: str | None) -> None:
    found = appointment(siu("S12", *lines))
    assert (found.practitioner_id, found.practitioner_name) == (who, name)


def test_only_where_nobody_else_is_named_the_contact_of_the_schedule_counts() -> None:
    contact = {16: "61^Osei^Imara"}
    assert appointment(siu("S12", "NTE|1", sch=contact)).practitioner_id == "61"
    assert appointment(siu("S12", "AIG|1||99^Room 9|ROOM", sch=contact)).practitioner_id is None


def test_a_thing_is_a_mark_and_no_provider() -> None:
    found = appointment(siu("S12", "AIG|1||99^Room 9|ROOM"))
    assert Mark(MarkKind.RESOURCE, "99", "Room 9") in found.marks


def test_a_national_number_rides_along_as_a_repetition() -> None:
    message = siu("S12", "AIP|1||57^Marlow^Iris~1000000004^Marlow^Iris^^^^^^NPI")
    (who,) = records(message, RecordKind.PRACTITIONER)
    assert b"1000000004" in who.body
    assert appointment(message).practitioner_id == "57"


@pytest.mark.parametrize(
    ("lines", "where", "name"),
    [
        (("AIL|1||MAIN^2^^HOLLOW",), "MAIN", None),
        (("AIL|1||^^^HOLLOW",), "HOLLOW", None),
        (("AIL|1||^Suite 4",), "Suite 4", None),
        (("AIL|1||^^^^^^^^Main Street",), None, "Main Street"),
        (("PV1|1|O|EAST^^^HOLLOW",), "EAST", None),
        (("NTE|1",), None, None),
    ],
)
def test_the_place_is_found_in_the_senders_order(lines: tuple[str, ...], where: str | None, name: str | None) -> None:
    found = appointment(siu("S12", *lines))
    assert (found.location_id, found.location_name) == (where, name)


@pytest.mark.parametrize(
    ("sch", "settings", "kind"),
    [
        ({8: "TELE^Telehealth"}, {}, ("TELE", "Telehealth")),
        ({8: "TELE"}, {}, ("TELE", "TELE")),
        ({8: "^Telehealth "}, {}, (None, "Telehealth")),
        ({8: ""}, {}, ("FU", "Follow-up")),
        ({8: "X"}, {"type_places": "SCH-7"}, ("FU", "Follow-up")),
        ({8: "X"}, {"type_places": "AIS-3.2"}, ("Telehealth visit", "Telehealth visit")),
        ({8: "X"}, {"type_places": "written wrongly"}, ("X", "X")),
    ],
)
def test_the_type_stands_where_the_sender_puts_it(
    sch: dict[int, str], settings: dict[str, str], kind: tuple[str | None, str]
) -> None:
    mark = appointment(siu(sch=sch), **settings).marks[0]
    assert (mark.kind, mark.id, mark.text) == (MarkKind.TYPE, *kind)


def test_several_people_make_a_group() -> None:
    other = segment("PID", {1: "2", 3: "8802^^^HOLLOW^MR", 5: "Sato^Ren"})
    found = appointment(siu("S12", "PV1|1|O", other, "PV1|2|O", segment("AIP", AIP)))
    assert (found.patient_id, found.other_patient_ids, found.is_group) == ("8801", ("8802",), True)


@pytest.mark.parametrize("pid", [None, {1: "1"}])
def test_without_a_person_it_is_a_block(pid: dict[int, str] | None) -> None:
    found = appointment(siu(pid=pid))
    assert found.is_block
    assert found.patient_id is None


def test_a_status_may_make_a_block_of_it() -> None:
    assert appointment(siu(sch={25: "Blocked"})).is_block


def test_a_person_on_what_was_a_block_makes_a_visit_of_it() -> None:
    block = appointment(siu(pid=None))
    assert not appointment(siu("S14", msh=LATER), block).is_block


# --- what changes what is known --------------------------------------------------------------------------------------


def test_what_a_message_leaves_out_stays() -> None:
    known = appointment(siu())
    bare = {7: "", 8: "", 9: "", 10: "", 11: "", 25: ""}
    found = appointment(siu("S14", "NTE|1", msh=LATER, sch=bare, pid=None), known)
    assert msgspec.structs.replace(found, changed_at=known.changed_at) == known


def test_what_a_message_deletes_is_gone() -> None:
    known = appointment(siu())
    nulls = ('AIL|1||""', 'AIP|1||""', 'AIS|1||""')
    found = appointment(siu("S14", *nulls, msh=LATER, sch={8: '""', 7: '""', 11: ""}), known)
    assert (found.practitioner_id, found.location_id, found.marks) == (None, None, ())
    assert found.start == known.start


def test_a_cancelled_one_is_not_revived_by_a_modification_that_says_nothing() -> None:
    cancelled = appointment(siu("S15"))
    assert appointment(siu("S14", msh=LATER, sch={25: ""}), cancelled).status is CANCELLED


@pytest.mark.parametrize("event", ["S12", "S13"])
def test_a_cancelled_one_is_revived_by_a_later_booking(event: str) -> None:
    cancelled = appointment(siu("S15"))
    found = appointment(siu(event, msh=LATER, sch={6: "^Undo Cancel", 25: ""}), cancelled)
    assert found.status is BOOKED


def test_an_older_message_turns_nothing_back() -> None:
    known = appointment(siu("S15"))
    found = appointment(siu("S12", msh=EARLIER, sch={11: "^^20^20261023093000"}), known)
    assert (found.status, found.start) == (CANCELLED, known.start)
    assert found.booked_at == datetime(2026, 10, 19, 16, 0, tzinfo=UTC)
    assert found.changed_at == known.changed_at


def test_of_messages_of_one_second_the_later_to_arrive_counts() -> None:
    assert appointment(siu("S15"), appointment(siu("S12"))).status is CANCELLED
    assert appointment(siu("S12"), appointment(siu("S15"))).status is BOOKED


def test_a_cancellation_without_a_time_is_kept_and_filled_in_by_the_booking_that_comes_late() -> None:
    bare = {7: "", 8: "", 9: "", 10: "", 11: ""}
    stone = appointment(siu("S15", "NTE|1", sch=bare))
    assert (stone.status, stone.start.clarity) == (CANCELLED, Clarity.CONTRADICTORY)
    found = appointment(siu("S12", msh=EARLIER), stone)
    assert (found.status, found.start.wall, found.duration_minutes) == (CANCELLED, NINE_THIRTY, 20)
    assert found.practitioner_id == "57"
    revived = appointment(siu("S13", msh=LATER), found)
    assert revived.status is BOOKED


def test_a_group_that_was_deleted_says_nothing_of_the_new_time() -> None:
    lines = (
        "RGS|1|D", "AIS|1|D|TELE|20261022093000", "AIP|1|D|57^Marlow^Iris||||20261022093000",
        "RGS|2|A", "AIS|1|A|TELE|20261029150000", "AIP|1|A|61^Osei^Imara",
    )  # fmt: skip
    swapped = (*lines[3:], *lines[:3])
    for order in (lines, swapped):
        found = appointment(siu("S13", *order, msh=LATER, sch={11: ""}), appointment(siu()))
        assert found.start.wall == datetime(2026, 10, 29, 15, 0)
        assert found.practitioner_id == "61"


def test_a_resource_that_is_cancelled_does_not_cancel_the_appointment() -> None:
    known = appointment(siu())
    found = appointment(siu("S20", "RGS|1|D", segment("AIP", AIP | {2: "D"}), msh=LATER, sch={25: "Cancelled"}), known)
    assert (found.status, found.practitioner_id, found.start) == (BOOKED, None, known.start)
    added = appointment(siu("S18", "AIP|1|A|61^Osei^Imara", msh={7: "20261019160000"}), found)
    assert added.practitioner_id == "61"


def test_another_resource_modified_takes_the_place_of_the_first() -> None:
    found = appointment(siu("S19", "AIP|1|U|61^Osei^Imara", msh=LATER), appointment(siu()))
    assert found.practitioner_id == "61"


def test_a_reschedule_under_a_new_number_replaces_the_old_one() -> None:
    message = siu("S13", msh=LATER, sch={1: "5502", 2: "5502", 24: "5501"})
    old, new = records(message, RecordKind.APPOINTMENT_UPDATE)
    assert (old.id, new.id) == ("CADENZA/HOLLOW/5501", "CADENZA/HOLLOW/5502")
    assert appointment(message).replaces_id == old.id


@pytest.mark.parametrize(
    ("event", "setting", "count"),
    [("S12", "replaced when rescheduled", 1), ("S12", "always replaced", 2), ("S13", "series", 1)],
)
def test_what_a_parent_means_is_a_setting(event: str, setting: str, count: int) -> None:
    message = siu(event, sch={2: "5502", 1: "", 24: "5501"})
    assert len(records(message, RecordKind.APPOINTMENT_UPDATE, parent_means=setting)) == count
    found = appointment(message, parent_means=setting)
    assert (found.series_id is None) == (count == 2)


@pytest.mark.parametrize(
    ("sch", "settings", "identity"),
    [
        ({1: "P1^A", 2: "F1^B"}, {}, "CADENZA/HOLLOW/B/F1"),
        ({1: "P1^A", 2: ""}, {}, "CADENZA/HOLLOW/A/P1"),
        ({1: "P1", 2: '""'}, {}, "CADENZA/HOLLOW/P1"),
        ({1: "P1", 2: "F1^HOLLOW"}, {"appointment_key": "placer"}, "CADENZA/HOLLOW/P1"),
        ({2: "F1^HOLLOW"}, {}, "CADENZA/HOLLOW/F1"),
        ({2: "F1"}, {"namespace": "facility"}, "HOLLOW/F1"),
        ({2: "F1"}, {"namespace": "none"}, "F1"),
        ({2: "F1"}, {"namespace": "practice and service center"}, "HOLLOW/MAIN/F1"),
    ],
)
def test_what_an_appointment_is_called(sch: dict[int, str], settings: dict[str, str], identity: str) -> None:
    assert appointment(siu(sch=sch), **settings).id == identity


def test_a_clock_that_is_ahead_does_not_win_for_ever() -> None:
    arrived = "2026-10-19T18:13:00+00:00"
    ahead = siu("S12", msh={7: "20261119141205"})
    (record,) = records(ahead, RecordKind.APPOINTMENT_UPDATE, arrived=arrived)
    assert record.asked["arrived"] == arrived
    found = TRANSLATOR.appointment_after(record, context(), None)
    assert found is not None
    assert found.changed_at == datetime.fromisoformat(arrived)
    assert found.changed_at - timedelta(minutes=1) < datetime(2026, 10, 19, 18, 13, tzinfo=UTC)


def test_nothing_new_is_told_as_nothing() -> None:
    (record,) = records(siu(), RecordKind.APPOINTMENT_UPDATE)
    known = TRANSLATOR.appointment_after(record, context(), None)
    assert TRANSLATOR.appointment_after(record, context(), known) is None
